//! The form above the audit trail. Its state is the address; with scripts it applies while somebody types.

use leptos::prelude::*;
use muster::{
    audit::{Action, Subject, TrailFilter},
    time::Timestamp,
};

use super::query::{PATH, action_word};
use crate::ui::href::at_scope;
use crate::{session::use_scope, ui::choice::Choice};

/// What narrows the trail.
#[component]
pub fn TrailFilterBar(filter: TrailFilter) -> impl IntoView {
    // A project has nothing under it.
    let can_have_more = use_scope().project.is_none();
    let subjects = Subject::ALL.map(|subject| (subject.slug().to_owned(), subject.label()));
    // Of a kind that is chosen, only the acts on it.
    let fits = |action: &Action| filter.subject.is_none_or(|subject| action.subject() == subject);
    let mut actions: Vec<_> =
        Action::ALL.into_iter().filter(fits).map(|action| (action_word(action), action.label())).collect();
    actions.sort_by_key(|(_, label)| *label);
    view! {
        <form class="bar trail-bar" method="get" action=at_scope(PATH) role="search" data-auto="">
            <Text name="who" label="Who" value=filter.who />
            <Text name="object" label="Object" value=filter.object />
            <Text name="address" label="Address" value=filter.address />
            <Choice
                id="trail-kind"
                label="Kind"
                name="kind"
                none="Any"
                options=subjects.to_vec()
                chosen=filter.subject.map_or("", Subject::slug)
            />
            <Choice
                id="trail-action"
                label="What"
                name="action"
                none="Anything"
                options=actions
                chosen=filter.action.map(action_word).unwrap_or_default()
            />
            <Moment name="since" label="Since (UTC)" at=filter.since />
            <Moment name="until" label="Until (UTC)" at=filter.until />
            {can_have_more.then(|| view! {
                <label class="check">
                    <input type="checkbox" name="beneath" value="1" checked=filter.beneath />
                    "With all that lies under it"
                </label>
            })}
            <button type="submit" class="btn no-scripts">
                "Apply"
            </button>
        </form>
    }
}

#[component]
fn Text(name: &'static str, label: &'static str, value: String) -> impl IntoView {
    let id = format!("trail-{name}");
    view! {
        <div class="labelled">
            <label for=id.clone()>{label}</label>
            <input class="input" id=id type="search" name=name value=value autocomplete="off" spellcheck="false" />
        </div>
    }
}

#[component]
fn Moment(name: &'static str, label: &'static str, at: Option<Timestamp>) -> impl IntoView {
    let id = format!("trail-{name}");
    let value = at.map(Timestamp::to_minute).unwrap_or_default();
    view! {
        <div class="labelled">
            <label for=id.clone()>{label}</label>
            <input class="input" id=id type="datetime-local" name=name value=value autocomplete="off" />
        </div>
    }
}
