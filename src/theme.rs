//! Whether the console is light or dark.

use serde::{Deserialize, Serialize};

use crate::named_enum::named_enum;

named_enum! {
    /// How the console looks: what a person chose for a browser.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Theme: slug, label {
        /// As the browser and its system are set.
        #[default]
        System = "system", "System";
        /// Dark on light.
        Light = "light", "Light";
        /// Light on dark.
        Dark = "dark", "Dark";
    }
}

#[cfg(test)]
mod tests {
    use super::Theme;

    #[test]
    fn a_form_and_a_cookie_have_the_same_words() {
        for theme in Theme::ALL {
            assert_eq!(Theme::from_slug(theme.slug()), Some(theme));
            assert_eq!(serde_json::to_value(theme).unwrap(), theme.slug());
        }
        assert_eq!(Theme::from_slug("DARK"), None);
    }
}
