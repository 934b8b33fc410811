//! How far a rotation is: the two tokens, the counts, and whether the old token can be revoked.

use leptos::prelude::*;
use muster::{
    page::count_label,
    token::{TokenRotation, TokenRow, TokenStatus},
};

use crate::{
    tokens::status::TokenMark,
    ui::{
        icon::Icon,
        time::{Time, time_or},
    },
};

/// What the page says above everything else.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Verdict {
    class: &'static str,
    icon: Icon,
    /// Whole sentences.
    text: String,
}

/// The notice that tells whether the old token can be revoked, and what is missing where it cannot.
pub fn verdict_notice(rotation: &TokenRotation) -> impl IntoView + use<> {
    let Verdict { class, icon, text } = verdict(rotation);
    view! {
        <div role="status">
            <div class=class>
                {icon.draw()}
                <p>{text}</p>
            </div>
        </div>
        {trouble_with_successor(rotation).map(|text| {
            view! {
                <div class="notice notice-bad">
                    {Icon::Warning.draw()}
                    <p>{text}</p>
                </div>
            }
        })}
    }
}

fn verdict(rotation: &TokenRotation) -> Verdict {
    let old = &rotation.old.token.name;
    let ok = |text| Verdict { class: "notice notice-ok", icon: Icon::Done, text };
    let left = rotation.count_old + rotation.count_silent + rotation.count_refused;
    match rotation.old.status {
        TokenStatus::Revoked if left == 0 => ok(format!("{old} is revoked. The rotation is done.")),
        TokenStatus::Revoked => ok(format!(
            "{old} is revoked. The rotation is done. {} refused until {} the new token.",
            count(left, "delegate that last used it is", "delegates that last used it are"),
            if left == 1 { "it gets" } else { "they get" },
        )),
        TokenStatus::Expired => Verdict {
            class: "notice notice-wait",
            icon: Icon::RunOut,
            text: format!(
                "{old} has expired: it is refused already. Delegates work again once they have the new token."
            ),
        },
        TokenStatus::Active if rotation.safe_to_revoke => {
            let silent = match rotation.count_silent {
                0 => String::new(),
                1 => " 1 silent delegate last used it, and would be refused if it came back.".to_owned(),
                many => format!(
                    " {} silent delegates last used it, and would be refused if they came back.",
                    count_label(many)
                ),
            };
            ok(format!("Nothing uses {old} any more: it is safe to revoke.{silent}"))
        }
        TokenStatus::Active => {
            let missing = match (rotation.count_old, &rotation.old.last_used) {
                (0, Some((_, by))) => format!(
                    "{by} used it after the last delegate went over to the new token, and is not connected now. Wait \
                     until it is back with the new token; where it is gone for good, revoke {old} all the same."
                ),
                (0, None) => "Wait until its delegates have gone over to the new token.".to_owned(),
                (1, _) => {
                    "1 delegate is connected with it and would be cut off. Give it the new token first.".to_owned()
                }
                (many, _) => {
                    format!(
                        "{many} delegates are connected with it and would be cut off. Give them the new token first."
                    )
                }
            };
            let text = format!("{old} is still in use. {missing}");
            Verdict { class: "notice notice-wait", icon: Icon::Waiting, text }
        }
    }
}

fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// What is wrong with the new token, where something is.
fn trouble_with_successor(rotation: &TokenRotation) -> Option<String> {
    let Some(new) = &rotation.new else {
        return Some("The new token was deleted. Make another one, and give that to the delegates.".to_owned());
    };
    let name = &new.token.name;
    match new.status {
        TokenStatus::Active => None,
        TokenStatus::Revoked => Some(format!("{name} is revoked: no delegate can use it. Make another token.")),
        TokenStatus::Expired => Some(format!("{name} has expired: no delegate can use it. Make another token.")),
    }
}

/// The old token, the new one, and how many delegates have which.
pub fn progress(rotation: &TokenRotation) -> impl IntoView + use<> {
    view! {
        <div class="turns">
            <TokenPanel title="Old token" row=Some(rotation.old.clone()) />
            <span class="turns-arrow">{Icon::Next.draw()}</span>
            <TokenPanel title="New token" row=rotation.new.clone() />
        </div>
        <dl class="counts">
            <div>
                <dt>"Old token"</dt>
                <dd translate="no">{count_label(rotation.count_old)}</dd>
            </div>
            <div>
                <dt>"New token"</dt>
                <dd translate="no">{count_label(rotation.count_new)}</dd>
            </div>
            <div>
                <dt>"Silent"</dt>
                <dd translate="no">{count_label(rotation.count_silent)}</dd>
            </div>
            {(rotation.count_refused > 0).then(|| {
                view! {
                    <div>
                        <dt>"Refused"</dt>
                        <dd translate="no">{count_label(rotation.count_refused)}</dd>
                    </div>
                }
            })}
        </dl>
    }
}

