//! Pages that stand alone, without the way around.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{icon::Icon, tab::Tab};

/// A page with a single card in its middle.
#[component]
pub fn StandalonePage(
    /// The title of the browser's tab, and the heading.
    title: &'static str,
    /// Whether Muster's name stands above the heading.
    #[prop(optional)]
    brand: bool,
    children: Children,
) -> impl IntoView {
    let brand = brand.then(|| {
        view! {
            <p class="alone-brand">
                <span class="mark">{Icon::Muster.draw()}</span>
                "Muster"
            </p>
        }
    });
    view! {
        <Tab />
        <Title text=title />
        <main class="alone">
            <div class="alone-card">
                {brand}
                <h1>{title}</h1>
                {children()}
            </div>
        </main>
    }
}
