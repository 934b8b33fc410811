//! Installing a delegate: what there is to choose from, what comes of it, links, and who arrived.

use std::time::Duration;

use muster::{
    audit::Action,
    delegate::InstallName,
    id::{InstallLinkId, ProfileId, TokenId},
    scope::Scope,
    time::Timestamp,
    token::Token,
    user::Permission,
};
use muster_app::install::api::{Arrival, Arrivals, InstallLink, InstallOptions, InstallReview, ShownFile};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::{Context, delegates::rows, tokens::refusals};
use crate::{
    chance,
    db::{
        audit::Entry,
        entity::{Scoped, connection, corrupt, delegate, install_link, profile, token},
    },
    error::{Conflict, Error, Limit, Object},
    install::{
        address::is_only_here,
        artifact::{Whole, render},
        found::Found,
        handout::Handout,
        link::{self, Handed},
        plan::Choices,
    },
};

/// How many of each there are to choose from.
const MAX_OPTIONS: u64 = 200;
/// How many delegates of a name are shown.
const MAX_ARRIVALS: u64 = 5;
/// How long a link works.
const LINK_WORKS_FOR: Duration = Duration::from_secs(60 * 60);
/// How long a link that has expired is still told apart from one that never was.
const LINK_KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);
/// How many links of a scope can wait to be used.
const MAX_LINKS: u64 = 1000;

/// What there is to choose from.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn options(cx: &Context, scope: &Scope, manager_url: String) -> Result<InstallOptions, Error> {
    cx.authorize(Permission::ManageDelegates, scope)?;
    let db = cx.state.db.read();
    let profiles = profile::Entity::find()
        .filter(profile::Entity::visible_from(scope))
        .order_by_desc(profile::Column::IsPrimary)
        .order_by_desc(profile::Column::Id)
        .limit(MAX_OPTIONS)
        .all(db)
        .await?;
    let not_expired =
        Condition::any().add(token::Column::ExpiresAt.is_null()).add(token::Column::ExpiresAt.gt(cx.now().as_millis()));
    let tokens = token::Entity::find()
        .filter(token::Entity::visible_from(scope))
        .filter(token::Column::RevokedAt.is_null())
        .filter(not_expired)
        .order_by_desc(token::Column::Id)
        .limit(MAX_OPTIONS)
        .all(db)
        .await?;
    Ok(InstallOptions {
        profiles: profiles.into_iter().map(|row| (ProfileId(row.id), row.name, row.requires_approval)).collect(),
        tokens: tokens.into_iter().map(|row| (TokenId(row.id), row.name)).collect(),
        image: cx.state.delegate_image.clone(),
        only_here: is_only_here(&manager_url),
        manager_url,
    })
}

/// What some choices name, for who may install with it.
async fn look_up(cx: &Context, scope: &Scope, chosen: Choices) -> Result<Found, Error> {
    let found = Found::look_up(&cx.state, cx.state.db.read(), scope, chosen).await?;
    cx.authorize(Permission::ManageDelegates, &found.token.scope)?;
    Ok(found)
}

/// Checks what was chosen.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Invalid`] where a choice names nothing, or a token that is not active; or where the
/// database is out of reach.
pub async fn check(cx: &Context, scope: &Scope, chosen: Choices) -> Result<(), Error> {
    cx.authorize(Permission::ManageDelegates, scope)?;
    look_up(cx, scope, chosen).await.map(drop)
}

/// The files that come of what was chosen, without the token's value.
///
/// # Errors
/// As for [`check`].
pub async fn review(cx: &Context, scope: &Scope, chosen: Choices, manager_url: String) -> Result<InstallReview, Error> {
    cx.authorize(Permission::ManageDelegates, scope)?;
    let found = look_up(cx, scope, chosen).await?;
    let files = render(&found.plan_to_show(&cx.state, &manager_url)).map_err(Error::internal)?;
    let shown = files.into_iter().map(|artifact| ShownFile {
        name: artifact.name.to_owned(),
        language: artifact.language,
        text: artifact.text.to_string(),
    });
    let whole = Whole::of(&found.chosen);
    Ok(InstallReview {
        files: shown.collect(),
        download: whole.name().to_owned(),
        folder: whole.folder().to_owned(),
        profile: (found.profile.name, found.profile.requires_approval),
        token: found.token.name.into(),
        only_here: is_only_here(&manager_url),
        manager_url,
        now: cx.now(),
    })
}

/// The files with the token's value in them, to be handed out: all of them, or the one of this name.
///
/// # Errors
/// As for [`check`]; [`Error::NotFound`] where there is no such file.
pub async fn download(
    cx: &Context,
    scope: &Scope,
    chosen: Choices,
    manager_url: &str,
    file: String,
) -> Result<Handout, Error> {
    cx.authorize(Permission::ManageDelegates, scope)?;
    let found = look_up(cx, scope, chosen).await?;
    let handout = Handout::make(&cx.state, found.plan(&cx.state, manager_url)?, file).await?;
    let change = cx.begin(Permission::ManageDelegates).await?;
    let detail = link::detail(&found.chosen, &handout.name);
    cx.record(&change, token_entry(&found.token, Action::BundleDownloaded, detail)).await?;
    change.commit().await?;
    Ok(handout)
}

fn token_entry(token: &Token, action: Action, detail: String) -> Entry<'_> {
    Entry { scope: &token.scope, action, object: Some(token.id.0), name: token.name.as_str(), detail }
}

