//! The scope that an address of the console names: it is taken off before a route is looked for, so that routes know only
//! what follows, and pages are the same at each scope.

use axum::{
    Router,
    body::Body,
    extract::OriginalUri,
    http::{Request, Uri, uri::PathAndQuery},
};
use muster::{
    access::Principal,
    id::AccountId,
    scope::Scope,
    user::{Permission, User},
};
use tower::util::MapRequest;
use uuid::Uuid;

use crate::{error::Error, manage::scopes, state::State};

/// What addresses begin with that name a scope: see [`Scope::path`].
const ORGANIZATIONS: &str = "/orgs";
/// Where a request goes whose scope does not exist, or not for who asks: to no page.
pub const NOWHERE: &str = "/nowhere";

/// The console's routes at the account, and again at each organization and project.
pub fn at_each(console: Router<State>, state: &State) -> Router<State> {
    let account = state.account;
    let console_at = console.clone().with_state(state.clone());
    console.nest_service(ORGANIZATIONS, MapRequest::new(console_at, move |request| take_off(account, request)))
}

/// Gives a request the path behind its scope.
pub fn take_off(account: AccountId, mut request: Request<Body>) -> Request<Body> {
    // Here the path has lost its beginning already.
    let Some(OriginalUri(uri)) = request.extensions().get().cloned() else { return request };
    let (scope, path) = Scope::split(account, uri.path());
    if let Some(rest) = rest(&uri, path) {
        *request.uri_mut() = rest;
    }
    if scope.organization.is_some() {
        request.extensions_mut().insert(scope);
    }
    request
}

fn rest(uri: &Uri, path: &str) -> Option<Uri> {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!("{path}{query}")).ok()?);
    Uri::from_parts(parts).ok()
}

/// Another page in place of the one that a person asks for at a scope.
#[derive(Debug, PartialEq, Eq)]
pub enum Instead {
    /// The scope is not there, or not for the person.
    Nowhere,
    /// At this address.
    Elsewhere(String),
}

/// What a person who asks for a page of a scope is shown in place of it; none where that is it.
///
/// # Errors
/// Where the database is out of reach.
pub async fn instead(state: &State, user: &User, scope: &Scope, uri: &Uri) -> Result<Option<Instead>, Error> {
    let principal = Principal::person(user);
    let may_view = |scope: &Scope| principal.may(Permission::View, scope);
    if !may_view(scope) {
        // Who begins at the front door is led to where there is something to see.
        let first = principal.grants.first().filter(|_| scope.organization.is_none() && uri.path() == "/");
        return Ok(match first {
            Some(grant) => Some(Instead::Elsewhere(grant.scope.path())),
            None => scope.organization.is_some().then_some(Instead::Nowhere),
        });
    }
    if !scopes::exists(state, scope).await? {
        return Ok(Some(Instead::Nowhere));
    }
    let mut parts = uri.path().split('/').skip(1);
    let (Some(list), Some(id)) = (parts.next(), parts.next()) else { return Ok(None) };
    let Ok(id) = Uuid::parse_str(id) else { return Ok(None) };
    let own = scopes::of_object(state, list, id).await?.filter(|own| own != scope && may_view(own));
    Ok(own.map(|own| {
        let page = uri.path_and_query().map_or("/", PathAndQuery::as_str);
        Instead::Elsewhere(own.path() + page)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_taken_off_and_kept() {
        let account = AccountId(Uuid::nil());
        for (uri, scope, rest) in [
            ("/orgs/a/projects/b/tokens?q=1%2F", Some("a/b"), "/tokens?q=1%2F"),
            ("/orgs/a", Some("a"), "/"),
            ("http://host:1/orgs/a/x", Some("a"), "http://host:1/x"),
            ("/orgs//evil.example", None, "/orgs//evil.example"),
        ] {
            let original = OriginalUri(uri.parse().unwrap());
            let request = Request::get("/cut").extension(original).body(Body::empty()).unwrap();
            let request = take_off(account, request);
            assert_eq!(request.uri().to_string(), rest, "{uri}");
            let named = request.extensions().get::<Scope>().map(Scope::identifiers);
            assert_eq!(named.as_deref(), scope, "{uri}");
        }
    }
}
