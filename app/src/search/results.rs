//! What was found, group by group: links, in the order in which the arrow keys go over them.

use leptos::prelude::*;
use muster::search::{Found, Hit};

use super::places::Place;
use crate::ui::{
    href::{Href, at_scope},
    icon::Icon,
};

/// What was found by a text.
#[component]
pub fn Results(text: String, found: Found, places: Vec<&'static Place>) -> impl IntoView {
    let Found { delegates, profiles, tokens, secrets } = found;
    let nothing =
        delegates.is_empty() && profiles.is_empty() && tokens.is_empty() && secrets.is_empty() && places.is_empty();
    let all = (!delegates.is_empty()).then(|| {
        let to = Href::new("/delegates").with("q", &text);
        view! {
            <li>
                <a href=to.to_string()>
                    {Icon::Search.draw()}
                    <span>"Search the list of delegates"</span>
                </a>
            </li>
        }
    });
    view! {
        <div class="found" id="found">
            <Group title="Delegates" icon=Icon::Delegates under="/delegates" hits=delegates />
            {all.map(|all| view! { <ul>{all}</ul> })}
            <Group title="Delegate Profiles" icon=Icon::Profiles under="/profiles" hits=profiles />
            <Group title="Tokens" icon=Icon::Tokens under="/tokens" hits=tokens />
            <Group title="Secrets" icon=Icon::Secrets under="/secrets" hits=secrets />
            {(!places.is_empty()).then(|| view! { <Places places=places /> })}
            {nothing.then(|| view! { <p class="muted" role="status">"Nothing is called so."</p> })}
        </div>
    }
}

#[component]
fn Group(title: &'static str, icon: Icon, under: &'static str, hits: Vec<Hit>) -> impl IntoView {
    let hits: Vec<_> = hits
        .into_iter()
        .map(|Hit { id, name, beside }| {
            let to = at_scope(&format!("{under}/{id}"));
            view! {
                <li>
                    <a href=to>
                        {icon.draw()}
                        <span class="found-name">{name}</span>
                        <span class="muted">{beside}</span>
                    </a>
                </li>
            }
        })
        .collect();
    (!hits.is_empty()).then(|| {
        view! {
            <h2>{title}</h2>
            <ul translate="no">{hits}</ul>
        }
    })
}

#[component]
fn Places(places: Vec<&'static Place>) -> impl IntoView {
    let places = places.into_iter().map(|place| {
        view! {
            <li>
                <a href=at_scope(place.to)>
                    {Icon::Next.draw()}
                    <span>{place.name}</span>
                </a>
            </li>
        }
    });
    view! {
        <h2>"Go to"</h2>
        <ul>{places.collect_view()}</ul>
    }
}
