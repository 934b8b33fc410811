//! Service accounts: their list, and the page of one.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::components::Outlet;
use muster::{
    api_key::{ServiceAccountDetail, ServiceAccountRow},
    user::{Permission, Role},
};

use super::{
    api::{
        CreateServiceAccount, DeleteServiceAccount, SERVICE_ACCOUNTS, get_service_account, list_service_accounts,
        page_of,
    },
    block::{keys_block, place_of},
};
use crate::{
    error::ConsoleError,
    scopes::ScopeField,
    session::{Only, Toast},
    ui::{
        button::NavButton,
        dialog::render_dialog,
        empty::EmptyState,
        field::TextField,
        form_dialog::{FormDialog, Submit},
        href::{Href, at_scope},
        icon::Icon,
        live::Follows,
        load::render,
        params::{parse_id, use_id},
        plain_table::plain_table,
        tabs::{Tab, Tabs},
        time::{Time, time_or},
    },
    users::RoleField,
};

/// The two lists of who may use Muster.
pub fn people_tabs(on_service_accounts: bool) -> impl IntoView {
    let tab = |label, to: &str, current| Tab { label, count: None, to: Href::new(to), current, wanted: false };
    let tabs = vec![
        tab("People", "/users", !on_service_accounts),
        tab("Service accounts", SERVICE_ACCOUNTS, on_service_accounts),
    ];
    view! { <Tabs label="Who may use Muster" tabs=tabs /> }
}

/// The list, and a dialog on top of it where the address names one.
#[component]
pub fn ServiceAccountsPage() -> impl IntoView {
    let new = Href::new(format!("{SERVICE_ACCOUNTS}/new"));
    view! {
        <Title text="Service accounts" />
        <Follows topics="users roles" />
        <div class="head">
            <h1>"Service accounts"</h1>
            <div class="grow"></div>
            <Only may=Permission::ManageUsers>
                <NavButton to=new class="btn primary" keep_scroll=true>
                    "New service account"
                </NavButton>
            </Only>
        </div>
        <Toast otherwise="Accounts of programs: nobody logs in with them, and no key of theirs goes when a person leaves." />
        {people_tabs(true)}
        {render(list_service_accounts(), table)}
        <Outlet />
    }
}

fn table(rows: Vec<ServiceAccountRow>) -> AnyView {
    if rows.is_empty() {
        return view! {
            <EmptyState
                icon=Icon::Users
                title="No service accounts yet"
                text="Give each program that calls the API one of its own, with a role and a key."
            />
        }
        .into_any();
    }
    plain_table(&["Name", "Role", "Keys", "Last used", "Created"], rows, |row| {
        let name = row.account.name.to_string();
        view! {
            <tr class="row" translate="no">
                <td class="main-cell" data-label="Name">
                    <a class="t" href=at_scope(&page_of(Some(row.account.id)))>
                        {name}
                    </a>
                </td>
                <td data-label="Role">{row.account.role.label()} {place_of(&row.account.scope)}</td>
                <td data-label="Keys">{row.keys.to_string()}</td>
                <td data-label="Last used">{time_or(row.used_at, "never")}</td>
                <td data-label="Created">
                    <Time at=row.account.created_at />
                </td>
            </tr>
        }
    })
}

/// The page of one, and a dialog on top of it where the address names one.
#[component]
pub fn ServiceAccountPage() -> impl IntoView {
    view! {
        <Title text="Service account" />
        <Follows topics="users roles" />
        <p class="crumb">
            <a class="link" href=at_scope(SERVICE_ACCOUNTS)>
                "Service accounts"
            </a>
        </p>
        {render(load(use_id()), about)}
        <Outlet />
    }
}

async fn load(id: String) -> Result<ServiceAccountDetail, ConsoleError> {
    get_service_account(parse_id(&id)?).await
}

fn about(ServiceAccountDetail { account, keys }: ServiceAccountDetail) -> impl IntoView {
    let delete = Href::new(format!("{SERVICE_ACCOUNTS}/{}/delete", account.id));
    view! {
        <div class="head">
            <h1 translate="no">{account.name.to_string()}</h1>
            <div class="grow"></div>
            <NavButton to=delete class="btn danger" keep_scroll=true>
                "Delete"
            </NavButton>
        </div>
        <Toast />
        <dl class="card facts facts-card" translate="no">
            <div>
                <dt>"Role"</dt>
                <dd>
                    {account.role.label()}
                    <span class="second">{account.role.meaning()}</span>
                    {place_of(&account.scope)}
                </dd>
            </div>
            <div>
                <dt>"Created"</dt>
                <dd>
                    <Time at=account.created_at />
                </dd>
            </div>
        </dl>
        {keys_block(Some(account.id), keys)}
    }
}

/// Asks for a name and a role.
#[component]
pub fn NewServiceAccountDialog() -> impl IntoView {
    view! {
        <Only may=Permission::ManageUsers>
            <FormDialog
                title="New service account"
                back=Href::new(SERVICE_ACCOUNTS)
                action=CreateServiceAccount::PATH
                submit=Submit::saves("Create service account", "Creating…")
            >
                <TextField name="name" label="Name" hint="Say which program it is, for example terraform." />
                <RoleField value=Role::Viewer />
                <ScopeField label="Where" hint="Its keys count there and in all that lies under it." />
            </FormDialog>
        </Only>
    }
}

/// Asks before one is deleted.
#[component]
pub fn DeleteServiceAccountDialog() -> impl IntoView {
    let id = use_id();
    let back = Href::new(format!("{SERVICE_ACCOUNTS}/{id}"));
    render_dialog(load(id), back.clone(), move |ServiceAccountDetail { account, keys }| {
        let keys = match keys.len() {
            0 => "It has no keys.".to_owned(),
            1 => "Its key does not work any more, from the next request on.".to_owned(),
            many => format!("Its {many} keys do not work any more, from the next request on."),
        };
        view! {
            <FormDialog
                title=format!("Delete {}?", account.name)
                back=back
                action=DeleteServiceAccount::PATH
                id=account.id.to_string()
                submit=Submit::DELETE
            >
                <p>{keys} " What it did stays in the record. This cannot be undone."</p>
            </FormDialog>
        }
    })
}
