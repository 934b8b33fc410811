//! Links that hand out install files once, or once to each of several hosts, to whoever brings the key.
//!
//! What did not arrive does not use a link up: it is good again where the answer was torn, and for a few minutes the
//! same address can fetch again, since nobody can tell whether the last bytes arrived.

use std::{net::IpAddr, time::Duration};

use muster::{
    audit::{Action, Actor, FactChange, Origin},
    id::InstallLinkId,
    install::{InstallKind, InstallLink, files::MAX_LINK_HOSTS},
    scope::Scope,
    text::Invalid,
    time::Timestamp,
    user::Permission,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, Set, Value,
    sea_query::{Expr, ExprTrait as _},
};

use super::{super::scopes, Context, chosen_facts, handed_out, resolve, token_entry};
use crate::{
    db::{
        audit,
        entity::{Scoped, corrupt, install_link},
    },
    error::{Conflict, Error, Limit, Object},
    events::Topic,
    install::{
        bundle::Download,
        link::{self, LinkPayload},
        resolve::Resolved,
    },
    random,
    state::State,
};

/// How long a link works.
const WORKS_FOR: Duration = Duration::from_secs(60 * 60);
/// For how long the address that used a link can fetch again.
const WORKS_AGAIN_FOR: Duration = Duration::from_secs(3 * 60);
/// How long a link that has expired is still told apart from one that never was.
const KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);
/// How many links of a scope can wait to be used.
const MAX_LINKS: u64 = 1000;

/// Makes a link that hands the files out once, for the session of this digest to show.
///
/// # Errors
/// As for [`super::check`]; [`Error::Conflict`] where too many links wait to be used.
pub async fn create(
    cx: &Context,
    scope: &Scope,
    payload: LinkPayload,
    session: String,
) -> Result<InstallLinkId, Error> {
    cx.authorize(Permission::ManageDelegates, scope)?;
    let resolved = resolve(cx, scope, payload.choices()?).await?;
    let payload = payload.with_permissions(resolved.chosen.permissions);
    let hosts = payload.hosts;
    let of_hosts = matches!(payload.kind, InstallKind::Shell | InstallKind::Docker);
    if !(1..=MAX_LINK_HOSTS).contains(&hosts) || hosts > 1 && !of_hosts {
        let sentence = format!("Choose a number of hosts from 1 to {MAX_LINK_HOSTS}.");
        return Err(Error::field("hosts", Invalid::new(sentence)));
    }
    let now = cx.now();
    let (id, key) = (InstallLinkId::new(now, &random::bytes()), link::new_key());
    let change = cx.begin(Permission::ManageDelegates).await?;
    scopes::hold(&change, scope).await?;
    install_link::Entity::delete_many()
        .filter(install_link::Entity::at(scope))
        .filter(install_link::Column::ExpiresAt.lt(now.minus(KEPT_FOR).as_millis()))
        .exec(&*change)
        .await?;
    let open = install_link::Entity::find()
        .filter(install_link::Entity::at(scope))
        .filter(Expr::col(install_link::Column::Uses).lt(Expr::col(install_link::Column::MaxUses)))
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
        sealed_key: Set(cx.state.encryption.seal(&link::purpose(id), key.as_bytes())),
        plan: Set(serde_json::to_string(&payload).map_err(|error| corrupt("install_link", error))?),
        created_by: Set(cx.name().to_owned()),
        created_at: Set(now.as_millis()),
        expires_at: Set(now.plus(WORKS_FOR).as_millis()),
        used_at: Set(None),
        used_from: Set(String::new()),
        max_uses: Set(i32::try_from(hosts).unwrap_or(1)),
        uses: Set(0),
    }
    .insert(&*change)
    .await?;
    let mut facts = chosen_facts(&resolved.chosen).to_vec();
    if hosts > 1 {
        facts.push(FactChange::fact("hosts", hosts.to_string()));
    }
    cx.record(&change, token_entry(&resolved.token, Action::InstallLinkCreated, facts)).await?;
    change.commit().await?;
    Ok(id)
}

/// A link. Its line is for the session that made it alone, by this digest.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; or where the database is out of reach.
pub async fn get(cx: &Context, scope: &Scope, id: InstallLinkId, session: &str) -> Result<InstallLink, Error> {
    cx.authorize(Permission::ManageDelegates, scope)?;
    let row = install_link::Entity::find_by_id(id.0).filter(install_link::Entity::at(scope));
    let row = row.one(cx.state.db.read()).await?.ok_or(Error::NotFound(Object::InstallLink))?;
    let works = row.uses < row.max_uses && row.expires_at > cx.now().as_millis();
    let line = if works && row.session == session {
        Some(LinkPayload::read(&row)?.line(&link::unseal(&cx.state.encryption, &row)?)?)
    } else {
        None
    };
    Ok(InstallLink {
        line,
        expires_at: Timestamp::from_millis(row.expires_at),
        hosts: u32::try_from(row.max_uses).unwrap_or(1),
        fetched: u32::try_from(row.uses).unwrap_or(0),
        used: row.used_at.map(|at| (Timestamp::from_millis(at), row.used_from)),
    })
}

/// Why a link hands out nothing.
#[derive(Debug)]
pub enum RefusedLink {
    /// No link has this key.
    Unknown,
    /// It was used before.
    Used,
    /// It has expired.
    Expired,
    /// The token or the profile that it names is gone.
    Outdated,
    /// It is for several hosts, and this one does not say what it is called.
    Nameless,
    /// It could not be looked at.
    Failed(Error),
}

