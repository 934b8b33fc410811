//! Choosing between light and dark.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::theme::Theme;

use super::api::ChooseTheme;
use crate::ui::form::Form;

/// A button for each theme; the one that is chosen is pressed.
#[component]
pub fn ThemeSwitch(
    /// The id of its label: a page may have a switch beside the one in the menu.
    #[prop(default = "theme-label")]
    label_id: &'static str,
    /// How its form looks.
    #[prop(default = "menu-form")]
    class: &'static str,
) -> impl IntoView {
    let chosen = use_context::<Theme>().unwrap_or_default();
    let one = move |theme: Theme| {
        view! {
            <button type="submit" name="theme" value=theme.slug() aria-pressed=(theme == chosen).to_string()>
                {theme.label()}
            </button>
        }
    };
    view! {
        <Form action=ChooseTheme::PATH class=class beside=true>
            <span id=label_id class="muted">"Theme"</span>
            <div class="segments" role="group" aria-labelledby=label_id>
                {Theme::ALL.map(one).collect_view()}
            </div>
        </Form>
    }
}
