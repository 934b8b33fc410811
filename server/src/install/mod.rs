//! Install files: what a person downloads to start a delegate.

mod shell;

use axum::{
    Extension,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use muster::{
    audit::Action,
    delegate::{DelegateType, InstallName},
    id::{ProfileId, TokenId},
    text::{Invalid, Selectors},
    token::{Token, TokenStatus, TokenValue},
    user::Permission,
};
use muster_app::install::api::BUNDLE_PATH;
use sea_orm::{EntityTrait, QueryFilter};
use serde::Deserialize;

use crate::{
    console::Operator,
    db::{
        audit::{self, Entry},
        entity::{Scoped, profile, token},
    },
    error::Error,
    state, tokens,
    web::flash_and_return,
};

/// Everything that install files of a delegate are made of.
#[derive(Debug)]
pub struct InstallPlan {
    /// The account that the delegate registers with.
    pub account: String,
    /// Where the delegate finds its manager.
    pub manager_url: String,
    /// The delegate's name.
    pub name: InstallName,
    /// How it is installed.
    pub kind: DelegateType,
    /// The name of its profile.
    pub profile: String,
    /// The value of its token.
    pub token: TokenValue,
    /// What it is for.
    pub description: String,
    /// Its own selectors.
    pub tags: Selectors,
}

/// The form of the shell delegate.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Fields {
    name: String,
    description: String,
    profile: String,
    token: String,
    tags: String,
}

/// Answers the form with the archive, or sends back to it with what is wrong.
pub async fn download(
    State(state): State<state::State>,
    Extension(operator): Extension<Operator>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match bundle(&state, &operator, &headers, &body).await {
        Ok(archive) => {
            let disposition = HeaderValue::from_static("attachment; filename=\"harness-delegate.tar.gz\"");
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("application/gzip")),
                (header::CONTENT_DISPOSITION, disposition),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            ];
            (headers, archive).into_response()
        }
        Err(error) => {
            let error = error.into_console(&operator.request_id);
            flash_and_return(&operator, BUNDLE_PATH.to_owned(), error, &body, "/install/shell").await
        }
    }
}

async fn bundle(
    state: &state::State,
    operator: &Operator,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Vec<u8>, Error> {
    let user = operator.may(Permission::ManageDelegates)?;
    let fields: Fields = serde_urlencoded::from_bytes(body)
        .map_err(|_| Error::field("", Invalid::new("The form could not be read. Fill it in again.")))?;
    let (plan, token) = plan(state, operator, headers, fields).await?;
    let program = state.program.clone();
    let name = plan.name.as_str().to_owned();
    let archive =
        tokio::task::spawn_blocking(move || shell::bundle(&plan, &program)).await.map_err(std::io::Error::other)??;
    let change = state.db.write().await?;
    let entry = Entry {
        scope: &token.scope,
        action: Action::BundleDownloaded,
        object: Some(token.id.0),
        name: token.name.as_str(),
        detail: format!("shell script delegate {name}"),
    };
    audit::record(&*change, &operator.origin(user), state.clock.now(), entry).await?;
    change.commit().await?;
    Ok(archive)
}

/// Reads the form.
async fn plan(
    state: &state::State,
    operator: &Operator,
    headers: &HeaderMap,
    fields: Fields,
) -> Result<(InstallPlan, Token), Error> {
    let name = InstallName::parse(&fields.name).map_err(|error| Error::field("name", error))?;
    let description = muster::profile::ProfileSpec::parse_description(&fields.description)
        .map_err(|error| Error::field("description", error))?;
    let tags = Selectors::parse(&fields.tags).map_err(|error| Error::field("tags", error))?;
    let scope = operator.scope();
    let db = state.db.read();
    let no_profile = || Error::field("profile", Invalid::new("Choose a profile that exists."));
    let profile: ProfileId = fields.profile.parse().map_err(|_| no_profile())?;
    let profile = profile::Entity::find_by_id(profile.0).filter(profile::Entity::within(&scope)).one(db).await?;
    let profile = profile.ok_or_else(no_profile)?;
    let no_token = || Error::field("token", Invalid::new("Choose a token that is active."));
    let id: TokenId = fields.token.parse().map_err(|_| no_token())?;
    let row = token::Entity::find_by_id(id.0).filter(token::Entity::within(&scope)).one(db).await?;
    let row = row.ok_or_else(no_token)?;
    let value = tokens::unseal(&state.keyring, &row)?;
    let token = Token::try_from(row)?;
    if token.status(state.clock.now()) != TokenStatus::Active {
        return Err(no_token());
    }
    let plan = InstallPlan {
        account: state.account.to_string(),
        manager_url: manager_url(state, headers)?,
        name,
        kind: DelegateType::ShellScript,
        profile: profile.name,
        token: value,
        description,
        tags,
    };
    Ok((plan, token))
}

/// Where delegates reach this manager: as it is set, else as the browser reached it.
fn manager_url(state: &state::State, headers: &HeaderMap) -> Result<String, Error> {
    if let Some(url) = &state.public_url {
        return Ok(url.clone());
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let plain = !host.is_empty() && host.bytes().all(|c| c.is_ascii_alphanumeric() || b".-:[]_".contains(&c));
    if !plain {
        let sentence = "Muster does not know its own address. Set MUSTER_PUBLIC_URL and restart it.";
        return Err(Error::field("", Invalid::new(sentence)));
    }
    Ok(format!("http://{host}"))
}