impl<E: Into<Error>> From<E> for RefusedLink {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// A link that was redeemed, until its files have arrived. Dropped before, wherever that is, the link is good again.
pub struct Redemption {
    state: State,
    id: InstallLinkId,
    /// When it was used by this; none where somebody fetches again, which changes nothing.
    used_at: Option<Timestamp>,
    /// Whether it is for several hosts: what others have fetched stays fetched.
    for_several: bool,
}

impl Redemption {
    /// The files came to their end.
    pub fn arrived(&mut self) {
        self.used_at = None;
    }
}

impl Drop for Redemption {
    fn drop(&mut self) {
        let (Some(used_at), Ok(runtime)) = (self.used_at, tokio::runtime::Handle::try_current()) else { return };
        let (state, id, for_several) = (self.state.clone(), self.id, self.for_several);
        self.state.tasks.spawn_on(
            async move {
                match restore(&state, id, used_at, for_several).await {
                    Ok(()) => tracing::info!(link = %id, "an answer was torn: the link is good again"),
                    Err(error) => tracing::warn!(link = %id, %error, "a link whose answer was torn stays used"),
                }
            },
            &runtime,
        );
    }
}

/// Hands out the files of a link, once, to whoever brings its key; of a link for several hosts once to each, under its own
/// name.
///
/// # Errors
/// [`RefusedLink`].
pub async fn redeem(
    state: &State,
    key: &str,
    host: &str,
    address: IpAddr,
) -> Result<(Download, Redemption), RefusedLink> {
    let find = || install_link::Entity::find().filter(install_link::Column::Digest.eq(link::digest(key)));
    let row = find().one(state.db.read()).await?.ok_or(RefusedLink::Unknown)?;
    check(state, &row, address)?;
    let scope = install_link::Entity::scope_of(&row);
    let scope = scope.map_err(|error| corrupt("install_link", error))?;
    let payload = LinkPayload::read(&row)?;
    let chosen = payload.choices_on(host)?.ok_or(RefusedLink::Nameless)?;
    let resolved = outdated(Resolved::resolve(state, state.db.read(), &scope, chosen.clone()).await)?;
    // Made before the change begins: it takes long, and while a change is open nothing but the database is awaited.
    let plan = resolved.plan(state, &payload.manager_url)?;
    let download = Download::make(state, plan, String::new()).await?;

    let mut change = state.db.write().await?;
    let row = find().one(&*change).await?.ok_or(RefusedLink::Unknown)?;
    check(state, &row, address)?;
    // It may have been revoked meanwhile.
    outdated(Resolved::resolve(state, &*change, &scope, chosen).await)?;
    let now = state.clock.now();
    let id = InstallLinkId(row.id);
    let mut redemption = Redemption { state: state.clone(), id, used_at: None, for_several: row.max_uses > 1 };
    if row.uses < row.max_uses {
        let used = install_link::Entity::update_many()
            .col_expr(install_link::Column::Uses, Expr::col(install_link::Column::Uses).add(1))
            .col_expr(install_link::Column::UsedAt, Expr::value(now.as_millis()))
            .col_expr(install_link::Column::UsedFrom, Expr::value(address.to_string()))
            .filter(install_link::Column::Id.eq(row.id))
            .filter(Expr::col(install_link::Column::Uses).lt(Expr::col(install_link::Column::MaxUses)))
            .exec(&*change)
            .await?;
        if used.rows_affected == 0 {
            return Err(RefusedLink::Used);
        }
        // Before the commit: it goes through to its end also where nobody waits for it any more.
        redemption.used_at = Some(now);
    }
    let actor = Actor::InstallLink { id, name: format!("an install link of {}", row.created_by) };
    let facts = handed_out(&resolved.chosen, &download.name);
    let entry = token_entry(&resolved.token, Action::BundleDownloaded, facts);
    audit::record(&change, &Origin { actor, address: Some(address) }, now, entry).await?;
    change.touches(Topic::Tokens);
    change.touches(Topic::Delegates);
    change.commit().await?;
    Ok((download, redemption))
}

async fn restore(state: &State, id: InstallLinkId, used_at: Timestamp, for_several: bool) -> Result<(), DbErr> {
    let mut change = state.db.write().await?;
    let mut update = install_link::Entity::update_many()
        .col_expr(install_link::Column::Uses, Expr::col(install_link::Column::Uses).sub(1))
        .filter(install_link::Column::Id.eq(id.0))
        .filter(install_link::Column::Uses.gt(0));
    if !for_several {
        update = update
            .col_expr(install_link::Column::UsedAt, Expr::value(Value::BigInt(None)))
            .col_expr(install_link::Column::UsedFrom, Expr::value(""))
            .filter(install_link::Column::UsedAt.eq(used_at.as_millis()));
    }
    update.exec(&*change).await?;
    change.touches(Topic::Tokens);
    change.touches(Topic::Delegates);
    change.commit().await
}

fn check(state: &State, row: &install_link::Model, address: IpAddr) -> Result<(), RefusedLink> {
    if row.uses >= row.max_uses {
        // Of several hosts nobody knows which one fetches again.
        let Some(at) = row.used_at.filter(|_| row.max_uses == 1) else { return Err(RefusedLink::Used) };
        let lately = Timestamp::from_millis(at) >= state.clock.now().minus(WORKS_AGAIN_FOR);
        if !lately || row.used_from != address.to_string() {
            return Err(RefusedLink::Used);
        }
    }
    if row.expires_at <= state.clock.now().as_millis() {
        return Err(RefusedLink::Expired);
    }
    Ok(())
}

/// What the choices name was there when the link was made; where it is not any more, that is no fault.
fn outdated(resolved: Result<Resolved, Error>) -> Result<Resolved, RefusedLink> {
    match resolved {
        Err(Error::Invalid(_)) => Err(RefusedLink::Outdated),
        other => Ok(other?),
    }
}
