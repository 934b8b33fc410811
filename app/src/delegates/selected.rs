//! Doing one thing to several delegates: a page that lists them and asks once more.

mod done;

use std::collections::BTreeSet;

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use muster::{
    delegate::{
        DelegateFilter, DelegateRow,
        selected::{Act, MAX_SELECTED, Selected},
    },
    page::{Cursor, grouped},
};

pub use self::done::SelectedDonePage;
use super::{
    api::{ActOnSelected, get_some_delegates, list_delegates},
    facts::waiting_note,
    keys::fingerprint,
    query::{ListQuery, detail_href, use_list_query},
    status::DelegateStatus,
};
use crate::{
    error::ConsoleError,
    install::api::get_install_options,
    ui::{
        button::{NavButton, SubmitButton},
        empty::EmptyState,
        field::SelectField,
        form::Form,
        href::{Href, use_here},
        icon::Icon,
        load::render,
        middle::Middle,
        pick::{ALL, PAGE, PickAct, ROW},
        plain_table::plain_table,
    },
};

/// What the list offers for what is selected.
pub const ACTS: &[PickAct] = &[
    PickAct { label: "Approve", path: "/selected/approve", grave: false },
    PickAct { label: "Reject", path: "/selected/reject", grave: false },
    PickAct { label: "Switch profile", path: "/selected/profile", grave: false },
    PickAct { label: "Disable", path: "/selected/disable", grave: false },
    PickAct { label: "Delete", path: "/selected/delete", grave: true },
];

/// What was selected, and what is to be done to it.
struct Selection {
    act: Act,
    /// Those to which it can be done.
    suited: Vec<DelegateRow>,
    /// The others.
    left_out: Vec<DelegateRow>,
    /// The profiles that there are, where one is to be chosen: ids and names.
    profiles: Vec<(String, String)>,
}

/// Lists what was selected, and asks once more.
#[component]
pub fn SelectedPage() -> impl IntoView {
    let act = use_params_map().with_untracked(|params| Act::from_slug(params.get_str("act").unwrap_or_default()));
    let (query, here) = (use_list_query(), use_here());
    let back = query.decided();
    let title = act.map_or("Selected delegates", Act::label);
    let crumb = back.clone();
    view! {
        <Title text=title />
        <p class="crumb">
            <a class="link" href=crumb.to_string()>
                "Delegates"
            </a>
        </p>
        {render(selection(act, query, here), move |selection| review(selection, back))}
    }
}

/// What the address of this page selects, at most [`MAX_SELECTED`].
async fn selection(act: Option<Act>, query: ListQuery, here: Href) -> Result<Selection, ConsoleError> {
    let act = act.ok_or_else(|| ConsoleError::not_found("There is no such action."))?;
    let mut rows = if here.get(ALL).is_some() {
        all_that_match(query.filter).await?
    } else {
        let ids: Vec<&str> =
            here.query().iter().filter(|(name, _)| name == ROW).map(|(_, id)| id.as_str()).take(MAX_SELECTED).collect();
        let mut rows = if ids.is_empty() { Vec::new() } else { get_some_delegates(ids.join(" ")).await? };
        if here.get(PAGE).is_some() {
            rows.extend(list_delegates(query.filter).await?.rows);
        }
        rows
    };
    let mut seen = BTreeSet::new();
    rows.retain(|row| seen.insert(row.delegate.id));
    rows.truncate(MAX_SELECTED);
    let profiles = match act {
        Act::SwitchProfile => get_install_options().await?.profiles,
        Act::Approve | Act::Reject | Act::Disable | Act::Delete => Vec::new(),
    };
    let (suited, left_out) = rows.into_iter().partition(|row| act.suits(row.status));
    let profiles = profiles.into_iter().map(|(id, name, _)| (id.to_string(), name)).collect();
    Ok(Selection { act, suited, left_out, profiles })
}

async fn all_that_match(mut filter: DelegateFilter) -> Result<Vec<DelegateRow>, ConsoleError> {
    let mut rows = Vec::new();
    filter.cursor = Cursor::First;
    loop {
        let page = list_delegates(filter.clone()).await?;
        rows.extend(page.rows);
        match page.next {
            Some(next) if rows.len() < MAX_SELECTED => filter.cursor = Cursor::After(next),
            Some(_) | None => return Ok(rows),
        }
    }
}

