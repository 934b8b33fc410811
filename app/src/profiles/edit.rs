//! The form of a profile.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use muster::profile::{Profile, ProfileDetail};

use super::api::{CreateProfile, EditProfile, get_profile};
use crate::{
    session::ManagersOnly,
    ui::{
        button::{LeaveForm, SubmitButton},
        field::{CheckField, TextArea, TextField},
        form::Form,
        href::Href,
        load::render,
        params::{parse_id, use_id},
    },
};

const CANCEL_ID: &str = "profile-cancel";

/// The page that makes a profile.
#[component]
pub fn NewProfilePage() -> impl IntoView {
    view! {
        <Title text="Add Delegate Profile" />
        <Crumb />
        <div class="head">
            <h1>"Add Delegate Profile"</h1>
        </div>
        <div class="card form-card">
            <Form action=CreateProfile::PATH>
                <Fields profile=None />
                <div class="form-actions">
                    <Cancel />
                    <SubmitButton label="Submit" busy="Saving…" />
                </div>
            </Form>
            <LeaveForm id=CANCEL_ID to=Href::new("/profiles") />
        </div>
    }
}

/// The page that changes a profile.
#[component]
pub fn EditProfilePage() -> impl IntoView {
    let id = use_id();
    // Not kept up to date: what somebody types is not to be replaced. The revision finds out who was first.
    let profile = async move { get_profile(parse_id(&id)?).await };
    view! {
        <Title text="Delegate Profile" />
        <Crumb />
        {render(profile, |detail| view! { <EditForm detail=detail /> })}
    }
}

#[component]
fn EditForm(detail: ProfileDetail) -> impl IntoView {
    let ProfileDetail { row, .. } = detail;
    let profile = row.profile;
    let used = match row.delegates {
        0 => "No delegate has this profile.".to_owned(),
        1 => "1 delegate has this profile. Once admitted, it runs the startup script again after a change.".to_owned(),
        count => format!(
            "{count} delegates have this profile. Those that are admitted run the startup script again after a change."
        ),
    };
    view! {
        <Title text=profile.spec.name.to_string() />
        <div class="head">
            <h1>{profile.spec.name.to_string()}</h1>
        </div>
        <p class="sub">{used}</p>
        <div class="card form-card">
            <Form action=EditProfile::PATH>
                <input type="hidden" name="id" value=profile.id.to_string() />
                <input type="hidden" name="seen" value=profile.revision.to_string() />
                <Fields profile=Some(profile) />
                <div class="form-actions">
                    <Cancel />
                    <ManagersOnly>
                        <SubmitButton label="Submit" busy="Saving…" />
                    </ManagersOnly>
                </div>
            </Form>
            <LeaveForm id=CANCEL_ID to=Href::new("/profiles") />
        </div>
    }
}

#[component]
fn Crumb() -> impl IntoView {
    view! {
        <p class="crumb">
            <a class="link" href="/profiles">
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

#[component]
fn Fields(profile: Option<Profile>) -> impl IntoView {
    let primary = profile.as_ref().is_some_and(|profile| profile.primary);
    let name = profile.as_ref().map(|profile| profile.spec.name.to_string()).unwrap_or_default();
    let selectors = profile.as_ref().map(|profile| profile.spec.selectors.to_string()).unwrap_or_default();
    let checked = profile.as_ref().is_some_and(|profile| profile.spec.requires_approval);
    let (description, script) =
        profile.map(|profile| (profile.spec.description, profile.spec.startup_script)).unwrap_or_default();
    view! {
        <TextField
            name="name"
            label="Name"
            value=name
            readonly=primary
            hint=if primary { "Every account has Primary: it keeps its name." } else { "" }
        />
        <TextArea name="description" label="Description" value=description rows=2 />
        <TextArea
            name="startup_script"
            label="Startup Script"
            value=script
            rows=10
            mono=true
            hint="Runs on each delegate of this profile once it is admitted, and again when the script changes or the \
            profile is applied to a delegate; at most 10 minutes. The output is on the delegate's page. Write a secret \
            as ${secrets.getValue(\"name\")}, with or without quotes: a shell gets its value whole, as one word. It is \
            masked in the output, but not where the script compresses, encrypts, hashes or rearranges it, or writes \
            only part of it."
        />
        <CheckField
            name="requires_approval"
            label="Delegate Requires Approval"
            checked=checked
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
