//! What a token's page tells of it.

use leptos::prelude::*;
use muster::{
    audit::Action,
    delegate::Status,
    id::TokenId,
    page::count_label,
    token::{HandOut, RefusedCalls, TokenDetail, TokenUser},
};

use super::{expiry::expiry_text, restrictions};
use crate::{
    delegates::{
        DelegateStatus,
        query::{ListQuery, detail_href},
    },
    ui::{
        href::{Href, at_scope},
        plain_table::plain_table,
        tabs::{Tab, Tabs},
        time::Time,
    },
};

/// The list of delegates of a token, all of them or those of a status.
pub fn delegates_href(id: TokenId, status: Option<Status>) -> Href {
    ListQuery::default().with(|filter| (filter.token, filter.status) = (Some(id), status)).list()
}

/// Who made it, until when it is good, how it admits delegates, and who used it last.
pub fn facts(detail: &TokenDetail) -> impl IntoView + use<> {
    let row = &detail.row;
    let token = &row.token;
    let profile = match token.default_profile {
        Some(id) => {
            let name = detail.default_profile.clone();
            view! { <a class="link" href=at_scope(&format!("/profiles/{id}"))>{name}</a> }.into_any()
        }
        None => detail.default_profile.clone().into_any(),
    };
    let approval =
        if token.requires_approval { "Every new delegate waits" } else { "Where the delegate's profile says so" };
    let last_used = match row.last_used.clone() {
        Some((at, by)) => {
            let from = row.last_used_from.clone();
            let by = match row.last_used_by {
                Some(id) => view! { <a class="link" href=detail_href(id).to_string()>{by}</a> }.into_any(),
                None => by.into_any(),
            };
            view! {
                <Time at=at />
                <span class="second">
                    "by " {by} {(!from.is_empty()).then(|| view! { " from " <code>{from}</code> })}
                </span>
            }
            .into_any()
        }
        None => view! { <span class="muted">"Never"</span> }.into_any(),
    };
    let revoked = token.revoked_at.map(|at| {
        view! {
            <div>
                <dt>"Revoked"</dt>
                <dd>
                    <Time at=at />
                </dd>
            </div>
        }
    });
    view! {
        <dl class="card facts facts-card">
            <div>
                <dt>"Expiry"</dt>
                <dd>{expiry_text(row)}</dd>
            </div>
            {revoked}
            <div>
                <dt>"Last used"</dt>
                <dd translate="no">{last_used}</dd>
            </div>
            <div>
                <dt>"Default profile"</dt>
                <dd translate="no">{profile}</dd>
            </div>
            <div>
                <dt>"Approval"</dt>
                <dd>{approval}</dd>
            </div>
            {restrictions::facts(row)}
            <div>
                <dt>"Created"</dt>
                <dd translate="no">
                    <Time at=token.created_at />
                    <span class="second">"by " {token.created_by.clone()}</span>
                </dd>
            </div>
            <div>
                <dt>"Key id ends in"</dt>
                <dd class="mono" translate="no" title="A delegate's log names the whole id of the key that it uses.">
                    {detail.key_id_end.clone()}
                </dd>
            </div>
        </dl>
    }
}

/// How many delegates of each status use it, and those that were heard of last.
pub fn delegates(detail: &TokenDetail) -> AnyView {
    let id = detail.row.token.id;
    let total: u64 = detail.counts.iter().map(|(_, count)| count).sum();
    if total == 0 {
        return view! { <p class="sub">"No delegate has registered with it."</p> }.into_any();
    }
    let of = |(status, count): &(Status, u64)| Tab {
        label: status.label(),
        count: Some(count_label(*count)),
        to: delegates_href(id, Some(*status)),
        current: false,
        wanted: *status == Status::PendingApproval && *count > 0,
    };
    let tabs = detail.counts.iter().filter(|(_, count)| *count > 0).map(of).collect();
    let shown = u64::try_from(detail.newest.len()).unwrap_or(u64::MAX);
    view! {
        <Tabs label="Delegates by status" tabs=tabs />
        {plain_table(&["Delegate", "Status", "Last heard"], detail.newest.clone(), user)}
        {(shown < total).then(|| {
            view! {
                <p class="foot">
                    <a class="link" href=delegates_href(id, None).to_string()>
                        {format!("All {} delegates of this token", count_label(total))}
                    </a>
                </p>
            }
        })}
    }
    .into_any()
}

fn user(user: TokenUser) -> impl IntoView {
    view! {
        <tr>
            <td data-label="Delegate" translate="no">
                <a class="t" href=detail_href(user.id).to_string()>
                    {user.name}
                </a>
                <span class="s">{user.host_name}</span>
            </td>
            <td data-label="Status">
                <DelegateStatus status=user.status />
            </td>
            <td data-label="Last heard" class="muted">
                <Time at=user.last_heartbeat_at />
            </td>
        </tr>
    }
}

/// Who was turned away with it.
pub fn refused(calls: &[RefusedCalls]) -> AnyView {
    if calls.is_empty() {
        return view! { <p class="sub">"Nobody was refused with this token."</p> }.into_any();
    }
    plain_table(&["Last", "From", "Why", "Calls"], calls.to_vec(), |call| {
        let RefusedCalls { address, reason, name, count, first_at, last_at } = call;
        let several = count > 1;
        view! {
            <tr>
                <td data-label="Last">
                    <Time at=last_at />
                </td>
                <td data-label="From" translate="no">
                    {if address.is_empty() {
                        view! { <span class="muted">"further addresses"</span> }.into_any()
                    } else {
                        view! { <code>{address}</code> }.into_any()
                    }}
                    {(!name.is_empty()).then(|| view! { <span class="second">{name}</span> })}
                </td>
                <td data-label="Why">{sentence(&reason)}</td>
                <td data-label="Calls">
                    {count.to_string()}
                    {several.then(|| view! { <span class="second">"since " <Time at=first_at /></span> })}
                </td>
            </tr>
        }
    })
}

/// A phrase as a sentence begins.
fn sentence(phrase: &str) -> String {
    let mut chars = phrase.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Files with its value in them, and links to such.
pub fn handed_out(rows: &[HandOut]) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="sub">"None were made with this token lately."</p> }.into_any();
    }
    plain_table(&["When", "What", "By", "From"], rows.to_vec(), |row| {
        let what = match row.action {
            Action::InstallLinkCreated => "Link made",
            _ => "Files handed out",
        };
        view! {
            <tr>
                <td data-label="When">
                    <Time at=row.at />
                </td>
                <td data-label="What">
                    {what}
                    <span class="second detail" translate="no">{row.detail}</span>
                </td>
                <td data-label="By" translate="no">{row.by}</td>
                <td data-label="From" translate="no">
                    <code>{row.address}</code>
                </td>
            </tr>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn phrases_begin_as_sentences_do() {
        assert_eq!((sentence("the token is revoked").as_str(), sentence("").as_str()), ("The token is revoked", ""));
    }
}
