//! What stands above the form of a profile that was not saved: because somebody else changed it meanwhile, or because
//! its script would run on many delegates.

use std::collections::BTreeMap;

use leptos::prelude::*;
use muster::{
    page::count_label,
    profile::{Approval, ChangeSince, Profile},
    script::Difference,
};

use crate::ui::{
    changed::{ChangedMeanwhile, Differing},
    difference::DifferenceView,
    field::CheckField,
    href::Href,
};

/// What somebody else changed, and the two ways out: to save over it, or to take it.
#[component]
pub fn Changed(
    /// As it is saved now.
    profile: Profile,
    change: ChangeSince,
    /// What the person typed.
    typed: BTreeMap<String, String>,
) -> impl IntoView {
    let before = change.script_before.unwrap_or_default();
    let script = Difference::between(&before, &profile.spec.startup_script);
    view! {
        <ChangedMeanwhile
            by=change.by
            at=change.at
            rows=differing(&profile, &typed)
            theirs=Href::new(format!("/profiles/{}/edit", profile.id))
            kept="Every version of the script is kept."
        >
            {(!script.places.is_empty()).then(|| view! {
                <p>"The startup script was changed there:"</p>
                <DifferenceView label="What was changed in the startup script" difference=script />
            })}
        </ChangedMeanwhile>
    }
}

/// The fields that are saved otherwise than they were typed: label, saved, typed.
fn differing(profile: &Profile, typed: &BTreeMap<String, String>) -> Vec<Differing> {
    let spec = &profile.spec;
    let of = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let chosen = Approval::parse(&of("approval")).unwrap_or_default();
    let rows = [
        ("Name", spec.name.to_string(), of("name")),
        ("Description", spec.description.clone(), of("description")),
        ("Approval", spec.approval.label().to_owned(), chosen.label().to_owned()),
        ("Selectors", spec.selectors.to_string(), of("selectors")),
    ];
    rows.into_iter().filter(|(_, saved, typed)| saved.trim() != typed.replace("\r\n", "\n").trim()).collect()
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
