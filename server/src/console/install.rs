//! Installing a delegate, for people: what there is to choose from, what comes of it, links, and who arrived.

use std::time::Duration;

use async_trait::async_trait;
use muster::{
    audit::Action,
    delegate::InstallName,
    id::{InstallLinkId, ProfileId, TokenId},
    install::InstallKind,
    time::Timestamp,
    user::Permission,
};
use muster_app::{
    error::ConsoleError,
    install::api::{Arrival, Arrivals, Install, InstallFields, InstallLink, InstallOptions, InstallReview, ShownFile},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::Operator;
use crate::{
    chance,
    db::{
        audit::{self, Entry},
        entity::{Scoped, connection, corrupt, delegate, install_link, profile, token},
    },
    error::Error,
    install::{
        address::{is_only_here, manager_url},
        artifact::{Whole, render},
        found::Found,
        link::{self, Handed},
        plan::Choices,
    },
};

/// How many of each there are to choose from.
const MOST: u64 = 200;
/// How many delegates of a name are shown.
const ARRIVALS: u64 = 5;
/// How long a link works.
const LINK: Duration = Duration::from_secs(60 * 60);
/// How long a link that has expired is still told apart from one that never was.
const LINK_KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// How many links of a scope can wait to be used.
const LINKS_MOST: u64 = 1000;

#[async_trait]
impl Install for Operator {
    async fn install_options(&self) -> Result<InstallOptions, ConsoleError> {
        self.out(self.options().await)
    }

    async fn check_install(&self, kind: InstallKind, fields: InstallFields) -> Result<(), ConsoleError> {
        self.out(self.check(kind, &fields).await)
    }

    async fn install_review(&self, kind: InstallKind, fields: InstallFields) -> Result<InstallReview, ConsoleError> {
        self.out(self.review(kind, &fields).await)
    }

    async fn create_install_link(
        &self,
        kind: InstallKind,
        fields: InstallFields,
    ) -> Result<InstallLinkId, ConsoleError> {
        self.out(self.make_link(kind, fields).await)
    }

    async fn install_link(&self, id: InstallLinkId) -> Result<InstallLink, ConsoleError> {
        self.out(self.link(id).await)
    }

    async fn arrivals(&self, name: &str, token: &str) -> Result<Arrivals, ConsoleError> {
        self.out(self.arrived(name, token).await)
    }
}

impl Operator {
    async fn options(&self) -> Result<InstallOptions, Error> {
        self.may(Permission::ManageDelegates)?;
        let db = self.state.db.read();
        let profiles = profile::Entity::find()
            .filter(profile::Entity::within(&self.scope()))
            .order_by_desc(profile::Column::IsPrimary)
            .order_by_desc(profile::Column::Id)
            .limit(MOST)
            .all(db)
            .await?;
        let not_expired = Condition::any()
            .add(token::Column::ExpiresAt.is_null())
            .add(token::Column::ExpiresAt.gt(self.now().as_millis()));
        let tokens = token::Entity::find()
            .filter(token::Entity::within(&self.scope()))
            .filter(token::Column::RevokedAt.is_null())
            .filter(not_expired)
            .order_by_desc(token::Column::Id)
            .limit(MOST)
            .all(db)
            .await?;
        let manager_url = manager_url(&self.state, &self.host)?;
        Ok(InstallOptions {
            profiles: profiles.into_iter().map(|row| (ProfileId(row.id), row.name, row.requires_approval)).collect(),
            tokens: tokens.into_iter().map(|row| (TokenId(row.id), row.name)).collect(),
            image: self.state.delegate_image.clone(),
            only_here: is_only_here(&manager_url),
            manager_url,
        })
    }

    async fn check(&self, kind: InstallKind, fields: &InstallFields) -> Result<(), Error> {
        self.may(Permission::ManageDelegates)?;
        self.find(kind, fields).await?;
        Ok(())
    }

    /// What a person chose, and everything it names.
    async fn find(&self, kind: InstallKind, fields: &InstallFields) -> Result<Found, Error> {
        let chosen = Choices::read(kind, fields)?;
        Found::look_up(&self.state, self.state.db.read(), &self.scope(), chosen).await
    }

    async fn review(&self, kind: InstallKind, fields: &InstallFields) -> Result<InstallReview, Error> {
        self.may(Permission::ManageDelegates)?;
        let found = self.find(kind, fields).await?;
        let manager_url = manager_url(&self.state, &self.host)?;
        let shown = render(&found.plan_to_show(&self.state, &manager_url))?.into_iter().map(|artifact| ShownFile {
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
            now: self.now(),
        })
    }

    async fn make_link(&self, kind: InstallKind, fields: InstallFields) -> Result<InstallLinkId, Error> {
        let user = self.may(Permission::ManageDelegates)?;
        let found = self.find(kind, &fields).await?;
        let handed = Handed { kind, fields, manager_url: manager_url(&self.state, &self.host)? };
        let now = self.now();
        let (id, key) = (InstallLinkId::new(now, &chance::bytes()), link::new_key());
        let scope = self.scope();

        let change = self.state.db.write().await?;
        install_link::Entity::delete_many()
            .filter(install_link::Entity::within(&scope))
            .filter(install_link::Column::ExpiresAt.lt(now.minus(LINK_KEPT).as_millis()))
            .exec(&*change)
            .await?;
        let open = install_link::Entity::find()
            .filter(install_link::Entity::within(&scope))
            .filter(install_link::Column::UsedAt.is_null())
            .filter(install_link::Column::ExpiresAt.gt(now.as_millis()));
        if open.count(&*change).await? >= LINKS_MOST {
            let sentence = format!("{LINKS_MOST} links wait to be used. Download the files, or try again in an hour.");
            return Err(Error::Conflict(sentence));
        }
        install_link::ActiveModel {
            id: Set(id.0),
            account_id: Set(scope.account.0),
            organization: Set(scope.organization().to_owned()),
            project: Set(scope.project().to_owned()),
            digest: Set(link::digest(&key)),
            session: Set(self.session_digest()?),
            sealed_key: Set(self.state.keyring.seal(&link::purpose(id), key.as_bytes())),
            plan: Set(serde_json::to_string(&handed).map_err(|error| corrupt("install_link", error))?),
            created_by: Set(user.email.to_string()),
            created_at: Set(now.as_millis()),
            expires_at: Set(now.plus(LINK).as_millis()),
            used_at: Set(None),
            used_from: Set(String::new()),
        }
        .insert(&*change)
        .await?;
        let entry = Entry {
            scope: &found.token.scope,
            action: Action::InstallLinkCreated,
            object: Some(found.token.id.0),
            name: found.token.name.as_str(),
            detail: format!("{} delegate {}", kind.label(), found.chosen.name.as_str()),
        };
        audit::record(&change, &self.origin(user), now, entry).await?;
        change.commit().await?;
        Ok(id)
    }

    async fn link(&self, id: InstallLinkId) -> Result<InstallLink, Error> {
        self.may(Permission::ManageDelegates)?;
        let row = install_link::Entity::find_by_id(id.0).filter(install_link::Entity::within(&self.scope()));
        let row = row.one(self.state.db.read()).await?;
        let row = row.ok_or(Error::NotFound("There is no such link any more. Make a new one."))?;
        let works = row.used_at.is_none() && row.expires_at > self.now().as_millis();
        let line = if works && row.session == self.session_digest()? {
            Some(Handed::read(&row)?.line(&link::unseal(&self.state.keyring, &row)?)?)
        } else {
            None
        };
        Ok(InstallLink {
            line,
            expires_at: Timestamp::from_millis(row.expires_at),
            used: row.used_at.map(|at| (Timestamp::from_millis(at), row.used_from)),
        })
    }

    async fn arrived(&self, name: &str, token: &str) -> Result<Arrivals, Error> {
        self.may(Permission::ManageDelegates)?;
        let now = self.now();
        let manager_url = manager_url(&self.state, &self.host)?;
        let only_here = is_only_here(&manager_url);
        let refusals = match token.parse::<TokenId>() {
            Ok(id) => {
                // Only of a token that this person may see.
                self.token_row(self.state.db.read(), id).await?;
                super::refusals::refusals(self.state.db.read(), vec![id.0], now)
                    .await?
                    .remove(&id.0)
                    .unwrap_or_default()
            }
            Err(_) => Vec::new(),
        };
        let none = Arrivals { rows: Vec::new(), now, manager_url, only_here, refusals };
        // What is no name of ours is nobody's, and a database may not take it.
        let Ok(name) = InstallName::parse(name) else { return Ok(none) };
        let db = self.state.db.read();
        let rows = delegate::Entity::find()
            .filter(delegate::Entity::within(&self.scope()))
            .filter(delegate::Column::Name.eq(name.as_str()))
            .order_by_desc(delegate::Column::Id)
            .limit(ARRIVALS)
            .all(db)
            .await?;
        let open: Vec<(Uuid, i64)> = connection::Entity::find()
            .select_only()
            .columns([connection::Column::DelegateId, connection::Column::ConnectedAt])
            .filter(connection::Entity::within(&self.scope()))
            .filter(connection::Column::DelegateId.is_in(rows.iter().map(|row| row.id)))
            .filter(connection::Column::LostAt.is_null())
            .into_tuple()
            .all(db)
            .await?;
        let since = |id| open.iter().find(|(of, _)| *of == id).map(|(_, at)| Timestamp::from_millis(*at));
        let rows = self.rows(rows).await?.into_iter();
        let rows = rows.map(|row| Arrival { connected_at: since(row.delegate.id.0), row });
        Ok(Arrivals { rows: rows.collect(), ..none })
    }
}
