//! Ids in the paths of pages.

use std::{fmt::Display, str::FromStr};

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::error::ConsoleError;

/// The text where the path of this page has an id; empty where it has none.
pub fn use_id() -> String {
    use_params_map().with_untracked(|params| params.get_str("id").unwrap_or_default().to_owned())
}

/// Reads an id out of the path of a page.
///
/// # Errors
/// What is no id is not found.
pub fn parse_id<I>(text: &str) -> Result<I, ConsoleError>
where
    I: FromStr<Err: Display>,
{
    text.parse().map_err(ConsoleError::not_found)
}
