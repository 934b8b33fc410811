//! The list of profiles.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Outlet;
use muster::{page::Cursor, profile::ProfileRow};
use uuid::Uuid;

use super::{
    api::list_profiles,
    query::{href, use_cursor},
};
use crate::{
    session::{ManagersOnly, Toast, may_manage},
    ui::{
        button::NavButton,
        href::{Href, use_done},
        live::use_live,
        load::{Asked, show},
        table::{Foot, Hold, Kept, Listing, body, follow},
        time::Time,
    },
};

type Profiles = Listing<Cursor, ProfileRow>;

fn key(row: &ProfileRow) -> Uuid {
    row.profile.id.0
}

/// The list, and a dialog on top of it where the address names one.
#[component]
pub fn ProfilesPage() -> impl IntoView {
    let cursor = use_cursor();
    let live = use_live();
    let version = move || live.map(|live| (live.profiles.version(), live.delegates.version()));
    let profiles = Asked::<Profiles>::new(
        move || (cursor.get(), version()),
        |(list, _)| async move { list_profiles(list).await.map(|page| Listing { list, page }) },
    );
    view! {
        <Title text="Delegate Profiles" />
        <div class="head">
            <h1>"Delegate Profiles"</h1>
            <div class="grow"></div>
            <ManagersOnly>
                <NavButton to=Href::new("/profiles/new") class="btn primary">
                    "Add Delegate Profile"
                </NavButton>
            </ManagersOnly>
        </div>
        <Toast otherwise="How delegates are admitted, which script they run, and which selectors they share." />
        {show(profiles, move |profiles| view! { <ProfileTable cursor=cursor profiles=profiles /> })}
        <Outlet />
    }
}

#[component]
fn ProfileTable(cursor: Memo<Cursor>, profiles: Signal<Profiles>) -> impl IntoView {
    let hold = Hold::default();
    let shown = follow(profiles, key, Signal::derive(move || hold.held()));
    let may = may_manage();
    let done = use_done();
    let page = move |to: fn(&Profiles) -> Option<Uuid>, at: fn(Uuid) -> Cursor| {
        Signal::derive(move || profiles.with(to).map(|id| href("/profiles", at(id))))
    };
    let count = Signal::derive(move || {
        u64::try_from(shown.with(|shown| shown.rows.iter().filter(|row| !row.gone).count())).unwrap_or_default()
    });
    view! {
        <div class="card">
            <table class="table profiles">
                <thead>
                    <tr>
                        <th>"Name"</th>
                        <th>"Description"</th>
                        <th>"Approval"</th>
                        <th>"Selectors"</th>
                        <th class="number">"Delegates"</th>
                        <th>"Updated"</th>
                        <th>
                            <span class="visually-hidden">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                {body(shown, key, hold, move |id, row| {
                    view! { <ProfileLine id=id row=row cursor=cursor may=may done=done /> }
                })}
            </table>
        </div>
        <Foot
            shown=count
            total=Signal::derive(move || profiles.with(|profiles| profiles.page.total))
            nouns=["profile", "profiles"]
            previous=page(|profiles| profiles.page.previous, Cursor::Before)
            next=page(|profiles| profiles.page.next, Cursor::After)
        />
    }
}

#[component]
fn ProfileLine(
    id: Uuid,
    row: Signal<Kept<ProfileRow>>,
    cursor: Memo<Cursor>,
    may: Signal<bool>,
    done: Memo<Option<Uuid>>,
) -> impl IntoView {
    let profile = Signal::derive(move || row.with(|kept| kept.row.profile.clone()));
    let name = move || profile.with(|profile| profile.spec.name.to_string());
    let primary = Memo::new(move |_| profile.with(|profile| profile.primary));
    let delete = Signal::derive(move || href(format!("/profiles/{id}/delete"), cursor.get()));
    let selectors = move || {
        let selectors: Vec<String> = profile.with(|profile| profile.spec.selectors.iter().map(str::to_owned).collect());
        selectors.into_iter().map(|tag| view! { <span class="tag">{tag}</span> }).collect_view()
    };
    view! {
        <tr
            class="row"
            class:gone=move || row.with(|kept| kept.gone)
            class:just-done=move || done.get() == Some(id)
        >
            <td class="main-cell" data-label="Name">
                <a class="t" href=format!("/profiles/{id}")>
                    {name}
                </a>
                {move || primary.get().then(|| view! { <span class="tag default">"default"</span> })}
            </td>
            <td data-label="Description" class="muted text-cell">
                {move || profile.with(|profile| profile.spec.description.clone())}
            </td>
            <td data-label="Approval">
                {move || if profile.with(|profile| profile.spec.requires_approval) { "Required" } else { "Not required" }}
            </td>
            <td data-label="Selectors" class="tags-cell">
                <span class="tags">{selectors}</span>
            </td>
            <td data-label="Delegates" class="number">
                {move || row.with(|kept| kept.row.delegates)}
            </td>
            <td data-label="Updated" class="muted time-cell">
                <Time at=Signal::derive(move || profile.with(|profile| profile.updated_at)) />
            </td>
            <td class="actions-cell">
                {move || (may.get() && !primary.get() && !row.with(|kept| kept.gone)).then(|| {
                    view! {
                        <NavButton
                            to=delete
                            class="btn small ghost"
                            label=format!("Delete {}", name())
                            still=true
                        >
                            "Delete"
                        </NavButton>
                    }
                })}
            </td>
        </tr>
    }
}
