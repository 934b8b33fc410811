//! Set-up, signing in and out, and the frame of every page.

use std::time::Duration;

use async_trait::async_trait;
use axum::http::header::SET_COOKIE;
use muster::{
    audit::{Action, Actor, Origin},
    delegate::Admission,
    time::Timestamp,
    user::{Email, Password, Permission, User},
};
use muster_app::{
    error::ConsoleError,
    session::api::{Frame, Session},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::Operator;
use crate::{
    auth::{
        caller,
        device::{self, Device},
        password::Asker,
    },
    db::{
        audit::{self, Entry},
        entity::{Scoped, audit as audit_table, delegate, user},
    },
    error::Error,
    users,
    web::cookie,
};

/// For how long a browser is known: the longest that browsers allow.
const DEVICE: tower_sessions::cookie::time::Duration = tower_sessions::cookie::time::Duration::days(400);
/// For how long the sentence of what was done is to be had: a link with it that is found later says nothing.
const DONE_LATELY: Duration = Duration::from_secs(120);

#[async_trait]
impl Session for Operator {
    async fn frame(&self) -> Result<Frame, ConsoleError> {
        self.out(self.read_frame().await)
    }

    async fn set_up(&self, code: &str, email: &str, password: Password) -> Result<(), ConsoleError> {
        self.out(self.make_first_administrator(code, email, password).await)
    }

    async fn sign_in(&self, email: &str, password: Password) -> Result<(), ConsoleError> {
        self.out(self.check_and_sign_in(email, password).await)
    }

    async fn sign_out(&self) -> Result<(), ConsoleError> {
        self.out(self.end_session().await)
    }

    async fn done(&self, object: Uuid) -> Result<Option<String>, ConsoleError> {
        self.out(self.last_done(object).await)
    }
}

impl Operator {
    async fn read_frame(&self) -> Result<Frame, Error> {
        let user = self.may(Permission::View)?;
        let pending = delegate::Entity::find()
            .filter(delegate::Entity::within(&self.scope()))
            .filter(delegate::Column::Admission.eq(Admission::WaitingForApproval.code()))
            // Who waits and runs: what has been silent for long is no news.
            .filter(delegate::Column::ConnectedUntil.is_not_null())
            .count(self.state.db.read())
            .await?;
        Ok(Frame { email: user.email.to_string(), role: user.role, account: self.state.account_name.clone(), pending })
    }

    async fn make_first_administrator(&self, code: &str, email: &str, password: Password) -> Result<(), Error> {
        let email = Email::parse(email).map_err(|error| Error::field("email", error))?;
        self.check_login_is_kept()?;
        self.state.limits.sign_in(self.address, &email, None)?;
        if !self.state.setup.is(code) {
            let sentence = "This is not the setup code. It stands in the server's log, where it last started.";
            return Err(Error::field("code", muster::text::Invalid::new(sentence)));
        }
        let user = users::create_first(&self.state, email, password, |user| Origin {
            actor: Actor::User { id: user.id, email: user.email.clone() },
            address: Some(self.address),
        })
        .await?;
        let user = user.ok_or_else(|| {
            Error::Conflict("Muster is set up already. Log in, or ask an account administrator.".to_owned())
        })?;
        let email = user.email.clone();
        caller::sign_in(&self.session, user.id).await?;
        self.remember_device(&email);
        Ok(())
    }

    /// A login that the browser would not keep is none: it says so, and where to go instead.
    fn check_login_is_kept(&self) -> Result<(), Error> {
        let Some(url) = self.login_is_kept_at.as_ref().filter(|_| self.by_form) else { return Ok(()) };
        let sentence = format!(
            "This page came over plain HTTP, where browsers do not keep a login for {url}. Open {url} and log in there."
        );
        Err(Error::field("", muster::text::Invalid::new(sentence)))
    }

    /// Lets the browser be known for a person from now on.
    fn remember_device(&self, email: &Email) {
        let device = Device::after_sign_in(self.device.clone(), email);
        if let Some(cookie) = cookie::write(&self.state, device::COOKIE, &device, DEVICE) {
            self.response.append_header(SET_COOKIE, cookie);
        }
    }

    async fn check_and_sign_in(&self, email: &str, password: Password) -> Result<(), Error> {
        let wrong = || {
            let sentence = "The email address or the password is wrong.";
            Error::field("", muster::text::Invalid::new(sentence))
        };
        // What is no address is nobody's: the same answer, and no work.
        let email = Email::parse(email).map_err(|_| wrong())?;
        self.check_login_is_kept()?;
        let device = self.device.as_ref().filter(|device| device.knows(&email));
        self.state.limits.sign_in(self.address, &email, device)?;
        let row = user::Entity::find()
            .filter(user::Column::AccountId.eq(self.state.account.0))
            .filter(user::Column::Email.eq(email.as_str()))
            .one(self.state.db.read())
            .await?;
        let hash = row.as_ref().map(|row| row.password_hash.clone());
        let asker = if device.is_some() { Asker::Known } else { Asker::Stranger };
        let right = self.state.passwords.verify(asker, password, hash).await?;
        let user = row.filter(|_| right).map(User::try_from).transpose()?;
        let Some(user) = user else {
            tracing::warn!(address = %self.address, claimed = email.as_str(), "a sign-in failed");
            let actor = Actor::Stranger { claimed: email.to_string() };
            self.note(&Origin { actor, address: Some(self.address) }, Action::SignInFailed, None, email.as_str())
                .await?;
            return Err(wrong());
        };
        caller::sign_in(&self.session, user.id).await?;
        self.remember_device(&user.email);
        self.note(&self.origin(&user), Action::SignedIn, Some(user.id.0), user.email.as_str()).await
    }

    async fn end_session(&self) -> Result<(), Error> {
        if let Some(user) = &self.user {
            self.note(&self.origin(user), Action::SignedOut, Some(user.id.0), user.email.as_str()).await?;
        }
        self.session.flush().await?;
        Ok(())
    }

    async fn note(&self, origin: &Origin, action: Action, object: Option<Uuid>, name: &str) -> Result<(), Error> {
        let change = self.state.db.write().await?;
        let entry = Entry { scope: &self.scope(), action, object, name, detail: String::new() };
        audit::record(&change, origin, self.now(), entry).await?;
        Ok(change.commit().await?)
    }

    async fn last_done(&self, object: Uuid) -> Result<Option<String>, Error> {
        let user = self.may(Permission::View)?;
        let since = self.now().minus(DONE_LATELY);
        let row = audit_table::Entity::find()
            .filter(audit_table::Entity::within(&self.scope()))
            .filter(audit_table::Column::ObjectId.eq(object))
            .filter(audit_table::Column::ActorId.eq(user.id.0))
            .order_by_desc(audit_table::Column::Id)
            .one(self.state.db.read())
            .await?;
        let Some(row) = row.filter(|row| Timestamp::from_millis(row.at) >= since) else { return Ok(None) };
        let action = Action::from_code(&row.action);
        if action == Some(Action::DelegateApproved) {
            let silent = delegate::Entity::find_by_id(object).filter(delegate::Column::ConnectedUntil.is_null());
            if silent.one(self.state.db.read()).await?.is_some() {
                let name = row.object_name;
                return Ok(Some(format!("{name} is approved. It is not running now: it works once it is back.")));
            }
        }
        Ok(action.and_then(|action| sentence(action, &row.object_name)))
    }
}

/// What was done, as the page says it to who did it.
fn sentence(action: Action, name: &str) -> Option<String> {
    Some(match action {
        Action::DelegateApproved => format!("{name} is activated."),
        Action::DelegateRejected => {
            format!("{name} is rejected. It keeps running, but Muster will not use it; stop it in your infrastructure.")
        }
        Action::RejectionTakenBack => format!("{name} waits for approval again."),
        Action::DelegateDeleted => format!("{name} is deleted here. Stop it in your infrastructure, too."),
        Action::ProfileSwitched => format!("{name} has another profile."),
        Action::SelectorsEdited => format!("The selectors of {name} are saved."),
        Action::ScriptRequested => format!("{name} is asked to run its startup script again."),
        Action::SecretCreated => format!("Secret {name} is created."),
        Action::SecretReplaced => format!("Secret {name} has a new value. Scripts get it at their next run."),
        Action::SecretDeleted => format!("Secret {name} is deleted."),
        Action::TokenRotated => format!("Token {name} has a successor."),
        Action::ProfileCreated => format!("Profile {name} is created."),
        Action::ProfileEdited => format!("Profile {name} is saved."),
        Action::ProfileDeleted => format!("Profile {name} is deleted."),
        Action::TokenCreated => format!("Token {name} is created."),
        Action::TokenRevoked => format!("Token {name} is revoked. Its delegates are refused from now on."),
        Action::TokenDeleted => format!("Token {name} is deleted."),
        _ => return None,
    })
}
