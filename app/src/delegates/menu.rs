//! The menu of a row of the list.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::{
    delegate::{Admission, DelegateRow},
    user::Permission,
};

use super::query::ListQuery;
use crate::{
    scripts::api::RunScriptAgain,
    session,
    ui::menu::{Menu, MenuAct, MenuCopy, MenuLink, Weight},
};

/// What can be done with a delegate, apart from the decision.
pub fn row_menu(row: &DelegateRow, query: &ListQuery, may: bool) -> impl IntoView + use<> {
    let id = row.delegate.id;
    let runs = row.delegate.admission == Admission::Enabled;
    let back = query.decided().to_string();
    let dialog = |word| query.href(format!("/delegates/{id}/{word}"));
    let [profile, selectors, disable, delete] = ["profile", "selectors", "disable", "delete"].map(dialog);
    let belongs = may.then(|| {
        view! {
            <MenuLink to=profile label="Switch profile" keep_scroll=true />
            <MenuLink to=selectors label="Edit selectors" keep_scroll=true />
        }
    });
    let again = (runs && session::may(Permission::RunScripts)).then(|| {
        view! {
            <MenuAct action=RunScriptAgain::PATH id=id.to_string() label="Run script again">
                <input type="hidden" name="id" value=id.to_string() />
                <input type="hidden" name="back" value=back />
            </MenuAct>
        }
    });
    let ends = may.then(|| {
        view! {
            {runs.then(|| view! { <MenuLink to=disable label="Disable" keep_scroll=true /> })}
            <MenuLink to=delete label="Delete" weight=Weight::Grave keep_scroll=true />
        }
    });
    let open = query.detail(id);
    view! {
        <Menu label=format!("Actions for {}", row.delegate.facts.name)>
            <MenuLink to=open label="Open" />
            <MenuCopy text=id.to_string() label="Copy id" />
            {belongs}
            {again}
            {ends}
        </Menu>
    }
}
