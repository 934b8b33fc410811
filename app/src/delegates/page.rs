//! The page with the list of delegates.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Outlet;

use super::{
    api::list_delegates,
    filter::FilterBar,
    list::{Delegates, Table},
    query::use_list_query,
};
use crate::{
    session::{ManagersOnly, Toast},
    ui::{
        button::NavButton,
        href::Href,
        live::use_live,
        load::{Asked, show},
        table::Listing,
    },
};

/// The list, and a dialog on top of it where the address names one.
#[component]
pub fn DelegatesPage() -> impl IntoView {
    let query = use_list_query();
    let filter = Memo::new(move |_| query.with(|query| query.filter.clone()));
    let live = use_live();
    let delegates = Asked::<Delegates>::new(
        move || (filter.get(), live.map(|live| live.delegates.version())),
        |(list, _)| async move { list_delegates(list.clone()).await.map(|page| Listing { list, page }) },
    );
    view! {
        <Title text="Delegates" />
        <div class="head">
            <h1>"Delegates"</h1>
            <div class="grow"></div>
            <ManagersOnly>
                <NavButton to=Href::new("/install") class="btn primary">
                    "Download Delegate"
                </NavButton>
            </ManagersOnly>
        </div>
        <Toast otherwise="Processes in your own networks that registered with this account." />
        <FilterBar query=query />
        {show(delegates, move |delegates| view! { <Table query=query delegates=delegates /> })}
        <Outlet />
    }
}