#[component]
fn TokenPanel(title: &'static str, row: Option<TokenRow>) -> impl IntoView {
    let body = row.map_or_else(
        || view! { <p class="muted">"Deleted"</p> }.into_any(),
        |TokenRow { token, status, last_used, .. }| {
            let (at, by) = last_used.unzip();
            view! {
                <p class="turn-name">
                    <b>{token.name.to_string()}</b>
                    <TokenMark status=status />
                </p>
                <p class="second">"Last used: " {time_or(at, "never")} {by.map(|by| format!(" by {by}"))}</p>
                {token.expires_at.map(|at| view! { <p class="second">"Expires: " <Time at=at /></p> })}
            }
            .into_any()
        },
    );
    view! {
        <section class="card turn" aria-label=title>
            <h2>{title}</h2>
            {body}
        </section>
    }
}

#[cfg(test)]
mod tests {
    use muster::{
        id::{AccountId, TokenId},
        scope::Scope,
        time::Timestamp,
        token::{Restrictions, Token, TokenName},
    };
    use uuid::Uuid;

    use super::*;

    fn row(name: &str, status: TokenStatus) -> TokenRow {
        let token = Token {
            id: TokenId(Uuid::from_u128(1)),
            scope: Scope::account(AccountId(Uuid::nil())),
            name: TokenName::parse(name).unwrap(),
            created_by: String::new(),
            created_at: Timestamp::from_millis(0),
            expires_at: None,
            default_profile: None,
            requires_approval: false,
            restrictions: Restrictions::default(),
            revoked_at: None,
            rotation: None,
            changed: None,
            revision: 1,
        };
        TokenRow {
            token,
            status,
            connected: 0,
            last_used: Some((Timestamp::from_millis(5), "edge".into())),
            total: 0,
            registrations: 0,
            last_used_by: None,
            last_used_from: String::new(),
            expires_soon: false,
            refusals: Vec::new(),
        }
    }

    fn rotation(status: TokenStatus, counts: [u64; 2], safe_to_revoke: bool) -> TokenRotation {
        TokenRotation {
            old: row("one", status),
            new: Some(row("two", TokenStatus::Active)),
            count_old: counts[0],
            count_silent: counts[1],
            count_refused: 0,
            count_new: 0,
            delegates: Vec::new(),
            page: 0,
            safe_to_revoke,
        }
    }

    #[test]
    fn the_verdict_says_what_is_missing() {
        use TokenStatus::{Active, Expired, Revoked};
        for (status, counts, safe, text) in [
            (Active, [0, 0], true, "Nothing uses one any more: it is safe to revoke."),
            (Active, [0, 2], true, "2 silent delegates last used it, and would be refused if they came back."),
            (Active, [1, 0], false, "1 delegate is connected with it and would be cut off."),
            (Active, [3, 1], false, "3 delegates are connected with it"),
            (Active, [0, 1], false, "edge used it after the last delegate went over"),
            (Revoked, [0, 0], false, "one is revoked. The rotation is done."),
            (Revoked, [0, 1], true, "1 delegate that last used it is refused until it gets the new token."),
            (Expired, [0, 1], false, "one has expired"),
        ] {
            let verdict = verdict(&rotation(status, counts, safe));
            assert!(verdict.text.contains(text), "{}", verdict.text);
            assert_eq!(verdict.class == "notice notice-ok", status == Revoked || (safe && status == Active));
        }
    }

    #[test]
    fn a_successor_that_is_no_use_is_said_to_be() {
        let mut rotation = rotation(TokenStatus::Active, [0, 0], true);
        assert_eq!(trouble_with_successor(&rotation), None);
        rotation.new = Some(row("two", TokenStatus::Revoked));
        assert!(trouble_with_successor(&rotation).is_some_and(|text| text.contains("two is revoked")));
        rotation.new = None;
        assert!(trouble_with_successor(&rotation).is_some_and(|text| text.contains("deleted")));
    }
}
