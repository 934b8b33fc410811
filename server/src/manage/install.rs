//! Installing a delegate: what there is to choose from, what comes of it, and who arrived.

pub mod links;

use muster::{
    audit::{Action, FactChange},
    delegate::InstallName,
    id::{ProfileId, TokenId},
    install::{Arrival, Arrivals, Bundle, Choices, InstallOptions, InstallReview, ShownFile, image},
    scope::Scope,
    time::Timestamp,
    token::Token,
    user::Permission,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{Context, delegates::rows, tokens::refusals};
use crate::{
    db::{
        audit::Entry,
        entity::{Scoped, connection, delegate, profile, token},
    },
    error::{Conflict, Error},
    install::{
        address::is_only_here,
        bundle::{Checksums, Download},
        render::render,
        resolve::Resolved,
    },
};

/// How many of each there are to choose from.
const MAX_OPTIONS: u64 = 200;
/// How many delegates of a name are shown.
const MAX_ARRIVALS: u64 = 5;

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
        .filter(token::Entity::at(scope))
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
async fn resolve(cx: &Context, scope: &Scope, chosen: Choices) -> Result<Resolved, Error> {
    let resolved = Resolved::resolve(&cx.state, cx.state.db.read(), scope, chosen).await?;
    cx.authorize(Permission::ManageDelegates, &resolved.token.scope)?;
    Ok(resolved)
}

/// Checks what was chosen.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Invalid`] where a choice names nothing, or a token that is not active; or where the
/// database is out of reach.
pub async fn check(cx: &Context, scope: &Scope, chosen: Choices) -> Result<(), Error> {
    cx.authorize(Permission::ManageDelegates, scope)?;
    resolve(cx, scope, chosen).await.map(drop)
}

/// The files that come of what was chosen, without the token's value.
///
/// # Errors
/// As for [`check`].
pub async fn review(cx: &Context, scope: &Scope, chosen: Choices, manager_url: String) -> Result<InstallReview, Error> {
    cx.authorize(Permission::ManageDelegates, scope)?;
    let resolved = resolve(cx, scope, chosen).await?;
    let files = render(&resolved.plan_to_show(&cx.state, &manager_url)).map_err(Error::internal)?;
    // Of what is handed out, with the token's value in it.
    let sums = Checksums::of(&cx.state, resolved.plan(&cx.state, &manager_url)?).await?;
    let shown = files.into_iter().zip(sums.files).map(|(artifact, sha256)| ShownFile {
        name: artifact.name.to_owned(),
        language: artifact.language,
        text: artifact.text.to_string(),
        sha256,
    });
    let bundle = Bundle::of(&resolved.chosen);
    let image = resolved.chosen.kind.is_container().then(|| resolved.image(&cx.state));
    let taken = of_name(cx, scope, &resolved.chosen.name).await?;
    Ok(InstallReview {
        in_no_registry: image.as_deref() == Some(image::DEFAULT),
        image,
        taken: taken.into_iter().map(|row| row.host_name).collect(),
        files: shown.collect(),
        download: bundle.name().to_owned(),
        folder: bundle.folder().to_owned(),
        sha256: sums.whole,
        profile: (resolved.profile.name, resolved.profile.requires_approval),
        token: resolved.token.name.into(),
        only_here: is_only_here(&manager_url),
        manager_url,
        now: cx.now(),
    })
}

/// The files with the token's value in them, to be handed out: all of them, or the one of this name. `seen` is the
/// checksum that the person saw; it may be empty.
///
/// # Errors
/// As for [`check`]; [`Error::NotFound`] where there is no such file; [`Error::Conflict`] where what was seen is of
/// another one.
pub async fn download(
    cx: &Context,
    scope: &Scope,
    chosen: Choices,
    manager_url: &str,
    file: String,
    seen: &str,
) -> Result<Download, Error> {
    cx.authorize(Permission::ManageDelegates, scope)?;
    let resolved = resolve(cx, scope, chosen).await?;
    let download = Download::make(&cx.state, resolved.plan(&cx.state, manager_url)?, file).await?;
    if !seen.is_empty() && download.sha256().await? != seen {
        return Err(Conflict::FilesChanged.into());
    }
    let change = cx.begin(Permission::ManageDelegates).await?;
    let facts = handed_out(&resolved.chosen, &download.name);
    cx.record(&change, token_entry(&resolved.token, Action::BundleDownloaded, facts)).await?;
    change.commit().await?;
    Ok(download)
}

/// What the audit trail says of files that were handed out.
fn handed_out(chosen: &Choices, file: &str) -> Vec<FactChange> {
    let [kind, delegate] = chosen_facts(chosen);
    vec![kind, delegate, FactChange::fact("file", file)]
}

fn chosen_facts(chosen: &Choices) -> [FactChange; 2] {
    [FactChange::fact("type", chosen.kind.label()), FactChange::fact("delegate", chosen.name.as_str())]
}

fn token_entry(token: &Token, action: Action, facts: Vec<FactChange>) -> Entry<'_> {
    Entry { scope: &token.scope, action, object: Some(token.id.0), name: token.name.as_str(), facts }
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
            // Beside those of the token the calls that no token opens: one of them may be the delegate's, too.
            let mut found = refusals(db, vec![id.0, Uuid::nil()], now).await?;
            let of_token = found.remove(&id.0).unwrap_or_default();
            of_token.into_iter().chain(found.remove(&Uuid::nil()).unwrap_or_default()).collect()
        }
        None => Vec::new(),
    };
    let rows = match name {
        Some(name) => arrived(cx, scope, &name).await?,
        None => Vec::new(),
    };
    Ok(Arrivals { rows, now, only_here: is_only_here(&manager_url), manager_url, refusals })
}

/// The newest delegates of a name.
async fn of_name(cx: &Context, scope: &Scope, name: &InstallName) -> Result<Vec<delegate::Model>, Error> {
    let found = delegate::Entity::find()
        .filter(delegate::Entity::at(scope))
        .filter(delegate::Column::Name.eq(name.as_str()))
        .order_by_desc(delegate::Column::Id)
        .limit(MAX_ARRIVALS);
    Ok(found.all(cx.state.db.read()).await?)
}

async fn arrived(cx: &Context, scope: &Scope, name: &InstallName) -> Result<Vec<Arrival>, Error> {
    let db = cx.state.db.read();
    let found = of_name(cx, scope, name).await?;
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
