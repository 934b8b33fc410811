//! What happened lately and what comes next, each with the way to its object.

use leptos::prelude::*;
use muster::{
    overview::{DecisionMade, Expiring, Few, Mention},
    page::count_label,
    time::Timestamp,
};

use crate::ui::{
    badge::{Badge, Kind},
    href::{Href, at_scope},
    time::Time,
};

/// A line: when, and what.
fn line(at: Timestamp, what: AnyView) -> impl IntoView {
    view! {
        <li>
            <Time at=at />
            <div class="feed-what">{what}</div>
        </li>
    }
}

/// A block of lines, and what stands there where there are none.
#[component]
fn Feed(title: &'static str, nothing: &'static str, lines: Vec<AnyView>, children: Children) -> impl IntoView {
    view! {
        <section class="card feed-card">
            <h2>{title}</h2>
            {if lines.is_empty() {
                view! { <p class="muted">{nothing}</p> }.into_any()
            } else {
                view! {
                    <ul class="feed" translate="no">
                        {lines}
                    </ul>
                }
                .into_any()
            }}
            {children()}
        </section>
    }
}

/// Who decided what, and on what.
#[component]
pub fn Decisions(decisions: Vec<DecisionMade>) -> impl IntoView {
    let lines = decisions.into_iter().map(|made| {
        let name = match made.delegate {
            Some(id) => view! { <a class="t" href=at_scope(&format!("/delegates/{id}"))>{made.name}</a> }.into_any(),
            None => view! { <span class="t">{made.name}</span> }.into_any(),
        };
        let what = view! {
            {name}
            " "
            <span>{made.action.label().to_lowercase()}</span>
            <span class="muted">" by " {made.by}</span>
            <span class="second">{made.on}</span>
        };
        line(made.at, what.into_any()).into_any()
    });
    view! {
        <Feed title="Latest decisions" nothing="Nobody has decided on a delegate yet." lines=lines.collect()>
            ""
        </Feed>
    }
}

/// Who fell silent.
#[component]
pub fn Lost(lost: Few<Mention>) -> impl IntoView {
    let all = Href::new("/delegates").with("status", "not-connected").with("sort", "heard");
    view! {
        <Mentions title="Lost in the last day" nothing="No delegate was lost." few=lost all=all />
    }
}

/// Whose startup script failed.
#[component]
pub fn Failed(failed: Few<Mention>) -> impl IntoView {
    let all = Href::new("/delegates").with("is", "script-failed");
    view! {
        <Mentions title="Scripts that failed" nothing="Every startup script that ran lately ended well." few=failed all=all />
    }
}

#[component]
fn Mentions(title: &'static str, nothing: &'static str, few: Few<Mention>, all: Href) -> impl IntoView {
    let more = few.total.saturating_sub(few.named.len() as u64);
    let lines = few.named.into_iter().map(|mention| {
        let to = at_scope(&format!("/delegates/{}", mention.id));
        line(mention.at, view! { <a class="t" href=to>{mention.name}</a> }.into_any()).into_any()
    });
    view! {
        <Feed title=title nothing=nothing lines=lines.collect()>
            {(more > 0)
                .then(|| {
                    view! {
                        <p>
                            <a class="link" href=all.to_string()>{format!("{} more", count_label(more))}</a>
                        </p>
                    }
                })}
        </Feed>
    }
}

/// Which tokens expire next.
#[component]
pub fn Next(expiring: Vec<Expiring>) -> impl IntoView {
    let lines = expiring.into_iter().map(|token| {
        let what = view! {
            <a class="t" href=at_scope(&format!("/tokens/{}", token.id))>{token.name}</a>
            {token.soon.then(|| view! { " " <Badge kind=Kind::Warn label="Soon" /> })}
        };
        line(token.at, what.into_any()).into_any()
    });
    view! {
        <Feed title="Tokens that expire next" nothing="No token expires." lines=lines.collect()>
            ""
        </Feed>
    }
}
