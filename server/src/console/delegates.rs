//! Delegates, for people: the list, one of them, and the decisions.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use muster::{
    audit::Action,
    delegate::{Admission, Delegate, Reason, Status, TransitionError},
    id::{DelegateId, ProfileId, TokenId},
    page::Page,
    profile::Profile,
    text::{Invalid, Selectors},
    time::Timestamp,
    user::{Permission, User},
};
use muster_app::{
    delegates::api::{AuditRow, ConnectionRow, DelegateDetail, DelegateFilter, DelegateRow, Delegates, Earlier},
    error::ConsoleError,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::LikeExpr,
};
use uuid::Uuid;

use super::{Operator, page_of};
use crate::{
    db::{
        Change,
        audit::{self, Entry},
        entity::{Scoped, audit as audit_table, connection, delegate, profile, token},
        lock,
    },
    error::Error,
    events::Topic,
    presence,
};

pub(super) const GONE: Error =
    Error::NotFound("This delegate is not in the list any more; somebody may have deleted it.");
const CONNECTIONS: u64 = 20;
const AUDIT_ENTRIES: u64 = 50;

#[async_trait]
impl Delegates for Operator {
    async fn list_delegates(&self, filter: DelegateFilter) -> Result<Page<DelegateRow>, ConsoleError> {
        self.out(self.list(filter).await)
    }

    async fn delegate(&self, id: DelegateId) -> Result<DelegateDetail, ConsoleError> {
        self.out(self.detail(id).await)
    }

    async fn approve_delegate(&self, id: DelegateId, seen: i32) -> Result<(), ConsoleError> {
        let step = |delegate: Delegate, by: &str, now| delegate.approve(seen, by, now);
        self.out(self.decide(id, Action::DelegateApproved, step).await)
    }

    async fn reject_delegate(&self, id: DelegateId, seen: i32) -> Result<(), ConsoleError> {
        let step = |delegate: Delegate, by: &str, now| delegate.reject(seen, by, now);
        self.out(self.decide(id, Action::DelegateRejected, step).await)
    }

    async fn take_back_delegate(&self, id: DelegateId) -> Result<(), ConsoleError> {
        let step = |delegate: Delegate, by: &str, now| delegate.take_back(by, now);
        self.out(self.decide(id, Action::RejectionTakenBack, step).await)
    }

    async fn delete_delegate(&self, id: DelegateId) -> Result<(), ConsoleError> {
        self.out(self.delete(id).await)
    }

    async fn switch_profile(&self, id: DelegateId, profile: &str) -> Result<(), ConsoleError> {
        self.out(self.switch(id, profile).await)
    }

    async fn edit_selectors(&self, id: DelegateId, selectors: &str, own: bool) -> Result<(), ConsoleError> {
        self.out(self.select(id, selectors, own).await)
    }
}

/// What a decision was taken on, for the record.
fn decided_on(delegate: &Delegate) -> String {
    let key =
        delegate.key.map_or_else(|| "no key".to_owned(), |key| format!("fingerprint {}", key.thumbprint().short()));
    format!("{key}, host {}, address {}", delegate.facts.host_name, delegate.address)
}

/// The rows that a filter leaves.
fn matching(filter: &DelegateFilter) -> Condition {
    use delegate::Column::{Admission as Admitted, ConnectedUntil, Search};
    let admitted = |admission: Admission| Admitted.eq(admission.code());
    let enabled = || Condition::all().add(admitted(Admission::Enabled));
    let mut condition = match filter.status {
        None => Condition::all().add(Admitted.ne(Admission::Rejected.code())),
        Some(Status::Connected) => enabled().add(ConnectedUntil.is_not_null()),
        Some(Status::NotConnected) => enabled().add(ConnectedUntil.is_null()),
        Some(Status::PendingApproval) => Condition::all().add(admitted(Admission::WaitingForApproval)),
        Some(Status::Rejected) => Condition::all().add(admitted(Admission::Rejected)),
    };
    for word in filter.search.to_lowercase().split_whitespace().take(8) {
        // PostgreSQL takes no NUL in text, and nothing that is searched holds a control character.
        if word.contains(char::is_control) {
            return Condition::all().add(Search.is_null());
        }
        let literal = word.replace('!', "!!").replace('%', "!%").replace('_', "!_");
        condition = condition.add(Search.like(LikeExpr::new(format!("%{literal}%")).escape('!')));
    }
    condition
}

impl Operator {
    async fn list(&self, filter: DelegateFilter) -> Result<Page<DelegateRow>, Error> {
        self.may(Permission::View)?;
        let query = delegate::Entity::find().filter(delegate::Entity::within(&self.scope())).filter(matching(&filter));
        let total = query.clone().count(self.state.db.read()).await?;
        let found = page_of(query, delegate::Column::Id, filter.cursor).all(self.state.db.read()).await?;
        let (rows, page) = Page::cut(found, filter.cursor, total, |row| row.id).split();
        Ok(page.with(self.rows(rows).await?))
    }

