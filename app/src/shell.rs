//! The HTML document around the console.

use leptos::prelude::*;
use leptos_meta::MetaTags;
use muster::theme::Theme;

use crate::app::App;

/// Where the console's files are: their names hold a hash of their content, so the server has to tell.
#[derive(Clone, Debug)]
pub struct Assets {
    /// The stylesheet.
    pub css: String,
    /// The typeface; none where the console was not built.
    pub font: Option<String>,
    /// The module that loads the WebAssembly.
    pub js: String,
    /// The WebAssembly.
    pub wasm: String,
    /// The script of the worker that has the event stream of all tabs.
    pub worker: String,
    /// The icon.
    pub icon: String,
    /// The icon while somebody waits for a decision.
    pub icon_waiting: String,
    /// Which build this is: a page of another build offers to reload.
    pub build_id: String,
}

/// The whole document.
pub fn shell(assets: Assets) -> impl IntoView {
    let nonce = use_nonce();
    let start = format!(
        "import init, {{ start }} from {js}; await init({{ module_or_path: {wasm} }}); start();",
        js = js_string(&assets.js),
        wasm = js_string(&assets.wasm),
    );
    let theme = use_context::<Theme>().filter(|theme| *theme != Theme::System).map(Theme::slug);
    let font = assets.font.map(|font| {
        view! { <link rel="preload" href=font r#as="font" type="font/woff2" crossorigin="anonymous" /> }
    });
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme data-build=assets.build_id data-worker=assets.worker>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content=theme.unwrap_or("light dark") />
                <meta name="robots" content="noindex, nofollow" />
                <meta name="referrer" content="same-origin" />
                <link rel="stylesheet" href=assets.css />
                <link
                    rel="icon"
                    type="image/svg+xml"
                    href=assets.icon.clone()
                    data-plain=assets.icon
                    data-marked=assets.icon_waiting
                />
                {font}
                <link rel="modulepreload" href=assets.js nonce=nonce.clone() />
                <link rel="preload" href=assets.wasm r#as="fetch" type="application/wasm" crossorigin="anonymous" />
                <script type="module" nonce=nonce>
                    {start}
                </script>
                <MetaTags />
            </head>
            <body>
                <App />
                <div id="crashed" class="banner banner-bad" role="alert" hidden>
                    <p>"Something went wrong in this page. What the server holds is not affected."</p>
                    <form method="get">
                        <button class="btn small" type="submit">"Reload"</button>
                    </form>
                </div>
            </body>
        </html>
    }
}

/// A string literal of JavaScript that also does inside of a `<script>` element.
fn js_string(text: &str) -> String {
    let mut literal = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                literal.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c if c.is_control() => literal.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

#[cfg(test)]
mod tests {
    use super::js_string;

    #[test]
    fn a_path_cannot_leave_its_string() {
        assert_eq!(js_string("/assets/app.1f.js"), "\"/assets/app.1f.js\"");
        assert_eq!(js_string("\"</script>\n"), r#""\u0022\u003c/script\u003e\u000a""#);
    }
}
