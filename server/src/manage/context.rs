//! Who asks for a use case, and what it can reach.

use std::net::IpAddr;

use muster::{
    access::Principal,
    audit::{Actor, Origin},
    delegate::Delegate,
    id::{DelegateId, ProfileId, SecretId, TokenId},
    profile::Profile,
    scope::Scope,
    secret::Secret,
    time::Timestamp,
    token::Token,
    user::{Permission, User},
};
use sea_orm::{Condition, ConnectionTrait, DbErr, EntityTrait, PrimaryKeyTrait, QueryFilter};
use uuid::Uuid;

use crate::{
    db::{
        Change,
        entity::{Scoped, delegate, profile, secret, token},
        lock,
    },
    error::{Error, Object},
    state::State,
};

/// A request for a use case.
#[derive(Clone, Debug)]
pub struct Context {
    /// What every request can reach.
    pub state: State,
    /// Who asks, and what it may do.
    pub principal: Principal,
    /// The address of who asks; none for what happens inside the server's machine.
    pub address: Option<IpAddr>,
    /// The request's id, as in the log; empty for what no request asked for.
    pub request_id: String,
}

impl Context {
    /// The system itself, which may do everything.
    #[must_use]
    pub fn system(state: State, actor: Actor) -> Self {
        let principal = Principal::system(actor, &Scope::account(state.account));
        Self { state, principal, address: None, request_id: String::new() }
    }

    /// A person, who asks from an address.
    #[must_use]
    pub fn person(state: State, user: &User, address: IpAddr) -> Self {
        let principal = Principal::person(user);
        Self { state, principal, address: Some(address), request_id: String::new() }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.state.clock.now()
    }

    /// For the record.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin { actor: self.principal.actor.clone(), address: self.address }
    }

    /// What the record calls who asks.
    #[must_use]
    pub fn name(&self) -> &str {
        self.principal.actor.name()
    }

    /// Asks whether this may be done in a scope.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn authorize(&self, permission: Permission, scope: &Scope) -> Result<(), Error> {
        if self.principal.may(permission, scope) { Ok(()) } else { Err(Error::Forbidden) }
    }

    /// Begins a change of something that is yet to be looked up. Who may change nothing of the kind anywhere does not
    /// get as far, and keeps nobody waiting.
    ///
    /// # Errors
    /// [`Error::Forbidden`], or where the database is out of reach.
    pub async fn begin(&self, permission: Permission) -> Result<Change, Error> {
        self.authorize_anywhere(permission)?;
        Ok(self.state.db.write().await?)
    }

    /// Loads an object, and asks whether this may be done with it. What who asks may not see is not there.
    ///
    /// # Errors
    /// [`Error::NotFound`] or [`Error::Forbidden`]; where the database is out of reach.
    pub async fn find<T: Lookup>(
        &self,
        db: &impl ConnectionTrait,
        id: T::Id,
        permission: Permission,
    ) -> Result<T, Error> {
        self.authorize_anywhere(permission)?;
        let account = Scope::account(self.state.account);
        let row = T::Entity::find_by_id(id.into()).filter(T::Entity::under(&account)).one(db).await?;
        self.allowed(row, permission)
    }

    /// Loads an object for a change of it and locks it until the end of that, and asks whether this may be done with it.
    ///
    /// # Errors
    /// As for [`Context::find`].
    pub async fn lock<T: Lookup>(&self, change: &Change, id: T::Id, permission: Permission) -> Result<T, Error> {
        self.authorize_anywhere(permission)?;
        let row = T::lock(change, &Scope::account(self.state.account), id).await?;
        self.allowed(row, permission)
    }

    /// Asks whether this may be done in any scope: who may not is refused before anything is looked for.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn authorize_anywhere(&self, permission: Permission) -> Result<(), Error> {
        if self.principal.may_anywhere(permission) { Ok(()) } else { Err(Error::Forbidden) }
    }

    /// A scope, and of those that it lies in the ones where this may be done: what of them is inherited, and may be seen.
    pub fn and_above(&self, permission: Permission, scope: &Scope) -> impl Iterator<Item = Scope> {
        scope.and_above().filter(move |above| above == scope || self.principal.may(permission, above))
    }

    /// The rows of a scope, and those that it inherits from where this may be done.
    #[must_use]
    pub fn with_inherited<E: Scoped>(&self, permission: Permission, scope: &Scope) -> Condition {
        self.and_above(permission, scope).fold(Condition::any(), |any, above| any.add(E::at(&above)))
    }

    fn allowed<T: Lookup>(
        &self,
        row: Option<<T::Entity as EntityTrait>::Model>,
        permission: Permission,
    ) -> Result<T, Error> {
        let found = row.map(T::try_from).transpose()?;
        let visible = found.filter(|found| self.principal.may(Permission::View, found.scope()));
        let object = visible.ok_or(Error::NotFound(T::OBJECT))?;
        self.authorize(permission, object.scope())?;
        Ok(object)
    }
}

/// An object that is looked up by its id, by who may.
pub trait Lookup: Sized + Send + TryFrom<<Self::Entity as EntityTrait>::Model, Error = DbErr> {
    /// Its id.
    type Id: Into<Uuid> + Send;
    /// Its table.
    type Entity: Scoped<PrimaryKey: PrimaryKeyTrait<ValueType = Uuid>>;
    /// What errors call it.
    const OBJECT: Object;

    /// Where it belongs.
    fn scope(&self) -> &Scope;

    /// Its row in or under a scope, locked for a change of it.
    fn lock(
        change: &Change,
        scope: &Scope,
        id: Self::Id,
    ) -> impl Future<Output = Result<Option<<Self::Entity as EntityTrait>::Model>, DbErr>> + Send;
}

macro_rules! lookups {
    ($($object:ident, $id:ident, $table:ident;)*) => {$(
        impl Lookup for $object {
            type Id = $id;
            type Entity = $table::Entity;
            const OBJECT: Object = Object::$object;

            fn scope(&self) -> &Scope {
                &self.scope
            }

            async fn lock(change: &Change, scope: &Scope, id: $id) -> Result<Option<$table::Model>, DbErr> {
                lock::$table(change, scope, id).await
            }
        }
    )*};
}

lookups! {
    Delegate, DelegateId, delegate;
    Profile, ProfileId, profile;
    Secret, SecretId, secret;
    Token, TokenId, token;
}
