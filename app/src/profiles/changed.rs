//! What stands above the form of a profile that was not saved: because somebody else changed it meanwhile, or because
//! its script would run on many delegates.

use std::collections::BTreeMap;

use leptos::prelude::*;
use muster::{
    page::count_label,
    profile::{ChangeSince, Profile},
    script::Difference,
};

use crate::ui::{difference::DifferenceView, field::CheckField, icon::Icon, time::Time};

/// What somebody else changed, and the two ways out: to save over it, or to take it.
#[component]
pub fn Changed(
    /// As it is saved now.
    profile: Profile,
    change: ChangeSince,
    /// What the person typed.
    typed: BTreeMap<String, String>,
) -> impl IntoView {
    let who = if change.yours { "you, in another tab".to_owned() } else { change.by };
    let rows = differing(&profile, &typed);
    let before = change.script_before.unwrap_or_default();
    let script = Difference::between(&before, &profile.spec.startup_script);
    let theirs = format!("/profiles/{}/edit", profile.id);
    view! {
        <section class="changed" aria-label="What changed meanwhile">
            <h2>
                {Icon::Warning.draw()} "Changed by " <span translate="no">{who}</span> ", " <Time at=change.at />
            </h2>
            {(!rows.is_empty()).then(|| view! { <FieldsTable rows=rows /> })}
            {(!script.places.is_empty()).then(|| view! {
                <p>"The startup script was changed there:"</p>
                <DifferenceView label="What was changed in the startup script" difference=script />
            })}
            <p>
                "What you typed is below. Save it to replace what is saved now, or "
                <a class="link" href=theirs>
                    "take what is saved"
                </a>
                " and drop yours. Every version of the script is kept."
            </p>
        </section>
    }
}

/// The fields that are saved otherwise than they were typed: label, saved, typed.
fn differing(profile: &Profile, typed: &BTreeMap<String, String>) -> Vec<(&'static str, String, String)> {
    let spec = &profile.spec;
    let of = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let approval = |required: bool| if required { "Required" } else { "Not required" }.to_owned();
    let rows = [
        ("Name", spec.name.to_string(), of("name")),
        ("Description", spec.description.clone(), of("description")),
        ("Approval", approval(spec.requires_approval), approval(typed.contains_key("requires_approval"))),
        ("Selectors", spec.selectors.to_string(), of("selectors")),
    ];
    rows.into_iter().filter(|(_, saved, typed)| saved.trim() != typed.replace("\r\n", "\n").trim()).collect()
}

#[component]
fn FieldsTable(rows: Vec<(&'static str, String, String)>) -> impl IntoView {
    let row = |(label, saved, typed): (&'static str, String, String)| {
        view! {
            <tr>
                <th scope="row">{label}</th>
                <td>{saved}</td>
                <td>{typed}</td>
            </tr>
        }
    };
    view! {
        <table class="changed-fields">
            <thead>
                <tr>
                    <td></td>
                    <th scope="col">"Saved now"</th>
                    <th scope="col">"Yours"</th>
                </tr>
            </thead>
            <tbody translate="no">{rows.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

/// Asks whether a script may run on many delegates, beside what changes in it.
#[component]
pub fn RunsOnMany(
    /// As it is saved now.
    profile: Profile,
    /// How many delegates run it.
    admitted: u64,
    /// What the person typed.
    typed: BTreeMap<String, String>,
) -> impl IntoView {
    let script = typed.get("startup_script").map(|text| text.replace("\r\n", "\n")).unwrap_or_default();
    let difference = Difference::between(&profile.spec.startup_script, &script);
    view! {
        <section class="changed" aria-label="Before it runs">
            {(!difference.places.is_empty()).then(|| view! {
                <DifferenceView label="What changes in the startup script" difference=difference />
            })}
            <CheckField
                name="confirmed"
                label=format!("Run it on {} delegates", count_label(admitted))
                value=admitted.to_string()
            />
        </section>
    }
}
