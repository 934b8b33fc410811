//! Organizations and projects: what is in them, who gets there, and what stays outside.

mod inherited;
mod life;
mod pages;
mod table;

use muster::{
    page::{Cursor, Page},
    scope::ScopeRow,
    token::TokenRow,
};

use crate::support::{Person, TestApp};

impl Person {
    /// The names of the tokens on the first page of the list.
    async fn tokens_here(&self) -> Vec<String> {
        let form = [("with_revoked", "false"), ("cursor", "First")];
        let page: Page<TokenRow> = self.ask("tokens/list", &form).await;
        page.rows.into_iter().map(|row| row.token.name.into()).collect()
    }

    /// The names of the delegates on the first page of the list.
    async fn delegates_here(&self) -> Vec<String> {
        let page = self.lists("", None, Cursor::First).await;
        page.rows.into_iter().map(|row| row.delegate.facts.name.into()).collect()
    }

    /// The organizations and projects under where it is.
    async fn scopes_here(&self) -> Vec<ScopeRow> {
        let page: Page<ScopeRow> = self.ask("scopes/list", &[("cursor", "First")]).await;
        page.rows
    }

    /// The id of one of them.
    async fn scope_id(&self, identifiers: &str) -> String {
        let rows = self.scopes_here().await;
        let row = rows.iter().find(|row| row.named.scope.identifiers() == identifiers);
        row.expect("the scope is listed").named.id.to_string()
    }
}

/// An organization with two projects, and another one with one.
async fn platform(app: &TestApp) -> Person {
    let admin = app.administrator().await;
    for organization in ["platform", "other"] {
        admin.new_scope(organization).await;
    }
    for (organization, project) in [("platform", "edge"), ("platform", "core"), ("other", "edge")] {
        admin.at(organization).new_scope(project).await;
    }
    admin
}
