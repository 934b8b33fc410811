//! The page of one delegate.

use leptos::prelude::*;
use leptos_meta::Title;
use muster::delegate::{Admission, Status};

use super::{
    api::{AuditRow, ConnectionRow, DelegateDetail, DelegateRow, TakeBackDelegate},
    decision::{Decision, fingerprint},
    dialogs::{get_by_text, use_id},
    facts::{StatusWithReason, fact, tags},
    query::{detail_href, dialog_from_detail},
};
use crate::ui::{
    button::{NavButton, SubmitButton},
    form::Form,
    frame::may_manage,
    href::Href,
    live::use_live,
    load::{Asked, computed, show, show_or},
    notice::{Done, use_done},
    time::{Time, time_or},
};

/// The page.
#[component]
pub fn DelegatePage() -> impl IntoView {
    let id = use_id();
    let live = use_live();
    let detail = Asked::<DelegateDetail>::new(
        move || (id.get(), live.map(|live| live.delegates.version())),
        |(id, _)| get_by_text(id),
    );
    view! {
        <Title text="Delegate" />
        <p class="crumb">
            <a class="link" href="/delegates">
                "Delegates"
            </a>
        </p>
        {show_or(
            detail,
            |_| {
                view! {
                    <div class="head">
                        <h1>"Delegate"</h1>
                    </div>
                }
                .into_any()
            },
            |detail| view! { <Head detail=detail /> },
        )}
        <Done />
        {show(detail, |detail| view! { <Body detail=detail /> })}
    }
}

#[component]
fn Head(detail: Signal<DelegateDetail>) -> impl IntoView {
    let row = Signal::derive(move || detail.with(|detail| detail.row.clone()));
    let id = row.with_untracked(|row| row.delegate.id);
    let name = move || row.with(|row| row.delegate.facts.name.to_string());
    let done = use_done();
    let may = may_manage();
    let take_back = ServerAction::<TakeBackDelegate>::new();
    let rejected = Memo::new(move |_| row.with(|row| row.status == Status::Rejected));
    let just_done = Signal::derive(move || done.get() == Some(id.0));
    view! {
        <div class="head">
            <Title text=name />
            <h1>{name}</h1>
            <StatusWithReason row=row just_done=just_done />
            <div class="grow"></div>
            {move || (may.get() && rejected.get()).then(|| {
                view! {
                    <Form action=take_back class="row-form">
                        <input type="hidden" name="id" value=id.to_string() />
                        <input type="hidden" name="back" value=detail_href(id).to_string() />
                        <SubmitButton label="Take back" busy="Taking back…" class="btn" />
                    </Form>
                }
            })}
            {move || may.get().then(|| {
                view! {
                    <NavButton to=dialog_from_detail(id, "delete") class="btn danger" still=true>
                        "Delete"
                    </NavButton>
                }
            })}
        </div>
    }
}

#[component]
fn Body(detail: Signal<DelegateDetail>) -> impl IntoView {
    let row = Signal::derive(move || detail.with(|detail| detail.row.clone()));
    let id = row.with_untracked(|row| row.delegate.id);
    let may = may_manage();
    let pending = computed(move |_| may.get() && row.with(|row| row.status == Status::PendingApproval));
    let back: Signal<Href> = Signal::stored(detail_href(id));
    let reject: Signal<Href> = Signal::stored(dialog_from_detail(id, "reject"));
    view! {
        {move || pending.get().then(|| {
            view! {
                <section class="card decide-card" aria-label="Pending Approval">
                    <Decision row=row gone=false back=back reject=reject />
                </section>
            }
        })}
        <section class="block">
            <h2>"Facts"</h2>
            <Facts row=row />
        </section>
        <section class="block">
            <h2>"Connection history"</h2>
            {move || connections(detail.with(|detail| detail.connections.clone()))}
        </section>
        <section class="block">
            <h2>"Audit"</h2>
            {move || audit(detail.with(|detail| detail.audit.clone()))}
        </section>
    }
}

