//! Colours for the text of files, here and in the browser. The text itself is never changed.

#[cfg(not(target_arch = "wasm32"))]
pub mod json;
pub mod scan;
pub mod shell;
#[cfg(not(target_arch = "wasm32"))]
pub mod yaml;

use scan::Part;

/// What a person tells a piece of a file by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Plain,
    Comment,
    /// The name of something that gets a value.
    Key,
    Text,
    /// A number, or a word of the language.
    Word,
    Variable,
    /// Dots that stand for a secret: the editor has none.
    #[cfg(not(target_arch = "wasm32"))]
    Hidden,
}

impl Look {
    const fn class(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Comment => Some("code-comment"),
            Self::Key => Some("code-key"),
            Self::Text => Some("code-text"),
            Self::Word => Some("code-word"),
            Self::Variable => Some("code-variable"),
            #[cfg(not(target_arch = "wasm32"))]
            Self::Hidden => Some("code-hidden"),
        }
    }
}

/// Pieces of a text as HTML.
pub fn html(parts: &[Part<'_>]) -> String {
    let mut html = String::new();
    for (look, text) in parts {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        match look.class() {
            Some(class) => html.extend(["<span class=\"", class, "\">", &text, "</span>"]),
            None => html.push_str(&text),
        }
    }
    html
}

/// Whether a script is coloured as a shell's: unless its first line names another interpreter.
pub fn is_shell(script: &str) -> bool {
    let first = script.lines().next().unwrap_or_default();
    !first.starts_with("#!") || first.contains("sh")
}

/// The pieces of a script.
#[cfg(any(target_arch = "wasm32", test))]
pub fn script(text: &str) -> Vec<Part<'_>> {
    if is_shell(text) { shell::read(scan::Scan::new(text)) } else { vec![(Look::Plain, text)] }
}