    /// Joins what a row shows of its profile, its token and the delegate that it resembles.
    pub(super) async fn rows(&self, rows: Vec<delegate::Model>) -> Result<Vec<DelegateRow>, Error> {
        let (db, now) = (self.state.db.read(), self.now());
        let resembled = rows.iter().filter(|row| row.waiting_reason.as_deref() == Some(Reason::Resembles.code()));
        let resembled: Vec<Uuid> = resembled.filter_map(|row| row.resembles).collect();
        let earlier = if resembled.is_empty() {
            Vec::new()
        } else {
            let scope = delegate::Entity::within(&self.scope());
            delegate::Entity::find().filter(scope).filter(delegate::Column::Id.is_in(resembled)).all(db).await?
        };
        let both = || rows.iter().chain(&earlier);
        let profiles = profile::Entity::find()
            .filter(profile::Column::Id.is_in(both().map(|row| row.profile_id).collect::<BTreeSet<_>>()))
            .all(db)
            .await?;
        let profiles: HashMap<Uuid, profile::Model> = profiles.into_iter().map(|row| (row.id, row)).collect();
        let tokens: Vec<token::Label> = token::Entity::find()
            .select_only()
            .columns([token::Column::Id, token::Column::Name, token::Column::RevokedAt, token::Column::ExpiresAt])
            .filter(token::Column::Id.is_in(both().map(|row| row.token_id).collect::<BTreeSet<_>>()))
            .into_model()
            .all(db)
            .await?;
        let tokens: HashMap<Uuid, token::Label> = tokens.into_iter().map(|row| (row.id, row)).collect();
        let profile_name = |id: ProfileId| profiles.get(&id.0).map(|row| row.name.clone()).unwrap_or_default();
        let token_name =
            |id: TokenId| tokens.get(&id.0).map_or_else(|| "(deleted)".to_owned(), |token| token.name.clone());
        let mut before: HashMap<DelegateId, Earlier> = HashMap::new();
        for row in earlier.iter().cloned() {
            let delegate = Delegate::try_from(row)?;
            let (profile, token) = (profile_name(delegate.profile_id), token_name(delegate.token_id));
            before.insert(delegate.id, Earlier { delegate, profile, token });
        }
        rows.into_iter()
            .map(|row| {
                let delegate = Delegate::try_from(row)?;
                let profile = profiles.get(&delegate.profile_id.0);
                Ok(DelegateRow {
                    status: delegate.status(),
                    profile: profile_name(delegate.profile_id),
                    inherited: profile.and_then(|p| Selectors::restore(&p.selectors).ok()).unwrap_or_default(),
                    token: token_name(delegate.token_id),
                    token_status: tokens.get(&delegate.token_id.0).map(|token| token.status(now)),
                    earlier: delegate.resembles.and_then(|id| before.get(&id)).cloned().map(Box::new),
                    delegate,
                })
            })
            .collect()
    }

    async fn detail(&self, id: DelegateId) -> Result<DelegateDetail, Error> {
        self.may(Permission::View)?;
        let db = self.state.db.read();
        let row = delegate::Entity::find_by_id(id.0)
            .filter(delegate::Entity::within(&self.scope()))
            .one(db)
            .await?
            .ok_or(GONE)?;
        let row = self.rows(vec![row]).await?.pop().ok_or(GONE)?;
        let connections = connection::Entity::find()
            .filter(connection::Column::DelegateId.eq(id.0))
            .order_by_desc(connection::Column::Id)
            .limit(CONNECTIONS)
            .all(db)
            .await?;
        let audit = audit_table::Entity::find()
            .filter(audit_table::Entity::within(&self.scope()))
            .filter(audit_table::Column::ObjectId.eq(id.0))
            .order_by_desc(audit_table::Column::Id)
            .limit(AUDIT_ENTRIES)
            .all(db)
            .await?;
        Ok(DelegateDetail {
            row,
            connections: connections
                .into_iter()
                .map(|row| ConnectionRow {
                    connected_at: Timestamp::from_millis(row.connected_at),
                    lost_at: row.lost_at.map(Timestamp::from_millis),
                    cause: row.cause,
                })
                .collect(),
            audit: audit
                .into_iter()
                .filter_map(|row| {
                    Some(AuditRow {
                        at: Timestamp::from_millis(row.at),
                        actor: row.actor_name,
                        address: row.address,
                        action: Action::from_code(&row.action)?,
                        detail: row.detail,
                    })
                })
                .collect(),
        })
    }

