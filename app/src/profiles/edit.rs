//! The form of a profile.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use muster::{
    id::ProfileId,
    page::count_label,
    profile::{Approval, ChangeSince, Profile, ProfileDetail, ProfileSpec},
    secret::SecretName,
};

use super::{
    api::{CreateProfile, EditProfile, get_change_since},
    changed::{Changed, RunsOnMany},
    frame::load_profile,
};
use crate::{
    secrets::api::list_usable_secrets,
    session::{ManagersOnly, may_manage},
    ui::{
        button::{LeaveForm, SubmitButton},
        editor::ScriptField,
        field::{SelectField, TextArea, TextField},
        form::{Form, Refused, use_overtaken, use_refused},
        href::{Href, at_scope},
        load::render,
        params::use_id,
    },
};

const CANCEL_ID: &str = "profile-cancel";

/// The page that makes a profile: an empty one, or one like that in the address.
#[component]
pub fn NewProfilePage() -> impl IntoView {
    let from = use_query_map().with_untracked(|query| query.get("from"));
    let like = async move {
        match from {
            Some(id) => load_profile(id).await.map(|detail| Some(detail.row.profile)),
            None => Ok(None),
        }
    };
    let names = secret_names(None);
    let like = async move { Ok((like.await?, names.await)) };
    view! {
        <Title text="Add Delegate Profile" />
        <Crumb />
        <div class="head">
            <h1>"Add Delegate Profile"</h1>
        </div>
        {render(like, |(like, secrets): (Option<Profile>, _)| {
            let name = like.as_ref().map(|like| format!("{} copy", like.spec.name)).unwrap_or_default();
            view! {
                <div class="card form-card wide">
                    <Form action=CreateProfile::PATH>
                        <Fields name=name spec=like.map(|like| like.spec) primary=false secrets=secrets />
                        <div class="form-actions">
                            <Cancel />
                            <SubmitButton label="Submit" busy="Saving…" />
                        </div>
                    </Form>
                    <LeaveForm id=CANCEL_ID to=Href::new("/profiles") />
                </div>
            }
        })}
    }
}

/// The page that changes a profile.
#[component]
pub fn EditProfilePage() -> impl IntoView {
    let id = use_id();
    let refused = use_refused(EditProfile::PATH).filter(|refused| refused.typed.get("id") == Some(&id));
    let seen = use_overtaken(EditProfile::PATH, &id).and_then(|typed| typed.get("seen")?.parse().ok());
    // Not kept up to date: what somebody types is not to be replaced. The revision finds out who was first.
    let profile = async move {
        let detail = load_profile(id).await?;
        let change = match seen {
            Some(seen) => get_change_since(detail.row.profile.id, seen).await?,
            None => None,
        };
        let secrets = secret_names(Some(detail.row.profile.id)).await;
        Ok((detail, change, secrets))
    };
    view! {
        <Title text="Edit Delegate Profile" />
        <Crumb />
        {render(profile, |(detail, change, secrets)| {
            view! { <EditForm detail=detail change=change refused=refused secrets=secrets /> }
        })}
    }
}

#[component]
fn EditForm(
    detail: ProfileDetail,
    /// What happened to it since the person saw it, where it could not be saved because of that.
    change: Option<ChangeSince>,
    /// What the person typed, where it was not saved.
    refused: Option<Refused>,
    secrets: Option<Vec<SecretName>>,
) -> impl IntoView {
    let ProfileDetail { row, admitted, saved_only, .. } = detail;
    let profile = row.profile;
    let asks = refused.as_ref().is_some_and(|refused| refused.field == "confirmed") && admitted > 0;
    let typed = refused.map(|refused| refused.typed).unwrap_or_default();
    let saved = profile.clone();
    // Made within the form, whose error it shows.
    let above = move || match change {
        Some(change) => view! { <Changed profile=saved change=change typed=typed /> }.into_any(),
        None if asks => view! { <RunsOnMany profile=saved admitted=admitted typed=typed /> }.into_any(),
        None => ().into_any(),
    };
    let to = Href::new(format!("/profiles/{}", profile.id));
    let name = profile.spec.name.to_string();
    view! {
        <Title text=format!("Edit {name}") />
        <div class="head">
            <h1 translate="no">{format!("Edit {name}")}</h1>
        </div>
        <p class="sub">{runs_on(admitted, saved_only)}</p>
        <div class="card form-card wide">
            <Form action=EditProfile::PATH>
                <input type="hidden" name="id" value=profile.id.to_string() />
                <input type="hidden" name="seen" value=profile.revision.to_string() />
                {above()}
                <Fields name=name spec=Some(profile.spec) primary=profile.primary secrets=secrets />
                <div class="form-actions">
                    <Cancel />
                    <ManagersOnly>
                        <SaveButtons admitted=admitted />
                    </ManagersOnly>
                </div>
            </Form>
            <LeaveForm id=CANCEL_ID to=to />
        </div>
    }
}

