//! What the address of the guided page says: the way to install, and everything that was chosen so far.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use muster::{
    install::{InstallFields, InstallKind},
    time::Timestamp,
};

use super::api::install_page;
use crate::ui::href::{Href, use_here};

/// What the query says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstallQuery {
    /// What was chosen.
    pub fields: InstallFields,
    /// Since when a delegate may have come of it, by the server's clock.
    pub since: Option<Timestamp>,
    /// The link that was made: an id.
    pub link: String,
    /// The file that is shown; empty for the first.
    pub file: String,
}

impl InstallQuery {
    fn read(here: &Href) -> Self {
        let text = |name: &str| here.get(name).map(str::to_owned);
        Self {
            fields: InstallFields::read(text),
            since: here.get("since").and_then(|since| since.parse().ok()).map(Timestamp::from_millis),
            link: text("link").unwrap_or_default(),
            file: text("file").unwrap_or_default(),
        }
    }

    /// The setup, where everything that follows from it is open again.
    #[must_use]
    pub fn setup(&self, kind: InstallKind) -> Href {
        install_page(&self.fields, kind, "")
    }

    /// The review.
    #[must_use]
    pub fn review(&self, kind: InstallKind) -> Href {
        self.later(kind, "review").with("file", &self.file)
    }

    /// The page that waits, or a dialog on it.
    #[must_use]
    pub fn verify(&self, kind: InstallKind, dialog: &str) -> Href {
        self.later(kind, &format!("verify{dialog}"))
    }

    fn later(&self, kind: InstallKind, step: &str) -> Href {
        let since = self.since.map(Timestamp::as_millis);
        install_page(&self.fields, kind, step).with_some("since", since).with("link", &self.link)
    }
}

/// What the query of this page says.
pub fn use_install_query() -> InstallQuery {
    InstallQuery::read(&use_here())
}

/// The way to install that the path of this page names; none where there is no such way.
pub fn use_kind() -> Option<InstallKind> {
    use_params_map().with_untracked(|params| params.get_str("kind").and_then(InstallKind::from_slug))
}

/// What was chosen, as fields of a form that nobody sees.
pub fn hidden_fields(fields: &InstallFields) -> Vec<AnyView> {
    let filled = fields.pairs().into_iter().filter(|(_, value)| !value.is_empty());
    filled.map(|(name, value)| view! { <input type="hidden" name=name value=value.to_owned() /> }.into_any()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_keeps_what_was_chosen_before() {
        let here = Href::parse("/install/docker/review?name=edge-1&since=7&link=x&file=README.txt").unwrap();
        let query = InstallQuery::read(&here);
        let kind = InstallKind::Docker;
        assert_eq!(query.setup(kind).to_string(), "/install/docker?name=edge-1");
        assert_eq!(query.verify(kind, "").to_string(), "/install/docker/verify?name=edge-1&since=7&link=x");
        assert_eq!(InstallQuery::read(&query.review(kind)), query);
        assert_eq!(InstallQuery::read(&Href::new("/install/docker").with("since", "soon")), InstallQuery::default());
    }
}
