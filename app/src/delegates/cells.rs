//! The cells of a row of the list: one line of a name and one of what is beside it, and never more.

use leptos::prelude::*;
use muster::{
    delegate::{Admission, DelegateRow, MANAGER_VERSION, Reason, Replicas, Status},
    time::Timestamp,
    token::TokenStatus,
};

use super::{
    enable::EnableForm,
    facts::{WARNED, WOULD_HAVE_WAITED, disabled_note, waiting_note},
    query::ListQuery,
    replicas::{count_of, group},
    status::DelegateStatus,
    take_back::TakeBackForm,
};
use crate::ui::{
    badge::{Badge, Kind},
    middle::Middle,
    time::{Since, Time},
};

/// How many tags a row names; the others are counted.
const MAX_TAGS: usize = 2;

/// The name, what is special about the delegate, and its host. The link lies over the whole cell.
pub fn name(row: &DelegateRow, query: &ListQuery) -> impl IntoView + use<> {
    let facts = &row.delegate.facts;
    let name = facts.name.to_string();
    view! {
        <span class="name-line">
            <a class="t" href=query.detail(row.delegate.id).to_string() title=name.clone()>
                {name.clone()}
            </a>
            {badges(row)}
            {replicas(row)}
        </span>
        <Middle text=facts.host_name.to_string() what="host name" class="s" tab_stop=false />
    }
}

/// How many there are of its name, and the list of those.
fn replicas(row: &DelegateRow) -> Option<impl IntoView + use<>> {
    let Replicas { all, connected } = row.replicas?;
    let count = count_of(all);
    let title = format!("{connected} of {count} connected");
    Some(view! {
        <a class="pill" href=group(row.delegate.facts.name.as_str()).to_string() title=title>
            {format!("{count} replicas")}
        </a>
    })
}

fn badges(row: &DelegateRow) -> impl IntoView + use<> {
    let outdated = row.delegate.is_outdated().then(|| {
        let newest = format!("Version {}; this manager hands out {}", row.delegate.facts.version, MANAGER_VERSION);
        view! { <Badge kind=Kind::Old label="Outdated" title=Some(newest) /> }
    });
    let failed = row.script_failed.then(|| {
        let title = Some("The last run of its startup script failed".to_owned());
        view! { <Badge kind=Kind::Bad label="Script failed" title=title /> }
    });
    let differs = (row.delegate.reason == Some(Reason::Resembles)).then(|| {
        let known = Some("A delegate of this host and name is known, and this one has another key".to_owned());
        view! { <Badge kind=Kind::Bad label="Key differs" title=known /> }
    });
    let warned = row
        .delegate
        .warned
        .then(|| view! { <Badge kind=Kind::Warn label=WOULD_HAVE_WAITED title=Some(WARNED.to_owned()) /> });
    view! { {differs} {warned} {failed} {outdated} }
}

/// The status, and why it is so.
pub fn status(row: &DelegateRow, query: &ListQuery, just_done: bool, may: bool) -> impl IntoView + use<> {
    let approved = row.delegate.admission == Admission::Enabled && row.delegate.decision.is_some();
    let id = row.delegate.id;
    let take_back = (may && row.status == Status::Rejected).then(|| {
        let name = format!("Take back {}", row.delegate.facts.name);
        view! { <TakeBackForm id=id back=query.decided() class="btn small" name=name /> }
    });
    let enable = (may && row.status == Status::Disabled).then(|| {
        let name = format!("Enable {}", row.delegate.facts.name);
        view! { <EnableForm id=id back=query.decided() class="btn small" name=name /> }
    });
    view! {
        <span class="status-line">
            <DelegateStatus status=row.status />
            {(approved && just_done).then(|| view! { <span class="just-approved">"Approved"</span> })}
            {take_back}
            {enable}
        </span>
        {away(row)}
        {disabled_note(row)}
        {waiting_note(row)}
    }
}

/// For how long it has been away, and why, where that is known.
fn away(row: &DelegateRow) -> Option<impl IntoView + use<>> {
    let since = row.delegate.last_heartbeat_at;
    let cause = cause(row.token_status, row.delegate.refused_at);
    (row.status == Status::NotConnected).then(|| {
        let refused = row.delegate.refused_at.map(|at| view! { "refused " <Time at=at /> ": " });
        match (cause, refused) {
            (Some(cause), Some(refused)) => view! { <span class="second alarm">{refused}{cause}</span> }.into_any(),
            (Some(cause), None) => view! { <span class="second"><Since at=since />" · "{cause}</span> }.into_any(),
            (None, _) => view! { <span class="second"><Since at=since /></span> }.into_any(),
        }
    })
}

/// Why a silent delegate would be turned away, or was.
fn cause(token: Option<TokenStatus>, refused: Option<Timestamp>) -> Option<&'static str> {
    match token {
        Some(TokenStatus::Expired) => Some("token expired"),
        Some(TokenStatus::Revoked) => Some("token revoked"),
        None => Some("token deleted"),
        Some(TokenStatus::Active) => refused.map(|_| "another token"),
    }
}

/// Its tags: some of its own, each a link to the delegates of the list that have it too, and how many more there are.
pub fn tags(row: &DelegateRow, query: &ListQuery) -> impl IntoView + use<> {
    let own: Vec<&str> = row.delegate.own_selectors().iter().collect();
    let all: Vec<(&str, bool)> = own
        .iter()
        .map(|tag| (*tag, false))
        .chain(row.inherited.iter().filter(|tag| !own.contains(tag)).map(|tag| (tag, true)))
        .collect();
    let rest = all.get(MAX_TAGS..).filter(|rest| !rest.is_empty()).map(|rest| {
        let names = rest.iter().map(|(tag, _)| *tag).collect::<Vec<_>>().join(", ");
        view! {
            <a
                class="tag rest"
                href=query.detail(row.delegate.id).to_string()
                title=names.clone()
                aria-label=format!("{} more {}: {names}", rest.len(), if rest.len() == 1 { "tag" } else { "tags" })
            >
                {format!("+{}", rest.len())}
            </a>
        }
    });
    view! {
        <span class="tags">
            {all.iter().take(MAX_TAGS).map(|(tag, inherited)| one_tag(row, query, tag, *inherited)).collect_view()}
            {rest}
        </span>
    }
}

fn one_tag(row: &DelegateRow, query: &ListQuery, tag: &str, inherited: bool) -> AnyView {
    if inherited {
        let from = format!("{tag}, from the profile {}", row.profile);
        return view! {
            <span class="tag inherited" title=from>
                {tag.to_owned()}
                <span class="visually-hidden">" (inherited)"</span>
            </span>
        }
        .into_any();
    }
    super::facts::own_selector(tag, query).into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_where_it_is_known() {
        let at = Some(Timestamp::from_millis(1));
        assert_eq!(cause(Some(TokenStatus::Active), None), None);
        assert_eq!(cause(Some(TokenStatus::Expired), None), Some("token expired"));
        assert_eq!(cause(Some(TokenStatus::Revoked), at), Some("token revoked"));
        assert_eq!(cause(None, at), Some("token deleted"));
    }
}