/// The secrets that a profile's script can name; none for who may not know them.
fn secret_names(profile: Option<ProfileId>) -> impl Future<Output = Option<Vec<SecretName>>> + Send {
    let may = may_manage();
    async move { if may { list_usable_secrets(profile).await.ok() } else { None } }
}

/// What a change of the script does.
fn runs_on(admitted: u64, saved_only: bool) -> String {
    let who = match admitted {
        0 => return "No delegate runs its script now. Those that are approved run the newest version.".to_owned(),
        1 => "1 delegate runs its script. It".to_owned(),
        count => format!("{} delegates run its script. They", count_label(count)),
    };
    let newest = if saved_only { "The version below was saved and not run. " } else { "" };
    format!("{newest}{who} can run a changed script at once, or keep the version they have until you run it on them.")
}

/// The ways to save. The first one is that which the key Enter takes: it runs nothing.
#[component]
fn SaveButtons(admitted: u64) -> impl IntoView {
    if admitted == 0 {
        return view! { <SubmitButton label="Save" busy="Saving…" /> }.into_any();
    }
    let label = match admitted {
        1 => "Save and run on 1 delegate".to_owned(),
        count => format!("Save and run on {} delegates", count_label(count)),
    };
    view! {
        <button type="submit" class="btn" data-busy="Saving…">
            <span>"Save without running"</span>
        </button>
        <button type="submit" class="btn primary" name="run" value="true" data-busy="Saving…">
            <span>{label}</span>
        </button>
    }
    .into_any()
}

#[component]
fn Crumb() -> impl IntoView {
    view! {
        <p class="crumb">
            <a class="link" href=at_scope("/profiles")>
                "Delegate Profiles"
            </a>
        </p>
    }
}

#[component]
fn Cancel() -> impl IntoView {
    view! {
        <button type="submit" form=CANCEL_ID class="btn">
            "Cancel"
        </button>
    }
}

/// What the form sends, and what people read.
fn approvals() -> Vec<(String, String)> {
    let text = |approval| match approval {
        Approval::Off => "Off: they work at once",
        Approval::Warn => "Warn: they work at once, and are marked",
        Approval::Require => "Require: they wait for a person",
    };
    Approval::ALL.map(|approval| (approval.slug().to_owned(), text(approval).to_owned())).to_vec()
}

#[component]
fn Fields(
    name: String,
    spec: Option<ProfileSpec>,
    primary: bool,
    /// The secrets that its script can name; none for who may not know them.
    secrets: Option<Vec<SecretName>>,
) -> impl IntoView {
    let selectors = spec.as_ref().map(|spec| spec.selectors.to_string()).unwrap_or_default();
    let approval = spec.as_ref().map(|spec| spec.approval).unwrap_or_default();
    let (description, script) = spec.map(|spec| (spec.description, spec.startup_script)).unwrap_or_default();
    view! {
        <TextField
            name="name"
            label="Name"
            value=name
            readonly=primary
            hint=if primary { "Every account has Primary: it keeps its name." } else { "" }
        />
        <TextArea name="description" label="Description" value=description rows=2 />
        <ScriptField
            name="startup_script"
            label="Startup Script"
            value=script
            hint="Runs on each delegate of this profile once it is approved, when somebody runs it on them, and when the \
            profile is applied to a delegate; at most 10 minutes. The output is on the delegate's page. Write a secret \
            as ${secrets.getValue(\"name\")}, with or without quotes: a shell gets its value whole, as one word. It is \
            masked in the output, but not where the script compresses, encrypts, hashes or rearranges it, or writes \
            only part of it."
            secrets=secrets
        />
        <SelectField
            name="approval"
            label="Delegate Requires Approval"
            options=approvals()
            value=approval.slug()
            hint="Applies only to delegates that register from now on; no effect on registered ones."
        />
        <TextField
            name="selectors"
            label="Selectors"
            value=selectors
            hint="Separated by commas. Every delegate of this profile inherits them."
        />
    }
}
