//! Links that hand out install files once, to whoever brings the key.
//!
//! What did not arrive does not use a link up: it is good again where the answer was torn, and for a few minutes the
//! same address can fetch again, since nobody can tell whether the last bytes arrived.
//!
//! A row holds the key's digest, which finds it, and the choices; the value of the token is unsealed when the link is
//! taken up, and only while the token is good.

use std::{net::SocketAddr, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::{ConnectInfo, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::StreamExt as _;
use muster::{
    audit::{Action, Actor, Origin},
    id::{AccountId, InstallLinkId},
    install::InstallKind,
    scope::Scope,
    time::Timestamp,
};
use muster_app::install::api::{FETCH_PATH, InstallFields};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Value, sea_query::Expr};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{artifact::Whole, found::Found, handout::Handout, language::shell_word, plan::Choices};
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

/// For how long the address that used a link can fetch again.
const AGAIN: Duration = Duration::from_secs(3 * 60);

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

    /// The choices.
    ///
    /// # Errors
    /// Where the row was changed by hand.
    pub fn choices(&self) -> Result<Choices, Error> {
        Choices::read(self.kind, &self.fields)
    }

    /// The line for a shell that takes the link up.
    ///
    /// # Errors
    /// Where the row was changed by hand.
    pub fn line(&self, key: &str) -> Result<String, Error> {
        let file = Whole::of(&self.choices()?).name();
        let url = Zeroizing::new(format!("{}{FETCH_PATH}?key={key}", self.manager_url));
        Ok(format!("curl -fsS -o {} {}", shell_word(file), shell_word(&url)))
    }
}

/// What the audit trail says of files that were handed out.
pub fn detail(chosen: &Choices, file: &str) -> String {
    format!("{} delegate {}: {file}", chosen.kind.label(), chosen.name.as_str())
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
const ONLY_WHOLE: &str = "This link hands out the whole file. Fetch it without a range.";
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
    headers: HeaderMap,
    key: Result<Query<Key>, QueryRejection>,
) -> Response {
    let taken = match key {
        Ok(_) if headers.contains_key(header::RANGE) => {
            Err(Refused::Sentence(StatusCode::RANGE_NOT_SATISFIABLE, ONLY_WHOLE))
        }
        Ok(Query(Key { key })) => take_up(&state, &Zeroizing::new(key), peer).await,
        Err(_) => Err(Refused::Sentence(StatusCode::NOT_FOUND, UNKNOWN)),
    };
    let (status, sentence) = match taken {
        Ok((handout, taken)) => return taken.follow(handout),
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

async fn take_up(state: &state::State, key: &str, peer: SocketAddr) -> Result<(Handout, Taken), Refused> {
    let find = || install_link::Entity::find().filter(install_link::Column::Digest.eq(digest(key)));
    let row = find().one(state.db.read()).await?.ok_or(Refused::Sentence(StatusCode::NOT_FOUND, UNKNOWN))?;
    refuse(state, &row, peer)?;
    let scope = Scope::from_parts(AccountId(row.account_id), &row.organization, &row.project);
    let scope = scope.map_err(|error| corrupt("install_link", error))?;
    let handed = Handed::read(&row)?;
    let chosen = Choices::read(handed.kind, &handed.fields)?;
    let found = outdated(Found::look_up(state, state.db.read(), &scope, chosen.clone()).await)?;
    // Made before the change begins: it takes long, and while a change is open nothing but the database is awaited.
    let handout = Handout::make(state, found.plan(state, &handed.manager_url)?, String::new()).await?;

    let mut change = state.db.write().await?;
    let row = find().one(&*change).await?.ok_or(Refused::Sentence(StatusCode::NOT_FOUND, UNKNOWN))?;
    refuse(state, &row, peer)?;
    // It may have been revoked meanwhile.
    outdated(Found::look_up(state, &*change, &scope, chosen).await)?;
    let now = state.clock.now();
    let mut taken = Taken { state: state.clone(), id: row.id, at: None };
    if row.used_at.is_none() {
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
        taken.at = Some(now);
    }
    let actor =
        Actor::InstallLink { id: InstallLinkId(row.id), name: format!("an install link of {}", row.created_by) };
    let entry = Entry {
        scope: &scope,
        action: Action::BundleDownloaded,
        object: Some(found.token.id.0),
        name: found.token.name.as_str(),
        detail: detail(&found.chosen, &handout.name),
    };
    audit::record(&change, &Origin { actor, address: Some(peer.ip()) }, now, entry).await?;
    change.touches(Topic::Tokens);
    change.touches(Topic::Delegates);
    change.commit().await?;
    Ok((handout, taken))
}

/// A link that was taken up, until the answer has been handed on.
struct Taken {
    state: state::State,
    id: Uuid,
    /// Since when; none where somebody fetches again, which changes nothing.
    at: Option<Timestamp>,
}

impl Taken {
    fn arrived(&mut self) {
        self.at = None;
    }

    /// The answer. Where it is torn before its end the link is good again.
    fn follow(self, handout: Handout) -> Response {
        let (mut taken, mut left) = (self, handout.size());
        let (parts, body) = handout.into_response().into_parts();
        let body = body.into_data_stream().map(move |piece| {
            left = left.saturating_sub(piece.as_ref().map_or(0, Bytes::len));
            if left == 0 {
                taken.arrived();
            }
            piece
        });
        Response::from_parts(parts, Body::from_stream(body))
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let (Some(at), Ok(runtime)) = (self.at, tokio::runtime::Handle::try_current()) else { return };
        let (state, id) = (self.state.clone(), self.id);
        self.state.tasks.spawn_on(
            async move {
                match give_back(&state, id, at).await {
                    Ok(()) => tracing::info!(link = %id, "an answer was torn: the link is good again"),
                    Err(error) => tracing::warn!(link = %id, %error, "a link whose answer was torn stays used"),
                }
            },
            &runtime,
        );
    }
}

async fn give_back(state: &state::State, id: Uuid, at: Timestamp) -> Result<(), DbErr> {
    let mut change = state.db.write().await?;
    install_link::Entity::update_many()
        .col_expr(install_link::Column::UsedAt, Expr::value(Value::BigInt(None)))
        .col_expr(install_link::Column::UsedFrom, Expr::value(""))
        .filter(install_link::Column::Id.eq(id))
        .filter(install_link::Column::UsedAt.eq(at.as_millis()))
        .exec(&*change)
        .await?;
    change.touches(Topic::Tokens);
    change.touches(Topic::Delegates);
    change.commit().await
}

fn refuse(state: &state::State, row: &install_link::Model, peer: SocketAddr) -> Result<(), Refused> {
    if let Some(at) = row.used_at {
        let lately = Timestamp::from_millis(at) >= state.clock.now().minus(AGAIN);
        if !lately || row.used_from != peer.ip().to_string() {
            return Err(gone(USED));
        }
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
