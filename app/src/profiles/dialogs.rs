//! Deleting a profile, and moving its delegates to Primary first where it has any; running its script again; and
//! restoring an earlier version of that.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use muster::{
    page::count_label,
    profile::{ProfileDetail, Progress, Rollout, RunOn},
};

use super::{
    api::{DeleteProfile, RestoreVersion, RunScriptOn, get_profile, get_rollout},
    frame::load_profile,
    versions::{load_version, use_version},
};
use crate::ui::{
    dialog::render_dialog,
    field::CheckField,
    form_dialog::{FormDialog, Submit},
    href::Href,
    pagination::{use_cursor, with_cursor},
    params::{parse_id, use_id},
    time::Time,
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
    let ProfileDetail { row, used_by, .. } = detail;
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

/// How many delegates, in words.
fn delegates(count: u64) -> String {
    if count == 1 { "1 delegate".to_owned() } else { format!("{} delegates", count_label(count)) }
}

/// Asks before the script runs on the delegates that the address means: all, those on which it failed, or those that
/// were not asked to run the newest version.
#[component]
pub fn RunScriptDialog() -> impl IntoView {
    let which = use_query_map().with_untracked(|query| query.get_str("which").and_then(RunOn::from_slug));
    let which = which.unwrap_or(RunOn::All);
    let id = use_id();
    let back = Href::new(format!("/profiles/{id}"));
    let asked = async move {
        let detail = load_profile(id).await?;
        let rollout = get_rollout(detail.row.profile.id).await?;
        Ok((detail, rollout))
    };
    render_dialog(asked, back.clone(), move |(detail, rollout): (ProfileDetail, Rollout)| {
        let profile = detail.row.profile;
        let count = match which {
            RunOn::All => detail.admitted,
            RunOn::Failed => rollout.count(Progress::Failed),
            RunOn::Earlier => rollout.count(Progress::Earlier),
        };
        let words = delegates(count);
        let possible = count > 0 && profile.has_script();
        let sentence = match which {
            _ if !possible => "There is no delegate on which it could run now.".to_owned(),
            RunOn::All => format!("{words} of {} run its newest script once more.", profile.spec.name),
            RunOn::Failed => format!("The script failed on {words} of {}. It runs there again.", profile.spec.name),
            RunOn::Earlier => {
                format!("The newest script of {} was saved without running it. It runs on {words}.", profile.spec.name)
            }
        };
        view! {
            <FormDialog
                title=format!("Run the script on {words}?")
                back=back
                action=RunScriptOn::PATH
                id=profile.id.to_string()
                submit=Submit::saves("Run", "Asking…")
                possible=possible
            >
                <p>{sentence}</p>
                <p class="hint">"A delegate that is not connected runs it once it is."</p>
                // As the server function reads it.
                <input type="hidden" name="which" value=format!("{which:?}") />
            </FormDialog>
        }
    })
}

/// Asks before an earlier version becomes the newest.
#[component]
pub fn RestoreDialog() -> impl IntoView {
    let address = use_version();
    let back = Href::new(format!("/profiles/{}/versions/{}", address.0, address.1));
    render_dialog(load_version(address, None), back.clone(), move |detail| {
        let (profile, version) = (detail.profile, detail.version);
        let runs = detail.admitted > 0 && !version.script.trim().is_empty();
        let words = delegates(detail.admitted);
        view! {
            <FormDialog
                title=format!("Restore this script of {}?", profile.spec.name)
                back=back
                action=RestoreVersion::PATH
                id=profile.id.to_string()
                submit=Submit::saves("Restore", "Restoring…")
                possible=!detail.current
            >
                <p>
                    "The script as it was saved "
                    <Time at=version.saved_at />
                    " becomes the newest version. The others stay."
                </p>
                <input type="hidden" name="version" value=version.id.to_string() />
                <input type="hidden" name="seen" value=profile.revision.to_string() />
                {runs.then(|| view! { <CheckField name="run" label=format!("Run it on {words} now") /> })}
            </FormDialog>
        }
    })
}
