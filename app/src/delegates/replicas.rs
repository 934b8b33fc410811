//! Replicas: delegates of one name on several hosts, as an autoscaled deployment has them. Where nobody looks for single
//! ones, those of a page stand in one line, which leads to them all.

use std::collections::HashMap;

use leptos::prelude::*;
use muster::delegate::{Admission, DelegateFilter, DelegateRow, Replicas, Search, Term};
use uuid::Uuid;

use super::{cells, query::ListQuery};
use crate::{
    session::may_manage,
    ui::{
        badge::{Badge, Kind},
        href::Href,
        icon::Icon,
        status::mark,
        time::Time,
    },
};

/// What a cell says of replicas that differ in it.
const DIFFERENT: &str = "Several";

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// One delegate; in a box because it is much larger than the other.
    One(Box<DelegateRow>),
    /// Those of one name, in the list's order: two at least.
    Replicas(Vec<DelegateRow>),
}

impl From<DelegateRow> for Line {
    fn from(row: DelegateRow) -> Self {
        Self::One(Box::new(row))
    }
}

/// What tells a delegate from the others.
pub fn key(row: &DelegateRow) -> Uuid {
    row.delegate.id.0
}

/// What tells a line from the others.
pub fn line_key(line: &Line) -> Uuid {
    match line {
        Line::One(row) => key(row),
        Line::Replicas(rows) => rows.first().map_or(Uuid::nil(), key),
    }
}

/// Whether a list with this filter is of lines of replicas: who asks for a status, a name or a host wants to see each.
pub fn are_folded(filter: &DelegateFilter) -> bool {
    let single = |term: &Term| matches!(term, Term::Group(_) | Term::Status(_) | Term::Is(_) | Term::Host(_));
    filter.status.is_none() && filter.flag.is_none() && !Search::parse(&filter.search).terms.iter().any(single)
}

/// Puts the replicas of a page into one line each, where the first of them stood. Who waits for a person, is turned away
/// or was acted on just now (`done`) stands alone.
pub fn fold(rows: Vec<DelegateRow>, done: Option<Uuid>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for row in rows {
        let folds = row.replicas.is_some() && row.delegate.admission == Admission::Enabled && done != Some(key(&row));
        let place =
            folds.then(|| *places.entry(row.delegate.facts.name.as_str().to_lowercase()).or_insert(lines.len()));
        match place.and_then(|place| lines.get_mut(place)) {
            Some(Line::Replicas(rows)) => rows.push(row),
            Some(one) => {
                if let Line::One(first) = std::mem::replace(one, Line::Replicas(Vec::new())) {
                    *one = Line::Replicas(vec![*first, row]);
                }
            }
            None => lines.push(row.into()),
        }
    }
    lines
}

/// The list of all delegates of a name.
pub fn group(name: &str) -> Href {
    ListQuery::default().with(|filter| filter.search = format!("group:\"{name}\"")).list()
}

/// How many there are, for people.
pub fn count_of(all: u64) -> String {
    if all < Replicas::MAX { all.to_string() } else { format!("{all}+") }
}

/// The line of replicas.
pub fn line(rows: &[DelegateRow], query: &ListQuery) -> Option<impl IntoView + use<>> {
    let first = rows.first()?;
    let name = first.delegate.facts.name.to_string();
    let Replicas { all, connected } = first.replicas?;
    let id = key(first).to_string();
    let heard = rows.iter().map(|row| row.delegate.last_heartbeat_at).max()?;
    let failed = rows.iter().any(|row| row.script_failed);
    let outdated = rows.iter().any(|row| row.delegate.is_outdated());
    let profile = same(rows, |row| row.profile.clone());
    let kind = same(rows, |row| row.delegate.facts.kind.label().to_owned());
    let token = same(rows, |row| row.token.clone());
    let version = same(rows, |row| row.delegate.facts.version.clone());
    let own = first.delegate.own_selectors();
    let tags = if rows.iter().all(|row| row.delegate.own_selectors() == own) {
        cells::tags(first, query).into_any()
    } else {
        view! { <span class="muted">{DIFFERENT}</span> }.into_any()
    };
    let hosts = format!("{} replicas", count_of(all));
    Some(view! {
        <tr class="row replicas" data-key=id>
            {may_manage().then(|| view! { <td class="pick-cell"></td> })}
            <td class="main-cell" data-label="Delegate">
                <span class="name-line">
                    <a class="t" href=group(&name).to_string() title=name.clone()>
                        {name.clone()}
                    </a>
                    {failed.then(|| view! { <Badge kind=Kind::Bad label="Script failed" /> })}
                    {outdated.then(|| view! { <Badge kind=Kind::Old label="Outdated" /> })}
                </span>
                <span class="second">{hosts}</span>
            </td>
            <td class="status-cell" data-label="Status">
                <span class="status-line">{status(all, connected)}</span>
            </td>
            <td data-label="Profile">{profile}</td>
            <td data-label="Type" class="muted">
                {kind}
            </td>
            <td data-label="Tags" class="tags-cell">
                {tags}
            </td>
            <td data-label="Token" class="muted">
                {token}
            </td>
            <td data-label="Version" class="muted">
                {version}
            </td>
            <td data-label="Last heartbeat" class="muted time-cell">
                <Time at=heard />
            </td>
            <td class="actions-cell"></td>
        </tr>
    })
}

/// How many of them are connected.
fn status(all: u64, connected: u64) -> impl IntoView {
    let (class, icon) = match connected {
        0 => ("status off", Icon::Silent),
        some if some < all => ("status wait", Icon::Warning),
        _ => ("status ok", Icon::Done),
    };
    // Where not all were counted, it is a part of nothing known.
    let label =
        if all < Replicas::MAX { format!("{connected} of {all} connected") } else { format!("{connected}+ connected") };
    mark(class, icon, label)
}

/// What all have in common.
fn same(rows: &[DelegateRow], of: impl Fn(&DelegateRow) -> String) -> String {
    let mut all = rows.iter().map(of);
    let first = all.next().unwrap_or_default();
    if all.all(|other| other == first) { first } else { DIFFERENT.to_owned() }
}
