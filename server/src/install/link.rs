//! Links that hand out install files once, to whoever brings the key.
//!
//! A row holds the key's digest, which finds it, and the choices; the value of the token is unsealed when the link is
//! taken up, and only while the token is good.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, Query, State, rejection::QueryRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use muster::{
    audit::{Action, Actor, Origin},
    id::{AccountId, InstallLinkId},
    install::InstallKind,
    scope::Scope,
};
use muster_app::install::api::{FETCH_PATH, InstallFields};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{artifact::Whole, download::detail, found::Found, handout::Handout, language::shell_word, plan::Choices};
use crate::{
    db::{
        audit::{self, Entry},
        entity::{corrupt, install_link},
    },
    error::Error,
    events::Topic,
    keyring::{Keyring, Unsealable},
    state,
};

/// What a link hands out, as its row holds it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Handed {
    /// How to install.
    pub kind: InstallKind,
    /// What a person chose.
    pub fields: InstallFields,
    /// Where that person reached this manager.
    pub manager_url: String,
}

impl Handed {
    /// As a row holds it.
    ///
    /// # Errors
    /// Where the row was changed by hand.
    pub fn read(row: &install_link::Model) -> Result<Self, Error> {
        Ok(serde_json::from_str(&row.plan).map_err(|error| corrupt("install_link", error))?)
    }

    /// The line for a shell that takes the link up.
    ///
    /// # Errors
    /// Where the row was changed by hand.
    pub fn line(&self, key: &str) -> Result<String, Error> {
        let file = Whole::of(&Choices::read(self.kind, &self.fields)?).name();
        let url = Zeroizing::new(format!("{}{FETCH_PATH}?key={key}", self.manager_url));
        Ok(format!("curl -fsS -o {} {}", shell_word(file), shell_word(&url)))
    }
}

/// What makes a link work: random bytes, as its URL holds them.
pub fn new_key() -> Zeroizing<String> {
    Zeroizing::new(URL_SAFE_NO_PAD.encode(*Zeroizing::new(crate::chance::bytes::<32>())))
}

/// What stands for a key in the database.
pub fn digest(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(key.as_bytes()))
}

/// For what a key is sealed in its row.
pub fn purpose(id: InstallLinkId) -> String {
    format!("install link {id}")
}

/// The key of a link, for the session that made it.
///
/// # Errors
/// [`Unsealable`].
pub fn unseal(keyring: &Keyring, row: &install_link::Model) -> Result<Zeroizing<String>, Unsealable> {
    let clear = keyring.open(&purpose(InstallLinkId(row.id)), &row.sealed_key)?;
    std::str::from_utf8(&clear).map(|key| Zeroizing::new(key.to_owned())).map_err(|_| Unsealable)
}

/// The query of a link. It has no `Debug`: the key is as good as the token.
#[derive(Deserialize)]
pub struct Key {
    key: String,
}

const UNKNOWN: &str = "This link is not known. Copy the whole line from the console, in quotes.";
const USED: &str = "This link was used before. Make a new one in the console, under Download Delegate.";
const EXPIRED: &str = "This link has expired. Make a new one in the console, under Download Delegate.";
const OUTDATED: &str =
    "The token or the profile of this link is gone. Choose others in the console, under Download Delegate.";

/// Why a link hands out nothing.
enum Refused {
    Sentence(StatusCode, &'static str),
    Error(Error),
}

impl<E: Into<Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

const fn gone(sentence: &'static str) -> Refused {
    Refused::Sentence(StatusCode::GONE, sentence)
}

/// Hands out the files of a link, once.
pub async fn fetch(
    State(state): State<state::State>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    key: Result<Query<Key>, QueryRejection>,
) -> Response {
    let taken = match key {
        Ok(Query(Key { key })) => take_up(&state, &Zeroizing::new(key), peer).await,
        Err(_) => Err(Refused::Sentence(StatusCode::NOT_FOUND, UNKNOWN)),
    };
    let (status, sentence) = match taken {
        Ok(handout) => return handout.into_response(),
        Err(Refused::Sentence(status, sentence)) => (status, sentence),
        Err(Refused::Error(error)) => {
            tracing::error!(%error, "an install link could not be taken up");
            (StatusCode::SERVICE_UNAVAILABLE, "Muster could not do this. Try again in a moment.")
        }
    };
    (status, [(header::CACHE_CONTROL, "no-store")], format!("{sentence}\n")).into_response()
}

/// Looking at a link does not use it up, and tells nothing about it.
pub async fn look() -> impl IntoResponse {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET"), (header::CACHE_CONTROL, "no-store")])
}

async fn take_up(state: &state::State, key: &str, peer: SocketAddr) -> Result<Handout, Refused> {
    let find = || install_link::Entity::find().filter(install_link::Column::Digest.eq(digest(key)));
    let row = find().one(state.db.read()).await?.ok_or(Refused::Sentence(StatusCode::NOT_FOUND, UNKNOWN))?;
    refuse(state, &row)?;
    let scope = Scope::from_parts(AccountId(row.account_id), &row.organization, &row.project);
    let scope = scope.map_err(|error| corrupt("install_link", error))?;
    let handed = Handed::read(&row)?;
    let chosen = Choices::read(handed.kind, &handed.fields)?;
    let found = outdated(Found::look_up(state, state.db.read(), &scope, chosen.clone()).await)?;
    // Made before the change begins: it takes long, and while a change is open nothing but the database is awaited.
    let handout = Handout::make(state, found.plan(state, &handed.manager_url)?, String::new()).await?;

    let mut change = state.db.write().await?;
    let row = find().one(&*change).await?.ok_or(Refused::Sentence(StatusCode::NOT_FOUND, UNKNOWN))?;
    refuse(state, &row)?;
    // It may have been revoked meanwhile.
    outdated(Found::look_up(state, &*change, &scope, chosen).await)?;
    let now = state.clock.now();
    let used = install_link::Entity::update_many()
        .col_expr(install_link::Column::UsedAt, Expr::value(now.as_millis()))
        .col_expr(install_link::Column::UsedFrom, Expr::value(peer.ip().to_string()))
        .filter(install_link::Column::Id.eq(row.id))
        .filter(install_link::Column::UsedAt.is_null())
        .exec(&*change)
        .await?;
    if used.rows_affected == 0 {
        return Err(gone(USED));
    }
    let actor =
        Actor::InstallLink { id: InstallLinkId(row.id), name: format!("an install link of {}", row.created_by) };
    let entry = Entry {
        scope: &scope,
        action: Action::BundleDownloaded,
        object: Some(found.token.id.0),
        name: found.token.name.as_str(),
        detail: detail(handed.kind, &found.chosen, &handout.name),
    };
    audit::record(&change, &Origin { actor, address: Some(peer.ip()) }, now, entry).await?;
    change.touches(Topic::Tokens);
    change.touches(Topic::Delegates);
    change.commit().await?;
    Ok(handout)
}

fn refuse(state: &state::State, row: &install_link::Model) -> Result<(), Refused> {
    if row.used_at.is_some() {
        return Err(gone(USED));
    }
    if row.expires_at <= state.clock.now().as_millis() {
        return Err(gone(EXPIRED));
    }
    Ok(())
}

/// What the choices name was there when the link was made; where it is not any more, that is no fault.
fn outdated(found: Result<Found, Error>) -> Result<Found, Refused> {
    match found {
        Err(Error::Invalid { .. }) => Err(gone(OUTDATED)),
        other => Ok(other?),
    }
}
