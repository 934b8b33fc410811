//! What people see in lists, and what the database holds: in the words of the domain.

use muster::{
    audit::Action,
    delegate::{DelegateDetail, DelegateRow, Status},
    page::{Cursor, Page},
    profile::{ProfileDetail, ProfileRow},
    token::{TokenRow, TokenUse},
    user::{Account, UserRow},
};
use muster_server::{
    db::entity::{api_key, audit, delegate, once_call, session},
    presence::job,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::{Answer, Person, TestApp};

impl Person {
    /// One page of the list of delegates.
    pub async fn lists(&self, search: &str, status: Option<Status>, cursor: Cursor) -> Page<DelegateRow> {
        let status = status.map(|status| format!("{status:?}"));
        let (place, row) = match cursor {
            Cursor::First => ("filter[cursor]", "First".to_owned()),
            Cursor::After(row) => ("filter[cursor][After]", row.to_string()),
            Cursor::Before(row) => ("filter[cursor][Before]", row.to_string()),
        };
        let mut form = vec![("filter[search]", search), (place, row.as_str())];
        form.extend(status.as_deref().map(|status| ("filter[status]", status)));
        self.ask("delegates/list", &form).await
    }

    /// The names of the delegates on the first page of the list under other filters, as they stand there.
    pub async fn lists_with(&self, filters: &[(&str, &str)]) -> Vec<String> {
        let form = [&[("filter[search]", ""), ("filter[cursor]", "First")][..], filters].concat();
        let page: Page<DelegateRow> = self.ask("delegates/list", &form).await;
        assert_eq!(page.total, u64::try_from(page.rows.len()).unwrap());
        page.rows.into_iter().map(|row| row.delegate.facts.name.into()).collect()
    }

    /// The names of the delegates that a search finds, sorted.
    pub async fn finds(&self, search: &str) -> Vec<String> {
        let page = self.lists(search, None, Cursor::First).await;
        let mut names: Vec<String> = page.rows.into_iter().map(|row| row.delegate.facts.name.into()).collect();
        names.sort();
        names
    }

    /// The row of a delegate that the list shows first with a status; none where it is not there.
    pub async fn row_with(&self, status: Option<Status>, id: &str) -> Option<DelegateRow> {
        let page = self.lists("", status, Cursor::First).await;
        page.rows.into_iter().find(|row| row.delegate.id.to_string() == id)
    }

    /// Everything about a delegate.
    pub async fn sees(&self, id: &str) -> DelegateDetail {
        self.ask("delegates/get", &[("id", id)]).await
    }

    /// A delegate's status.
    pub async fn sees_status(&self, id: &str) -> Status {
        self.sees(id).await.row.status
    }

    /// Approves or rejects a delegate as it is now.
    pub async fn decides(&self, what: &str, id: &str) -> Answer {
        let seen = self.sees(id).await.row.delegate.revision;
        self.decides_on(what, id, seen).await
    }

    /// Approves or rejects a delegate as it was at a revision.
    pub async fn decides_on(&self, what: &str, id: &str, seen: i32) -> Answer {
        let form = [("id", id), ("seen", &seen.to_string()), ("back", "/delegates")];
        self.post(&format!("delegates/{what}"), &form).await
    }

    /// Acts on a delegate, a profile or a token that needs no more than its id.
    pub async fn acts(&self, endpoint: &str, id: &str) -> Answer {
        self.post(endpoint, &[("id", id), ("back", "")]).await
    }

    /// A profile, and who has it.
    pub async fn profile(&self, id: &str) -> ProfileDetail {
        self.ask("profiles/get", &[("id", id)]).await
    }

    /// The id of the Primary profile.
    pub async fn primary(&self) -> String {
        let page: Page<ProfileRow> = self.ask("profiles/list", &[("cursor", "First")]).await;
        page.rows.into_iter().find(|row| row.profile.primary).expect("Primary").profile.id.to_string()
    }

    /// The own account.
    pub async fn account(&self) -> Account {
        self.ask("account/get", &[]).await
    }

    /// The own id.
    pub async fn id(&self) -> String {
        self.account().await.user.id.to_string()
    }

    /// The row of a person in the list of users, by address; none where it is not there.
    pub async fn row_of(&self, email: &str) -> Option<UserRow> {
        let page: Page<UserRow> = self.ask("users/list", &[("search", email), ("cursor", "First")]).await;
        page.rows.into_iter().find(|row| row.user.email.as_str() == email)
    }

    /// A token, and who uses it.
    pub async fn token(&self, id: &str) -> TokenUse {
        self.ask("tokens/use", &[("id", id)]).await
    }

    /// The names of the tokens in the list, sorted.
    pub async fn token_names(&self, with_revoked: bool) -> Vec<String> {
        let form = [("with_revoked", if with_revoked { "true" } else { "false" }), ("cursor", "First")];
        let page: Page<TokenRow> = self.ask("tokens/list", &form).await;
        let mut names: Vec<String> = page.rows.into_iter().map(|row| row.token.name.into()).collect();
        names.sort();
        names
    }
}

impl TestApp {
    /// Writes what was refused into the audit trail, as the program does every second.
    pub async fn record_refused(&self) {
        job::record_refused(&self.state(), false).await.unwrap();
    }

    /// The audit trail, the oldest first.
    pub async fn audit(&self) -> Vec<audit::Model> {
        self.record_refused().await;
        audit::Entity::find().order_by_asc(audit::Column::Id).all(self.state().db.read()).await.unwrap()
    }

    /// The audit entries of an action, the oldest first.
    pub async fn audit_of(&self, action: Action) -> Vec<audit::Model> {
        self.record_refused().await;
        let all = audit::Entity::find().filter(audit::Column::Action.eq(action.code()));
        all.order_by_asc(audit::Column::Id).all(self.state().db.read()).await.unwrap()
    }

    /// All sessions.
    pub async fn sessions(&self) -> Vec<session::Model> {
        session::Entity::find().all(self.state().db.read()).await.unwrap()
    }

    /// All API keys.
    pub async fn api_keys(&self) -> Vec<api_key::Model> {
        api_key::Entity::find().all(self.state().db.read()).await.unwrap()
    }

    /// All calls that are made once.
    pub async fn once_calls(&self) -> Vec<once_call::Model> {
        once_call::Entity::find().all(self.state().db.read()).await.unwrap()
    }

    /// How many delegates there are, whatever their state.
    pub async fn count_delegates(&self) -> u64 {
        delegate::Entity::find().count(self.state().db.read()).await.unwrap()
    }
}
