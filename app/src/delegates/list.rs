//! The table of delegates.

use leptos::prelude::*;
use muster::{
    delegate::{DelegateFilter, DelegateRow},
    page::Cursor,
};
use uuid::Uuid;

use super::{
    query::ListQuery,
    row::{Headings, Row},
};
use crate::{
    session::may_manage,
    ui::{
        button::NavButton,
        href::{Href, use_done},
        icon::Icon,
        table::{Foot, Hold, Listing, body, follow},
    },
};

/// A page of the list, and the filter it was asked for with.
pub type Delegates = Listing<DelegateFilter, DelegateRow>;

fn key(row: &DelegateRow) -> Uuid {
    row.delegate.id.0
}

/// The table, what stands below it, and what stands in its place where there is nothing to show.
#[component]
pub fn Table(query: Memo<ListQuery>, delegates: Signal<Delegates>) -> impl IntoView {
    let hold = Hold::default();
    let held = Signal::derive(move || hold.held() || query.with(|query| query.decide.is_some()));
    let shown = follow(delegates, key, held);
    let may = may_manage();
    let done = use_done();
    let empty = Memo::new(move |_| shown.with(|shown| shown.rows.is_empty()));
    let total = Memo::new(move |_| delegates.with(|delegates| delegates.page.total));
    let count = Signal::derive(move || {
        u64::try_from(shown.with(|shown| shown.rows.iter().filter(|row| !row.gone).count())).unwrap_or_default()
    });
    let page = move |to: fn(&Delegates) -> Option<Uuid>, cursor: fn(Uuid) -> Cursor| {
        Signal::derive(move || {
            let to = delegates.with(to);
            to.map(|id| query.with(|query| query.at(cursor(id)).list()))
        })
    };
    view! {
        <div class="card">
            <table class="table delegates" class:hidden=move || empty.get()>
                <Headings />
                {body(shown, key, hold, move |id, kept| {
                    view! { <Row id=id kept=kept query=query may=may done=done /> }
                })}
            </table>
            {move || empty.get().then(|| view! { <Empty query=query total=total may=may /> })}
        </div>
        <Foot
            shown=count
            total=total
            nouns=["delegate", "delegates"]
            previous=page(|delegates| delegates.page.previous, Cursor::Before)
            next=page(|delegates| delegates.page.next, Cursor::After)
        />
    }
}

/// Why there is nothing, and the one next step.
#[component]
fn Empty(query: Memo<ListQuery>, total: Memo<u64>, may: Signal<bool>) -> impl IntoView {
    move || {
        let query = query.get();
        if total.get() > 0 {
            empty(
                Icon::Search,
                "This page is empty",
                "The delegates that were here have moved to other pages.",
                Some(("First page", query.at(Cursor::First).list(), "btn")),
            )
        } else if !query.is_unfiltered() {
            empty(
                Icon::Search,
                "No delegate matches",
                "Nothing fits this search and status.",
                Some(("Clear filters", Href::new("/delegates"), "btn")),
            )
        } else {
            empty(
                Icon::Delegates,
                "No delegates yet",
                "A delegate is a process in your own network that works for Muster. Download one, start it, and it \
                 shows up here by itself.",
                may.get().then(|| ("Download Delegate", Href::new("/install"), "btn primary")),
            )
        }
    }
}

fn empty(
    icon: Icon,
    title: &'static str,
    text: &'static str,
    step: Option<(&'static str, Href, &'static str)>,
) -> AnyView {
    view! {
        <div class="empty">
            <span class="empty-icon">{icon.draw()}</span>
            <p class="empty-title">{title}</p>
            <p>{text}</p>
            {step.map(|(label, to, class)| {
                view! {
                    <NavButton to=to class=class>
                        {label}
                    </NavButton>
                }
            })}
        </div>
    }
    .into_any()
}