    /// Takes a decision: loads the row and holds it, steps, saves. Of two people who decide at once the second finds
    /// what the first did, and is told so.
    async fn decide(
        &self,
        id: DelegateId,
        action: Action,
        step: impl Fn(Delegate, &str, Timestamp) -> Result<Delegate, TransitionError>,
    ) -> Result<(), Error> {
        let user = self.may(Permission::ManageDelegates)?;
        let mut change = self.state.db.write().await?;
        let before = self.hold(&change, id).await?;
        let detail = decided_on(&before);
        let after = step(before, user.email.as_str(), self.now())?;
        if after.admission == Admission::Rejected {
            let which = Condition::all().add(delegate::Column::Id.eq(id.0));
            presence::disconnect(&change, which, self.now(), "rejected").await?;
        }
        self.save(&change, user, &after, action, detail).await?;
        change.touches(Topic::Delegates);
        Ok(change.commit().await?)
    }

    /// The delegate, which nobody else changes until the end of this change.
    pub(super) async fn hold(&self, change: &Change, id: DelegateId) -> Result<Delegate, Error> {
        Ok(lock::delegate(change, &self.scope(), id).await?.ok_or(GONE)?.try_into()?)
    }

    async fn switch(&self, id: DelegateId, profile: &str) -> Result<(), Error> {
        let user = self.may(Permission::ManageDelegates)?;
        let unknown = || Error::field("profile", Invalid::new("Choose a profile that exists."));
        let profile: ProfileId = profile.parse().map_err(|_| unknown())?;
        let mut change = self.state.db.write().await?;
        // Held, so that nobody deletes it or changes its script beside this; before the delegate, as those changes do.
        let row = lock::profile_shared(&change, &self.scope(), profile).await?;
        let profile = Profile::try_from(row.ok_or_else(unknown)?)?;
        let before = self.hold(&change, id).await?;
        let from = self.profile_name(&change, before.profile_id).await?;
        if before.profile_id == profile.id {
            let sentence = format!("{} has the profile {} already.", before.facts.name, profile.spec.name);
            return Err(Error::field("profile", Invalid::new(sentence)));
        }
        let after = before.switch_profile(&profile, self.now());
        let detail = format!("{from} → {}", profile.spec.name);
        self.save(&change, user, &after, Action::ProfileSwitched, detail).await?;
        change.touches(Topic::Delegates);
        // Lists of profiles count their delegates.
        change.touches(Topic::Profiles);
        change.touches(Topic::Scripts);
        Ok(change.commit().await?)
    }

    async fn profile_name(&self, change: &Change, id: ProfileId) -> Result<String, Error> {
        let row = profile::Entity::find_by_id(id.0).one(&**change).await?;
        Ok(row.map(|row| row.name).unwrap_or_default())
    }

    async fn select(&self, id: DelegateId, selectors: &str, own: bool) -> Result<(), Error> {
        let user = self.may(Permission::ManageDelegates)?;
        let selectors = Selectors::parse(selectors).map_err(|error| Error::field("selectors", error))?;
        let mut change = self.state.db.write().await?;
        let mut delegate = self.hold(&change, id).await?;
        let shown = |delegate: &Delegate| match delegate.own_selectors().to_string() {
            none if none.is_empty() => "none".to_owned(),
            selectors => selectors,
        };
        let from = shown(&delegate);
        delegate.selectors = (!own).then_some(selectors);
        let detail = format!("{from} → {}", shown(&delegate));
        self.save(&change, user, &delegate, Action::SelectorsEdited, detail).await?;
        change.touches(Topic::Delegates);
        Ok(change.commit().await?)
    }

    /// Saves a delegate that is held, and says so in the audit trail.
    pub(super) async fn save(
        &self,
        change: &Change,
        user: &User,
        after: &Delegate,
        action: Action,
        detail: String,
    ) -> Result<(), Error> {
        delegate::Entity::update(delegate::ActiveModel::from(after)).exec(&**change).await?;
        let (object, name) = (Some(after.id.0), after.facts.name.as_str());
        let entry = Entry { scope: &after.scope, action, object, name, detail };
        audit::record(change, &self.origin(user), self.now(), entry).await?;
        Ok(())
    }

    async fn delete(&self, id: DelegateId) -> Result<(), Error> {
        let user = self.may(Permission::ManageDelegates)?;
        let mut change = self.state.db.write().await?;
        let delegate = self.hold(&change, id).await?;
        delegate::ActiveModel { id: sea_orm::Set(id.0), ..Default::default() }.delete(&*change).await?;
        let name = delegate.facts.name.as_str();
        let action = Action::DelegateDeleted;
        let detail = format!("host {}", delegate.facts.host_name);
        let entry = Entry { scope: &delegate.scope, action, object: Some(id.0), name, detail };
        audit::record(&change, &self.origin(user), self.now(), entry).await?;
        Topic::ALL.into_iter().for_each(|topic| change.touches(topic));
        Ok(change.commit().await?)
    }
}
