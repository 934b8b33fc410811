//! Delegates, for people: the list, one of them, and the decisions.

use std::collections::HashMap;

use async_trait::async_trait;
use muster::{
    audit::Action,
    delegate::{Admission, Delegate, Status, TransitionError},
    id::{DelegateId, ProfileId},
    page::Page,
    profile::Profile,
    text::{Invalid, Selectors},
    time::Timestamp,
    user::{Permission, User},
};
use muster_app::{
    delegates::api::{AuditRow, ConnectionRow, DelegateDetail, DelegateFilter, DelegateRow, Delegates},
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
    },
    error::Error,
    events::Topic,
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

/// The rows that a filter leaves.
fn matching(filter: &DelegateFilter, now: Timestamp) -> Condition {
    use delegate::Column::{Admission as Admitted, ConnectedUntil, Search};
    let admitted = |admission: Admission| Admitted.eq(admission.code());
    let enabled = || Condition::all().add(admitted(Admission::Enabled));
    let mut condition = match filter.status {
        None => Condition::all().add(Admitted.ne(Admission::Rejected.code())),
        Some(Status::Connected) => enabled().add(ConnectedUntil.gt(now.as_millis())),
        Some(Status::NotConnected) => {
            let lost = Condition::any().add(ConnectedUntil.is_null()).add(ConnectedUntil.lte(now.as_millis()));
            enabled().add(lost)
        }
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
        let now = self.now();
        let query =
            delegate::Entity::find().filter(delegate::Entity::within(&self.scope())).filter(matching(&filter, now));
        let total = query.clone().count(self.state.db.read()).await?;
        let found = page_of(query, delegate::Column::Id, filter.cursor).all(self.state.db.read()).await?;
        let (rows, page) = Page::cut(found, filter.cursor, total, |row| row.id).split();
        Ok(page.with(self.rows(rows, now).await?))
    }

    /// Joins what a row shows of its profile and its token.
    pub(super) async fn rows(&self, rows: Vec<delegate::Model>, now: Timestamp) -> Result<Vec<DelegateRow>, Error> {
        let db = self.state.db.read();
        let profiles = profile::Entity::find()
            .filter(profile::Column::Id.is_in(rows.iter().map(|row| row.profile_id)))
            .all(db)
            .await?;
        let profiles: HashMap<Uuid, profile::Model> = profiles.into_iter().map(|row| (row.id, row)).collect();
        let tokens: Vec<token::Label> = token::Entity::find()
            .select_only()
            .columns([token::Column::Id, token::Column::Name, token::Column::RevokedAt])
            .filter(token::Column::Id.is_in(rows.iter().map(|row| row.token_id)))
            .into_model()
            .all(db)
            .await?;
        let tokens: HashMap<Uuid, token::Label> = tokens.into_iter().map(|row| (row.id, row)).collect();
        rows.into_iter()
            .map(|row| {
                let delegate = Delegate::try_from(row)?;
                let profile = profiles.get(&delegate.profile_id.0);
                let token = tokens.get(&delegate.token_id.0);
                Ok(DelegateRow {
                    status: delegate.status(now),
                    profile: profile.map(|profile| profile.name.clone()).unwrap_or_default(),
                    inherited: profile.and_then(|p| Selectors::restore(&p.selectors).ok()).unwrap_or_default(),
                    token: token.map_or_else(|| "(deleted)".to_owned(), |token| token.name.clone()),
                    token_revoked: token.is_none_or(|token| token.revoked_at.is_some()),
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
        let row = self.rows(vec![row], self.now()).await?.pop().ok_or(GONE)?;
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
        let after = step(self.hold(&change, id).await?, user.email.as_str(), self.now())?;
        self.save(&change, user, &after, action, String::new()).await?;
        change.touches(Topic::Delegates);
        Ok(change.commit().await?)
    }

    /// The delegate, which nobody else changes until the end of this change.
    pub(super) async fn hold(&self, change: &Change, id: DelegateId) -> Result<Delegate, Error> {
        let row = delegate::Entity::find_by_id(id.0).filter(delegate::Entity::within(&self.scope())).lock_exclusive();
        Ok(row.one(&**change).await?.ok_or(GONE)?.try_into()?)
    }

    async fn switch(&self, id: DelegateId, profile: &str) -> Result<(), Error> {
        let user = self.may(Permission::ManageDelegates)?;
        let unknown = || Error::field("profile", Invalid::new("Choose a profile that exists."));
        let profile: ProfileId = profile.parse().map_err(|_| unknown())?;
        let mut change = self.state.db.write().await?;
        // Held, so that nobody deletes it or changes its script beside this; before the delegate, as those changes do.
        let row = profile::Entity::find_by_id(profile.0).filter(profile::Entity::within(&self.scope())).lock_shared();
        let profile = Profile::try_from(row.one(&*change).await?.ok_or_else(unknown)?)?;
        let before = self.hold(&change, id).await?;
        if before.profile_id == profile.id {
            let sentence = format!("{} has the profile {} already.", before.facts.name, profile.spec.name);
            return Err(Error::field("profile", Invalid::new(sentence)));
        }
        let after = before.switch_profile(&profile, self.now());
        let detail = format!("to {}", profile.spec.name);
        self.save(&change, user, &after, Action::ProfileSwitched, detail).await?;
        change.touches(Topic::Delegates);
        // Lists of profiles count their delegates.
        change.touches(Topic::Profiles);
        change.touches(Topic::Scripts);
        Ok(change.commit().await?)
    }

    async fn select(&self, id: DelegateId, selectors: &str, own: bool) -> Result<(), Error> {
        let user = self.may(Permission::ManageDelegates)?;
        let selectors = Selectors::parse(selectors).map_err(|error| Error::field("selectors", error))?;
        let mut change = self.state.db.write().await?;
        let mut delegate = self.hold(&change, id).await?;
        delegate.selectors = (!own).then_some(selectors);
        let detail = delegate.own_selectors().to_string();
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
        audit::record(&**change, &self.origin(user), self.now(), entry).await?;
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
        audit::record(&*change, &self.origin(user), self.now(), entry).await?;
        Topic::ALL.into_iter().for_each(|topic| change.touches(topic));
        Ok(change.commit().await?)
    }
}
