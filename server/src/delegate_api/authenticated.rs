//! Calls whose credential is good, as handlers take them.

use axum::{
    extract::{FromRequest, FromRequestParts, RawPathParams, Request},
    http::request::Parts,
    response::{IntoResponse, Response},
};
use muster::{
    id::DelegateId,
    wire::register::{RegisterRequest, UnregisterRequest},
};
use serde::de::DeserializeOwned;

use super::{
    ApiError,
    authenticate::{Denied, authenticate},
    extract::{parse, whole},
    presented::Presented,
};
use crate::{caller::Caller, error::Error, state::State};

/// A call whose credential is good.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// Who calls.
    pub caller: Caller,
    /// The delegate that the call speaks of, by its path; whether it is the caller's own is yet to be asked.
    pub delegate: Option<DelegateId>,
}

impl FromRequestParts<State> for Authenticated {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, ApiError> {
        let path = RawPathParams::from_request_parts(parts, state).await.ok();
        let id = path.as_ref().and_then(|path| path.iter().find(|(name, _)| *name == "id"));
        let delegate = id.and_then(|(_, id)| id.parse().ok());
        let presented = Presented::read(parts)?;
        let caller = authenticate(state, &presented, delegate).await.map_err(Error::from)?;
        Ok(Self { caller, delegate })
    }
}

/// A body that names a delegate.
pub trait NamesDelegate {
    /// What it names.
    fn delegate_id(&self) -> &str;
}

impl NamesDelegate for RegisterRequest {
    fn delegate_id(&self) -> &str {
        &self.delegate_id
    }
}

impl NamesDelegate for UnregisterRequest {
    fn delegate_id(&self) -> &str {
        &self.delegate_id
    }
}

/// A call whose credential is good, and whose body names the delegate that it speaks of.
#[derive(Clone, Debug)]
pub struct AuthenticatedBody<T> {
    /// Who calls.
    pub caller: Caller,
    /// The delegate that the call speaks of; whether it is the caller's own is yet to be asked.
    pub delegate: Option<DelegateId>,
    /// The body.
    pub body: T,
}

/// A call that is refused, and the delegate that it speaks of.
#[derive(Debug)]
pub struct RefusedCall {
    /// Why it is.
    pub denied: Denied,
    /// The delegate, as far as the body tells.
    pub delegate: Option<DelegateId>,
}

impl IntoResponse for RefusedCall {
    fn into_response(self) -> Response {
        ApiError(self.denied.into()).into_response()
    }
}

impl<T: DeserializeOwned + NamesDelegate + Send> FromRequest<State> for AuthenticatedBody<T> {
    type Rejection = RefusedCall;

    async fn from_request(request: Request, state: &State) -> Result<Self, RefusedCall> {
        let early = |error: Error| RefusedCall { denied: Denied::Failed(error), delegate: None };
        let (parts, body) = request.into_parts();
        let presented = Presented::read(&parts).map_err(early)?;
        let bytes = whole(body).await.map_err(early)?;
        // Whoever has no good credential is told that, and nothing of the body.
        let body = parse::<T>(&bytes);
        let delegate = body.as_ref().ok().and_then(|body| body.delegate_id().parse().ok());
        let refused = |denied| RefusedCall { denied, delegate };
        let caller = authenticate(state, &presented, delegate).await.map_err(refused)?;
        Ok(Self { caller, delegate, body: body.map_err(early)? })
    }
}
