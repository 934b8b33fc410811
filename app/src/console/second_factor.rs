//! What the console asks about the second factor of who asks.

use async_trait::async_trait;
use muster::{
    id::{SecondFactorId, UserId},
    user::{EnrolmentStep, Password, RecoveryCodes, TypedCode},
};

use crate::error::ConsoleError;

/// What the console asks about the second factor of who asks. It needs somebody who is signed in, and no more.
#[async_trait]
pub trait SecondFactors {
    /// How far setting it up has come in this session.
    async fn enrolment_step(&self) -> Result<EnrolmentStep, ConsoleError>;
    /// Makes a secret, which waits in this session to be confirmed.
    async fn begin_enrolment(&self, password: Password) -> Result<(), ConsoleError>;
    /// Turns it on, with a code of the secret that waits. Recovery codes wait to be revealed to who asks here.
    async fn finish_enrolment(&self, code: TypedCode) -> Result<(), ConsoleError>;
    /// Makes new recovery codes, which wait to be revealed to who asks here.
    async fn renew_recovery_codes(&self, password: Password, code: TypedCode) -> Result<(), ConsoleError>;
    /// The recovery codes that this session made, and whose they are; none where they were shown already.
    async fn reveal_recovery_codes(&self) -> Result<Option<(SecondFactorId, RecoveryCodes)>, ConsoleError>;
    /// The recovery codes have arrived: they are not shown again.
    async fn forget_recovery_codes(&self, id: SecondFactorId) -> Result<(), ConsoleError>;
    /// Turns it off.
    async fn turn_off_second_factor(&self, password: Password, code: TypedCode) -> Result<UserId, ConsoleError>;
}
