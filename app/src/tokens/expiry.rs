//! Until when a token is good: how a form asks for it, and how pages say it.

use std::collections::BTreeMap;

use leptos::prelude::*;
use muster::{
    time::Timestamp,
    token::{DEFAULT_DAYS, ON_A_DATE, TokenRow, TokenStatus},
};

use crate::ui::{
    field::{SelectField, TextField},
    time::Time,
};

/// The fields that ask for it: some spans, never, or a date of one's own.
#[component]
pub fn ExpiryFields() -> impl IntoView {
    view! {
        <div class="expiry">
            <SelectField name="expires_in_days" label="Expires" options=lifetimes() value=DEFAULT_DAYS />
            // Without styles or in an old browser it is always there, and read only where a date is chosen.
            <div class="expiry-date">
                <TextField
                    name="expires_at"
                    label="Date and time"
                    kind="datetime-local"
                    step="1"
                    hint="In UTC, to the second. Used where On a date is chosen."
                />
            </div>
        </div>
    }
}

/// How long a token may live: what the form sends, and what people read.
fn lifetimes() -> Vec<(String, String)> {
    let days = [7, 30, 90, 180, 365].map(|days| (days.to_string(), format!("In {days} days")));
    let date = (ON_A_DATE.to_owned(), "On a date…".to_owned());
    days.into_iter().chain([date, (String::new(), "Never".to_owned())]).collect()
}

/// What somebody chose in these fields, as people read it.
pub fn typed_expiry(typed: &BTreeMap<String, String>) -> String {
    let of = |name: &str| typed.get(name).map(String::as_str).unwrap_or_default();
    match of("expires_in_days") {
        ON_A_DATE => format!("{} UTC", of("expires_at").replace('T', " ")),
        days => lifetimes().into_iter().find_map(|(value, text)| (value == days).then_some(text)).unwrap_or_default(),
    }
}

/// "Expires in 6 days", "Expired 1 h ago", or that it does not.
pub fn expiry_text(row: &TokenRow) -> AnyView {
    let Some(at) = row.token.expires_at else {
        return view! { <span class="muted">"Never expires"</span> }.into_any();
    };
    expires(at, row.status, row.expires_soon)
}

fn expires(at: Timestamp, status: TokenStatus, soon: bool) -> AnyView {
    let verb = match status {
        TokenStatus::Expired => "Expired ",
        TokenStatus::Active | TokenStatus::Revoked => "Expires ",
    };
    let alarming = soon || status == TokenStatus::Expired;
    view! {
        <span class="nowrap" class:alarm=alarming>
            {verb}
            <Time at=at />
        </span>
    }
    .into_any()
}
