//! Deleting a profile, and moving its delegates to Primary first where it has any.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::profile::ProfileDetail;

use super::api::{DeleteProfile, get_profile};
use crate::ui::{
    dialog::render_dialog,
    form_dialog::{FormDialog, Submit},
    href::Href,
    pagination::{use_cursor, with_cursor},
    params::{parse_id, use_id},
};

/// Asks before a profile is deleted.
#[component]
pub fn DeleteProfileDialog() -> impl IntoView {
    let id = use_id();
    let profile = async move { get_profile(parse_id(&id)?).await };
    let back = with_cursor(Href::new("/profiles"), &use_cursor());
    render_dialog(profile, back.clone(), move |detail| {
        let profile = &detail.row.profile;
        let (id, name) = (profile.id.to_string(), profile.spec.name.to_string());
        let used = detail.row.delegates > 0;
        let submit = if used { Submit::removes("Move to Primary and delete", "Moving…") } else { Submit::DELETE };
        view! {
            <FormDialog title=format!("Delete {name}?") back=back action=DeleteProfile::PATH id=id submit=submit>
                <p>
                    <b>{name}</b>
                    " and its startup script are deleted. This cannot be undone."
                </p>
                <p>
                    "Install files that name it stay as they are: delegates that are installed with them later \
                    wait for approval, and ask for a profile that does not exist."
                </p>
                <UsedBy detail=detail />
                {used.then(|| view! { <input type="hidden" name="move_delegates" value="true" /> })}
            </FormDialog>
        }
    })
}

#[component]
fn UsedBy(detail: ProfileDetail) -> impl IntoView {
    let ProfileDetail { row, used_by } = detail;
    let sentence = match row.delegates {
        0 => return view! { <p>"No delegate has it."</p> }.into_any(),
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
