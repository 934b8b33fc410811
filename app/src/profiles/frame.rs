//! What the pages of one profile share: the way back, the heading with what can be done, and the tabs.

use leptos::prelude::*;
use leptos_meta::Title;
use muster::{id::ProfileId, page::count_label, profile::ProfileDetail, user::Permission};

use super::api::get_profile;
use crate::{
    error::ConsoleError,
    session::{ManagersOnly, Only, Toast, may_manage},
    ui::{
        badge::{Badge, Kind},
        button::NavButton,
        href::{Href, at_scope},
        load::render,
        menu::{Menu, MenuCopy, MenuLink, Weight},
        params::{parse_id, use_id},
        tabs::{Tab, Tabs},
    },
};

/// Which of a profile's pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Overview,
    Delegates,
    Versions,
    Record,
}

impl Part {
    const ALL: [Self; 4] = [Self::Overview, Self::Delegates, Self::Versions, Self::Record];

    /// Its address.
    pub fn href(self, id: ProfileId) -> Href {
        Href::new(match self {
            Self::Overview => format!("/profiles/{id}"),
            Self::Delegates => format!("/profiles/{id}/delegates"),
            Self::Versions => format!("/profiles/{id}/versions"),
            Self::Record => format!("/profiles/{id}/record"),
        })
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Delegates => "Delegates",
            Self::Versions => "Script versions",
            Self::Record => "Record",
        }
    }
}

/// The profile in the address.
///
/// # Errors
/// Where there is none, or it cannot be had.
pub async fn load_profile(id: String) -> Result<ProfileDetail, ConsoleError> {
    get_profile(parse_id(&id)?).await
}

/// A page of the profile in the address.
pub fn profile_page<V: IntoView + 'static>(
    part: Part,
    content: impl FnOnce(ProfileDetail) -> V + Send + 'static,
) -> impl IntoView {
    view! {
        <Title text="Delegate Profile" />
        <p class="crumb">
            <a class="link" href=at_scope("/profiles")>
                "Delegate Profiles"
            </a>
        </p>
        {render(load_profile(use_id()), move |detail| {
            view! {
                {head(&detail)}
                <Toast />
                {tabs(&detail, part)}
                {content(detail)}
            }
        })}
    }
}

fn head(detail: &ProfileDetail) -> impl IntoView + use<> {
    let profile = &detail.row.profile;
    let (id, name, primary) = (profile.id, profile.spec.name.to_string(), profile.primary);
    let runnable = profile.has_script() && detail.admitted > 0;
    let run = Href::new(format!("/profiles/{id}/run"));
    let again = run.clone();
    // Who may do no more than that finds it without a menu.
    let only_runs = (runnable && !may_manage()).then(|| {
        view! {
            <Only may=Permission::RunScripts>
                <NavButton to=run class="btn" keep_scroll=true>
                    "Run script again"
                </NavButton>
            </Only>
        }
    });
    view! {
        <div class="head">
            <Title text=name.clone() />
            <h1 translate="no">{name.clone()}</h1>
            {primary.then(|| view! { <Badge kind=Kind::Plain label="default" /> })}
            {detail.saved_only.then(|| view! { <Badge kind=Kind::Warn label="saved, not run" /> })}
            <div class="grow"></div>
            {only_runs}
            <ManagersOnly>
                <NavButton to=Href::new(format!("/profiles/{id}/edit")) class="btn primary">
                    "Edit"
                </NavButton>
                <Menu label=format!("Actions for {name}") class="btn">
                    {runnable.then(|| view! { <MenuLink to=again label="Run script again" keep_scroll=true /> })}
                    <MenuLink to=Href::new("/profiles/new").with("from", id) label="Duplicate" />
                    <MenuCopy text=id.to_string() label="Copy id" />
                    {(!primary)
                        .then(|| {
                            let to = Href::new(format!("/profiles/{id}/delete"));
                            view! { <MenuLink to=to label="Delete" weight=Weight::Grave keep_scroll=true /> }
                        })}
                </Menu>
            </ManagersOnly>
        </div>
    }
}

fn tabs(detail: &ProfileDetail, current: Part) -> impl IntoView + use<> {
    let id = detail.row.profile.id;
    let tab = |part: Part| Tab {
        label: part.label(),
        count: (part == Part::Delegates).then(|| count_label(detail.row.delegates)),
        to: part.href(id),
        current: part == current,
        wanted: false,
    };
    view! { <Tabs label="Parts of the profile" tabs=Part::ALL.into_iter().map(tab).collect() /> }
}