#[component]
fn Facts(row: Signal<DelegateRow>) -> impl IntoView {
    let of = move |part: fn(&DelegateRow) -> String| Signal::derive(move || row.with(part));
    let decision = move || {
        row.with(|row| row.delegate.decision.clone().map(|decision| (row.delegate.admission, decision))).map(
            |(admission, decision)| {
                let verb = match admission {
                    Admission::Enabled => "Approved by ",
                    Admission::Rejected => "Rejected by ",
                    Admission::WaitingForApproval => "Returned to approval by ",
                };
                view! { {verb} {decision.by} ", " <Time at=decision.at /> }
            },
        )
    };
    view! {
        <dl class="card facts facts-card">
            {fact("Host name", of(|row| row.delegate.facts.host_name.to_string()), true)}
            {fact("IP address", of(|row| row.delegate.facts.ip.clone()), true)}
            {fact("Type", of(|row| row.delegate.facts.kind.label().to_owned()), false)}
            {fact("Version", of(|row| row.delegate.facts.version.clone()), false)}
            <div>
                <dt>"Profile"</dt>
                <dd>
                    <a class="link" href=move || row.with(|row| format!("/profiles/{}", row.delegate.profile_id))>
                        {move || row.with(|row| row.profile.clone())}
                    </a>
                </dd>
            </div>
            {fact("Token", of(|row| row.token.clone()), false)}
            <div>
                <dt>"Tags"</dt>
                <dd>{tags(row)}</dd>
            </div>
            {fact("Description", of(|row| row.delegate.facts.description.clone()), false)}
            <div>
                <dt>"Registered"</dt>
                <dd>
                    <Time at=Signal::derive(move || row.with(|row| row.delegate.registered_at)) />
                </dd>
            </div>
            <div>
                <dt>"Last heartbeat"</dt>
                <dd>
                    <Time at=Signal::derive(move || row.with(|row| row.delegate.last_heartbeat_at)) />
                </dd>
            </div>
            {fact("Heartbeat interval", of(interval), false)}
            <div>
                <dt>"Decision"</dt>
                <dd>{move || decision().map_or_else(
                    || view! { <span class="muted">"none was needed"</span> }.into_any(),
                    IntoAny::into_any,
                )}</dd>
            </div>
            {fact("Key fingerprint", of(fingerprint), true)}
            {fact("Delegate id", of(|row| row.delegate.id.to_string()), true)}
        </dl>
    }
}

fn interval(row: &DelegateRow) -> String {
    match row.delegate.facts.heartbeat_interval_ms {
        Some(ms) if ms % 1000 == 0 => format!("{} s", ms / 1000),
        Some(ms) => format!("{ms} ms"),
        None => "not stated".to_owned(),
    }
}

fn connections(rows: Vec<ConnectionRow>) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="sub">"It has not been connected yet."</p> }.into_any();
    }
    view! {
        <div class="card">
            <table class="table plain">
                <thead>
                    <tr>
                        <th>"Connected"</th>
                        <th>"Until"</th>
                        <th>"Why it ended"</th>
                    </tr>
                </thead>
                <tbody>
                    {rows
                        .into_iter()
                        .map(|row| {
                            view! {
                                <tr>
                                    <td data-label="Connected">
                                        <Time at=row.connected_at />
                                    </td>
                                    <td data-label="Until">{time_or(Signal::stored(row.lost_at), "now")}</td>
                                    <td data-label="Why it ended" class="muted">
                                        {row.cause}
                                    </td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

fn audit(rows: Vec<AuditRow>) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="sub">"Nothing has been recorded yet."</p> }.into_any();
    }
    view! {
        <div class="card">
            <table class="table plain">
                <thead>
                    <tr>
                        <th>"When"</th>
                        <th>"What"</th>
                        <th>"Who"</th>
                        <th>"Address"</th>
                    </tr>
                </thead>
                <tbody>
                    {rows
                        .into_iter()
                        .map(|row| {
                            view! {
                                <tr>
                                    <td data-label="When">
                                        <Time at=row.at />
                                    </td>
                                    <td data-label="What">{row.action.label()}</td>
                                    <td data-label="Who">{row.actor}</td>
                                    <td data-label="Address" class="mono muted">
                                        {row.address}
                                    </td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}
