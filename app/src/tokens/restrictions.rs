//! What a token is good for: how a form asks for it, and how pages say it.

use std::collections::BTreeMap;

use leptos::prelude::*;
use muster::{
    delegate::DelegateType,
    token::{Restrictions, TokenRow, kinds_label, parse_kinds},
};

use crate::ui::{
    check_group::CheckGroup,
    field::{TextArea, TextField},
    form::FormState,
};

/// The fields that ask for it.
const FIELDS: [&str; 4] = ["max_registrations", "networks", "kinds", "name_pattern"];

/// The fields that ask for it. They are folded away while they restrict nothing.
#[component]
pub fn RestrictionFields(#[prop(optional)] value: Restrictions) -> impl IntoView {
    let form = use_context::<FormState>();
    let is_wrong = form.is_some_and(|form| FIELDS.iter().any(|field| form.error_of(field).is_some()));
    let is_open = is_wrong || value != Restrictions::default();
    let Restrictions { max_registrations, networks, kinds, name_pattern } = value;
    let types = DelegateType::ALL.map(|kind| (kind.code(), kind.label(), kinds.contains(&kind))).to_vec();
    view! {
        <details class="why restrictions" open=is_open>
            <summary>"Restrict what it is good for"</summary>
            <TextField
                name="max_registrations"
                label="Number of registrations"
                value=max_registrations.map(|most| most.to_string()).unwrap_or_default()
                hint="Empty for any number; 1 for a token that works once. A delegate that comes back is not counted."
            />
            <TextArea
                name="networks"
                label="Allowed networks"
                value=networks.to_string()
                rows=2
                mono=true
                hint="Such as 10.0.0.0/8, 192.0.2.7. Every request with this token has to come from there. Empty for all."
            />
            <CheckGroup
                name="kinds"
                label="Delegate types"
                options=types
                hint="Which may register for the first time. None ticked means all."
            />
            <TextField
                name="name_pattern"
                label="Delegate names"
                value=name_pattern.map(String::from).unwrap_or_default()
                hint="A pattern such as edge-*, where * stands for any characters. Empty for any name."
                mono=true
            />
        </details>
    }
}

/// What somebody chose in these fields beside what is saved: the name of each, saved and chosen, as people read them.
pub fn typed_restrictions(
    saved: &Restrictions,
    typed: &BTreeMap<String, String>,
) -> [(&'static str, String, String); 4] {
    let of = |name: &str| typed.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let or = |text: String, none: &str| if text.is_empty() { none.to_owned() } else { text };
    let kinds = typed.iter().filter(|(name, _)| name.starts_with("kinds[")).map(|(_, code)| code.as_str());
    let [registrations, networks, types, names] = told(saved);
    [
        (registrations.0, registrations.1, or(of("max_registrations"), ANY_NUMBER)),
        (networks.0, networks.1, or(networks_typed(&of("networks")), EVERYWHERE)),
        (types.0, types.1, kinds_label(&parse_kinds(kinds).unwrap_or_default())),
        (names.0, names.1, or(of("name_pattern"), ANY_NAME)),
    ]
}

/// As they would be saved, where they can be read.
fn networks_typed(text: &str) -> String {
    muster::networks::Networks::parse(text).map_or_else(|_| text.to_owned(), |networks| networks.to_string())
}

const ANY_NUMBER: &str = "Any number";
const EVERYWHERE: &str = "All";
const ANY_NAME: &str = "Any";

/// What a token is good for: what it is about, and what pages say of it.
fn told(restrictions: &Restrictions) -> [(&'static str, String); 4] {
    let Restrictions { max_registrations, networks, kinds, name_pattern } = restrictions;
    [
        ("Registrations", max_registrations.map_or_else(|| ANY_NUMBER.to_owned(), |most| most.to_string())),
        ("Allowed networks", if networks.is_empty() { EVERYWHERE.to_owned() } else { networks.to_string() }),
        ("Delegate types", kinds_label(kinds)),
        ("Delegate names", name_pattern.as_ref().map_or_else(|| ANY_NAME.to_owned(), ToString::to_string)),
    ]
}

/// "3 of 10 used", where the number is limited.
pub fn used(row: &TokenRow) -> Option<String> {
    let most = row.token.restrictions.max_registrations?;
    Some(match (row.registrations, most) {
        (used, most) if used >= most => format!("Used up: {used} of {most}"),
        (used, most) => format!("{used} of {most} used"),
    })
}

/// What a token's page says of it.
pub fn facts(row: &TokenRow) -> impl IntoView + use<> {
    let used = used(row);
    told(&row.token.restrictions)
        .into_iter()
        .map(|(what, text)| {
            let text = if what == "Registrations" { used.clone().unwrap_or(text) } else { text };
            view! {
                <div>
                    <dt>{what}</dt>
                    <dd translate="no">{text}</dd>
                </div>
            }
        })
        .collect_view()
}

#[cfg(test)]
mod tests {
    use muster::token::RestrictionFields;

    use super::*;

    #[test]
    fn what_was_chosen_stands_beside_what_is_saved() {
        let fields = RestrictionFields {
            max_registrations: "1".to_owned(),
            networks: "10.0.0.0/8".to_owned(),
            kinds: vec!["ECS".to_owned()],
            name_pattern: "edge-*".to_owned(),
        };
        let saved = fields.parse().unwrap();
        let typed = |fields: &[(&str, &str)]| {
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<BTreeMap<_, _>>()
        };
        let same =
            [("max_registrations", " 1 "), ("networks", "10.0.0.0/8"), ("kinds[3]", "ECS"), ("name_pattern", "edge-*")];
        assert!(typed_restrictions(&saved, &typed(&same)).iter().all(|(_, saved, typed)| saved == typed));
        let none = typed_restrictions(&saved, &typed(&[("name", "edge")]));
        let none = none.map(|(_, saved, typed)| (saved, typed));
        let expected = [("1", "Any number"), ("10.0.0.0/8", "All"), ("ECS Task", "All types"), ("edge-*", "Any")];
        assert_eq!(none, expected.map(|(saved, typed)| (saved.to_owned(), typed.to_owned())));
    }
}
