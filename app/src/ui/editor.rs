//! The field of a script. Without scripts it is a text area; with them it has colours, numbers of lines, and a Tab key
//! that indents (`browser/editor.rs`).

use leptos::prelude::*;
use muster::secret::SecretName;

use super::{
    field::{Below, Parts, initial, parts, textarea_html},
    icon::Icon,
};

/// How many lines of a script are seen at once, at least.
const ROWS: i32 = 16;

/// The field of a script.
#[component]
pub fn ScriptField(
    name: &'static str,
    label: &'static str,
    value: String,
    hint: &'static str,
    /// The secrets that it can name: they can be chosen from a list. None for who may not know them.
    secrets: Option<Vec<SecretName>>,
) -> impl IntoView {
    let parts = parts(name, hint);
    let (invalid, focus) = (parts.invalid(), parts.takes_focus_if_wrong());
    let Parts { id, described, error, .. } = parts;
    let html = textarea_html(&initial(name, value));
    view! {
        <div class="field">
            <div class="field-head">
                <label for=id.clone()>{label}</label>
                {secrets.map(|secrets| view! { <SecretPicker secrets=secrets /> })}
            </div>
            <div class="editor" data-editor="">
                <pre class="editor-lines mono" aria-hidden="true"></pre>
                <pre class="editor-layer mono" aria-hidden="true"></pre>
                <textarea
                    class="input mono"
                    id=id.clone()
                    name=name
                    rows=ROWS.to_string()
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    wrap="off"
                    autofocus=focus
                    aria-invalid=invalid
                    aria-describedby=described
                    inner_html=html
                ></textarea>
            </div>
            <Below id=id hint=hint error=error />
        </div>
    }
}

/// What a script writes to get a secret's value.
#[must_use]
pub fn reference(name: &SecretName) -> String {
    format!("${{secrets.getValue(\"{name}\")}}")
}

/// The secrets that a script can name. With scripts a press types the reference; without, it is there to be copied.
#[component]
fn SecretPicker(secrets: Vec<SecretName>) -> impl IntoView {
    let none = secrets.is_empty();
    let entry = |name: SecretName| {
        let text = reference(&name);
        view! {
            <li class="more-entry">
                <button type="button" class="needs-scripts" data-insert=text.clone()>
                    {name.to_string()}
                </button>
                <code class="no-scripts">{text}</code>
            </li>
        }
    };
    view! {
        <details class="more picker" name="menu" data-menu="">
            <summary class="btn small">{Icon::Secrets.draw()} "Insert a secret"</summary>
            <ul class="more-list" aria-label="Secrets" translate="no">
                {secrets.into_iter().map(entry).collect_view()}
                {none.then(|| view! { <li class="muted picker-none">"There is none that this profile may use."</li> })}
            </ul>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use muster::secret::{SecretName, references};

    use super::reference;

    #[test]
    fn what_is_inserted_is_what_scripts_are_read_for() {
        let name = SecretName::parse("npm_token-2.x").unwrap();
        assert_eq!(reference(&name), r#"${secrets.getValue("npm_token-2.x")}"#);
        assert_eq!(references(&reference(&name)).unwrap(), [name]);
    }
}
