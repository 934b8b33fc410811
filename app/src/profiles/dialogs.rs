//! Deleting a profile, and moving its delegates to Primary first where it has any.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use muster::{id::ProfileId, profile::ProfileDetail};

use super::api::{DeleteProfile, get_profile};
use crate::{
    error::ConsoleError,
    ui::{
        button::SubmitButton,
        dialog::{CancelButton, Dialog, render_dialog},
        form::Form,
        href::Href,
        live::use_live,
        load::Loaded,
        pagination::{use_cursor, with_cursor},
    },
};

/// Asks before a profile is deleted.
#[component]
pub fn DeleteProfileDialog() -> impl IntoView {
    let cursor = use_cursor();
    let params = use_params_map();
    let live = use_live();
    let id = Memo::new(move |_| params.with(|params| params.get_str("id").unwrap_or_default().to_owned()));
    let profile = Loaded::<ProfileDetail>::new(
        move || (id.get(), live.map(|live| live.delegates.version())),
        |(id, _)| async move {
            let id: ProfileId = id.parse().map_err(ConsoleError::not_found)?;
            get_profile(id).await
        },
    );
    let back = Signal::derive(move || with_cursor(Href::new("/profiles"), cursor.get()));
    let delete = ServerAction::<DeleteProfile>::new();
    render_dialog(profile, back, move |detail| {
        let name = detail.with_untracked(|detail| detail.row.profile.spec.name.to_string());
        let used = Memo::new(move |_| detail.with(|detail| detail.row.delegates > 0));
        view! {
            <Dialog title=format!("Delete {name}?") back=back>
                <Form action=delete class="dialog-form">
                    <div class="dialog-body">
                        <p>
                            <b>{name}</b>
                            " and its startup script are deleted. This cannot be undone."
                        </p>
                        <p>
                            "Install files that name it stay as they are: delegates that are installed with them later \
                            wait for approval, and ask for a profile that does not exist."
                        </p>
                        <UsedBy detail=detail />
                        <input type="hidden" name="id" value=move || id.get() />
                    </div>
                    <footer>
                        <CancelButton />
                        {move || if used.get() {
                            view! {
                                <input type="hidden" name="move_delegates" value="true" />
                                <SubmitButton
                                    label="Move to Primary and delete"
                                    busy="Moving…"
                                    class="btn danger solid"
                                />
                            }
                            .into_any()
                        } else {
                            view! { <SubmitButton label="Delete" busy="Deleting…" class="btn danger solid" /> }
                                .into_any()
                        }}
                    </footer>
                </Form>
            </Dialog>
        }
    })
}

#[component]
fn UsedBy(detail: Signal<ProfileDetail>) -> impl IntoView {
    move || {
        let ProfileDetail { row, used_by } = detail.get();
        if row.delegates == 0 {
            return view! { <p>"No delegate has it."</p> }.into_any();
        }
        let sentence = match row.delegates {
            1 => "1 delegate has it and will be moved to Primary first:".to_owned(),
            count => format!("{count} delegates have it and will be moved to Primary first:"),
        };
        let named = u64::try_from(used_by.len()).unwrap_or(u64::MAX);
        let more = row.delegates.saturating_sub(named);
        view! {
            <p>{sentence}</p>
            <ul class="used" tabindex="0" aria-label="Delegates">
                {used_by
                    .into_iter()
                    .map(|name| {
                        view! {
                            <li>
                                <span class="t">{name}</span>
                            </li>
                        }
                    })
                    .collect_view()}
                {(more > 0).then(|| view! { <li class="muted">{format!("and {more} more")}</li> })}
            </ul>
        }
        .into_any()
    }
}