/// Makes a link that hands the files out once, for the session of this digest to show.
///
/// # Errors
/// As for [`check`]; [`Error::Conflict`] where too many links wait to be used.
pub async fn create_link(cx: &Context, scope: &Scope, handed: Handed, session: String) -> Result<InstallLinkId, Error> {
    cx.authorize(Permission::ManageDelegates, scope)?;
    let found = look_up(cx, scope, handed.choices()?).await?;
    let now = cx.now();
    let (id, key) = (InstallLinkId::new(now, &chance::bytes()), link::new_key());
    let change = cx.begin(Permission::ManageDelegates).await?;
    install_link::Entity::delete_many()
        .filter(install_link::Entity::at(scope))
        .filter(install_link::Column::ExpiresAt.lt(now.minus(LINK_KEPT_FOR).as_millis()))
        .exec(&*change)
        .await?;
    let open = install_link::Entity::find()
        .filter(install_link::Entity::at(scope))
        .filter(install_link::Column::UsedAt.is_null())
        .filter(install_link::Column::ExpiresAt.gt(now.as_millis()));
    if open.count(&*change).await? >= MAX_LINKS {
        return Err(Conflict::Full(Limit::InstallLinks, MAX_LINKS).into());
    }
    install_link::ActiveModel {
        id: Set(id.0),
        account_id: Set(scope.account.0),
        organization: Set(scope.organization().to_owned()),
        project: Set(scope.project().to_owned()),
        digest: Set(link::digest(&key)),
        session: Set(session),
        sealed_key: Set(cx.state.keyring.seal(&link::purpose(id), key.as_bytes())),
        plan: Set(serde_json::to_string(&handed).map_err(|error| corrupt("install_link", error))?),
        created_by: Set(cx.name().to_owned()),
        created_at: Set(now.as_millis()),
        expires_at: Set(now.plus(LINK_WORKS_FOR).as_millis()),
        used_at: Set(None),
        used_from: Set(String::new()),
    }
    .insert(&*change)
    .await?;
    let detail = format!("{} delegate {}", found.chosen.kind.label(), found.chosen.name.as_str());
    cx.record(&change, token_entry(&found.token, Action::InstallLinkCreated, detail)).await?;
    change.commit().await?;
    Ok(id)
}

/// A link. Its line is for the session that made it alone, by this digest.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; or where the database is out of reach.
pub async fn link(cx: &Context, scope: &Scope, id: InstallLinkId, session: &str) -> Result<InstallLink, Error> {
    cx.authorize(Permission::ManageDelegates, scope)?;
    let row = install_link::Entity::find_by_id(id.0).filter(install_link::Entity::at(scope));
    let row = row.one(cx.state.db.read()).await?.ok_or(Error::NotFound(Object::InstallLink))?;
    let works = row.used_at.is_none() && row.expires_at > cx.now().as_millis();
    let line = if works && row.session == session {
        Some(Handed::read(&row)?.line(&link::unseal(&cx.state.keyring, &row)?)?)
    } else {
        None
    };
    Ok(InstallLink {
        line,
        expires_at: Timestamp::from_millis(row.expires_at),
        used: row.used_at.map(|at| (Timestamp::from_millis(at), row.used_from)),
    })
}

/// The delegates of a name – none where it cannot be one – and what calls with a token were turned away for.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`] for a token that cannot be seen; or where the database is out of reach.
pub async fn arrivals(
    cx: &Context,
    scope: &Scope,
    name: Option<InstallName>,
    token: Option<TokenId>,
    manager_url: String,
) -> Result<Arrivals, Error> {
    cx.authorize(Permission::ManageDelegates, scope)?;
    let (db, now) = (cx.state.db.read(), cx.now());
    let refusals = match token {
        Some(id) => {
            cx.find::<Token>(db, id, Permission::View).await?;
            refusals(db, vec![id.0], now).await?.remove(&id.0).unwrap_or_default()
        }
        None => Vec::new(),
    };
    let rows = match name {
        Some(name) => arrived(cx, scope, &name).await?,
        None => Vec::new(),
    };
    Ok(Arrivals { rows, now, only_here: is_only_here(&manager_url), manager_url, refusals })
}

async fn arrived(cx: &Context, scope: &Scope, name: &InstallName) -> Result<Vec<Arrival>, Error> {
    let db = cx.state.db.read();
    let found = delegate::Entity::find()
        .filter(delegate::Entity::at(scope))
        .filter(delegate::Column::Name.eq(name.as_str()))
        .order_by_desc(delegate::Column::Id)
        .limit(MAX_ARRIVALS)
        .all(db)
        .await?;
    let open: Vec<(Uuid, i64)> = connection::Entity::find()
        .select_only()
        .columns([connection::Column::DelegateId, connection::Column::ConnectedAt])
        .filter(connection::Column::DelegateId.is_in(found.iter().map(|row| row.id)))
        .filter(connection::Column::LostAt.is_null())
        .into_tuple()
        .all(db)
        .await?;
    let since = |id| open.iter().find(|(of, _)| *of == id).map(|(_, at)| Timestamp::from_millis(*at));
    let rows = rows(cx, found).await?.into_iter();
    Ok(rows.map(|row| Arrival { connected_at: since(row.delegate.id.0), row }).collect())
}