fn review(selection: Selection, back: Href) -> AnyView {
    let Selection { act, suited, left_out, profiles } = selection;
    let (leave, returns) = (back.clone(), back.to_string());
    if suited.is_empty() {
        let text = if left_out.is_empty() {
            "Tick the boxes of the delegates that you mean, then choose what is to be done."
        } else {
            "None of the selected delegates is in a state in which this can be done."
        };
        return view! {
            <h1>{act.label()}</h1>
            <EmptyState icon=Icon::Delegates title="Nothing to do" text=text>
                <NavButton to=leave class="btn">
                    "Back to the list"
                </NavButton>
            </EmptyState>
        }
        .into_any();
    }
    let title = format!("{} {}", act.label(), delegates(suited.len()));
    let all: Vec<Selected> =
        suited.iter().map(|row| Selected { id: row.delegate.id, seen: row.delegate.revision }).collect();
    let (busy, class) = match act {
        Act::Approve => ("Approving…", "btn primary"),
        Act::Reject => ("Rejecting…", "btn danger solid"),
        Act::SwitchProfile => ("Switching…", "btn primary"),
        Act::Disable => ("Disabling…", "btn danger solid"),
        Act::Delete => ("Deleting…", "btn danger solid"),
    };
    view! {
        <h1>{title}</h1>
        <p class="sub selected-sub">{consequence(act)}</p>
        <Form action=ActOnSelected::PATH class="form selected-form">
            <input type="hidden" name="act" value=act.slug() />
            <input type="hidden" name="selected" value=Selected::write_all(&all) />
            <input type="hidden" name="back" value=returns />
            {(act == Act::SwitchProfile)
                .then(|| view! { <SelectField name="profile" label="Profile" options=profiles /> })}
            <div class="selected-actions">
                <SubmitButton label=act.label() busy=busy class=class />
                <a class="btn" href=leave.to_string()>
                    "Cancel"
                </a>
            </div>
        </Form>
        {table(suited)}
        {left_out_block(left_out)}
    }
    .into_any()
}

fn left_out_block(rows: Vec<DelegateRow>) -> Option<impl IntoView> {
    (!rows.is_empty()).then(|| {
        view! {
            <section class="block">
                <h2>{format!("Left out: {}", delegates(rows.len()))}</h2>
                <p class="sub selected-sub">"This cannot be done to them as they are."</p>
                {table(rows)}
            </section>
        }
    })
}

fn table(rows: Vec<DelegateRow>) -> AnyView {
    plain_table(&["Delegate", "Key fingerprint", "Address", "Profile", "Status"], rows, line)
}

fn line(row: DelegateRow) -> impl IntoView {
    let facts = &row.delegate.facts;
    let fingerprint = match fingerprint(&row.delegate) {
        none if none.is_empty() => "none".to_owned(),
        fingerprint => fingerprint,
    };
    view! {
        <tr translate="no">
            <td data-label="Delegate" class="selected-who">
                <a class="t" href=detail_href(row.delegate.id).to_string() title=facts.name.to_string()>
                    {facts.name.to_string()}
                </a>
                <Middle text=facts.host_name.to_string() what="host name" class="mono" tab_stop=false />
            </td>
            <td data-label="Key fingerprint" class="mono fingerprint-cell">
                {fingerprint}
            </td>
            <td data-label="Address" class="mono">
                {row.delegate.address.clone()}
            </td>
            <td data-label="Profile">
                {row.profile.clone()} <span class="second">"token " {row.token.clone()}</span>
            </td>
            <td data-label="Status">
                <DelegateStatus status=row.status />
                {waiting_note(&row)}
            </td>
        </tr>
    }
}

/// "1 delegate", "12 delegates".
fn delegates(count: usize) -> String {
    let number = grouped(u64::try_from(count).unwrap_or(u64::MAX));
    format!("{number} {}", if count == 1 { "delegate" } else { "delegates" })
}

const fn consequence(act: Act) -> &'static str {
    match act {
        Act::Approve => {
            "Compare the fingerprints with those in the delegates' logs. Each is approved as it is shown here: one that \
             changes meanwhile is not."
        }
        Act::Reject => "They leave the list. Their processes keep running, but Muster will not use them.",
        Act::SwitchProfile => {
            "The startup script of the new profile runs on each of them, at once or as soon as it is approved and \
             connected."
        }
        Act::Disable => "From their next requests on they are refused: they get neither work nor scripts.",
        Act::Delete => {
            "They leave the list for good. What is not of Muster itself is not stopped by this: stop it in your \
             infrastructure too."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_is_offered_at_its_own_page() {
        let offered: Vec<String> = ACTS.iter().map(|act| act.path.to_owned()).collect();
        assert_eq!(offered, Act::ALL.map(|act| format!("/selected/{}", act.slug())));
        assert_eq!(ACTS.iter().map(|act| act.label).collect::<Vec<_>>(), Act::ALL.map(Act::label));
    }

    #[test]
    fn numbers_have_their_noun() {
        assert_eq!((delegates(1), delegates(1200)), ("1 delegate".to_owned(), "1,200 delegates".to_owned()));
    }
}
