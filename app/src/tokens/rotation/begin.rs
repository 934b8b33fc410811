//! Beginning a rotation: naming the successor.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::token::{TokenName, TokenStatus, TokenUse};

use super::rotation_href;
use crate::{
    tokens::{api::RotateToken, change::back_to_token, dialogs::load_token, expiry::ExpiryFields},
    ui::{
        dialog::{MessageDialog, render_dialog},
        field::TextField,
        form_dialog::{FormDialog, Submit},
        params::use_id,
    },
};

/// Asks for the successor's name and expiry, and says what follows.
#[component]
pub fn RotateTokenDialog() -> impl IntoView {
    let id = use_id();
    let back = back_to_token(&id);
    render_dialog(load_token(id), back.clone(), move |TokenUse { row, .. }| {
        let (id, name) = (row.token.id, row.token.name.to_string());
        let title = format!("Rotate {name}");
        if row.token.rotation.is_some() {
            return view! {
                <MessageDialog title=title back=back>
                    <p>
                        <b>{name}</b>
                        " has a successor already. "
                        <a class="link" href=rotation_href(id).to_string()>
                            "See how far its rotation is"
                        </a>
                        "."
                    </p>
                </MessageDialog>
            }
            .into_any();
        }
        view! {
            <FormDialog
                title=title
                back=back
                action=RotateToken::PATH
                id=id.to_string()
                submit=Submit::saves("Rotate", "Rotating…")
            >
                <ol class="points">
                    <li>"A new token is made, and its value is shown once."</li>
                    <li>"You give it to the delegates one by one; a page shows how, and who has it."</li>
                    <li>
                        <b>{name.clone()}</b>
                        {if row.status == TokenStatus::Expired {
                            " has expired: its delegates are refused until they have the new one, or you extend it."
                        } else {
                            " goes on working until you revoke it."
                        }}
                    </li>
                </ol>
                <TextField name="name" label="Name of the new token" value=successor(&name) />
                <ExpiryFields />
            </FormDialog>
        }
        .into_any()
    })
}

/// A name for the successor: the number at the end counted up, or else a number added.
fn successor(name: &str) -> String {
    let counted = name.rsplit_once('-').and_then(|(base, number)| {
        let plain = !base.is_empty() && number.bytes().all(|c| c.is_ascii_digit()) && !number.starts_with('0');
        let next = number.parse::<u32>().ok()?.checked_add(1)?;
        plain.then(|| (base.to_owned(), next))
    });
    let (base, next) = counted.unwrap_or_else(|| (name.to_owned(), 2));
    let ending = format!("-{next}");
    let room = TokenName::MAX_LENGTH.saturating_sub(ending.len());
    let base: String = base.chars().take(room).collect();
    format!("{}{ending}", base.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn successors_count_up() {
        for (name, next) in [
            ("default_token", "default_token-2"),
            ("edge-2", "edge-3"),
            ("edge-9", "edge-10"),
            ("2026-07", "2026-07-2"),
            ("edge-4294967295", "edge-4294967295-2"),
            ("-1", "-1-2"),
            ("edge-", "edge--2"),
            ("edge v1", "edge v1-2"),
        ] {
            assert_eq!(successor(name), next);
            assert!(TokenName::parse(&successor(name)).is_ok(), "{name}");
        }
    }

    #[test]
    fn successors_of_long_names_are_names() {
        for name in ["ä".repeat(64), format!("{}-9", "x".repeat(62)), format!("{} y", "x".repeat(61))] {
            let next = successor(&name);
            assert_eq!(TokenName::parse(&next).map(|name| name.to_string()), Ok(next));
        }
    }
}
