//! Fields that somebody types into.

use leptos::prelude::*;

use super::{Field, initial};

/// One line of text.
#[component]
pub fn TextField(
    name: &'static str,
    label: &'static str,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] value: String,
    #[prop(default = "")] hint: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(optional)] placeholder: Option<&'static str>,
    #[prop(optional)] pattern: Option<&'static str>,
    #[prop(optional)] title: Option<&'static str>,
    #[prop(optional)] required: bool,
    #[prop(optional)] readonly: bool,
    #[prop(optional)] mono: bool,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let field = Field::new(name, hint);
    // A password never comes back from the server.
    let value = if kind == "password" { None } else { Some(initial(name, value)) };
    let plain = matches!(kind, "password" | "email") || mono;
    let control = view! {
        <input
            {..field.attributes()}
            class=if mono { "input mono" } else { "input" }
            type=kind
            value=value
            autocomplete=autocomplete
            autocapitalize=plain.then_some("none")
            spellcheck=plain.then_some("false")
            placeholder=placeholder
            pattern=pattern
            title=title
            required=required
            readonly=readonly
            autofocus=autofocus
        />
    };
    field.frame(label, control)
}

/// Several lines of text.
#[component]
pub fn TextArea(
    name: &'static str,
    label: &'static str,
    #[prop(optional, into)] value: String,
    #[prop(default = "")] hint: &'static str,
    #[prop(default = 3)] rows: i32,
    #[prop(optional)] mono: bool,
) -> impl IntoView {
    let field = Field::new(name, hint);
    let html = textarea_html(&initial(name, value));
    let control = view! {
        <textarea
            {..field.attributes()}
            class=if mono { "input mono" } else { "input" }
            rows=rows.to_string()
            autocomplete="off"
            autocapitalize=mono.then_some("none")
            spellcheck=mono.then_some("false")
            wrap=mono.then_some("off")
            inner_html=html
        ></textarea>
    };
    field.frame(label, control)
}

/// Several lines of text that nobody else is to read: hidden while they are typed, shown on request, and never filled in
/// by the server. The switch is one of the stylesheet, so that it works without scripts.
#[component]
pub fn SecretArea(
    name: &'static str,
    label: &'static str,
    #[prop(default = "")] hint: &'static str,
    #[prop(default = 3)] rows: i32,
) -> impl IntoView {
    let field = Field::new(name, hint);
    let show_id = format!("{}-show", field.id);
    view! {
        <div class="field veiled">
            <div class="field-head">
                <label for=field.id.clone()>{label}</label>
                <span class="veil">
                    <input type="checkbox" id=show_id.clone() autocomplete="off" />
                    <label for=show_id>"Show"</label>
                </span>
            </div>
            <textarea
                {..field.attributes()}
                class="input mono"
                rows=rows.to_string()
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
            ></textarea>
            {field.below()}
        </div>
    }
}

/// The content of a `<textarea>` as HTML. Leptos writes the children of one as they are, so that text could end the
/// element and go on as markup; as inner HTML, escaped here, it is the same on both sides and safe.
fn textarea_html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    // The parser of a document drops a line end that begins the text; the one of `innerHTML` keeps it.
    if cfg!(feature = "ssr") && escaped.starts_with('\n') { format!("\n{escaped}") } else { escaped }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_control_is_tied_to_its_label_and_its_hint() {
        let owner = Owner::new();
        let html = owner.with(|| view! { <TextField name="name" label="Name" hint="Unique." /> }.to_html());
        assert!(html.contains("<label for=\"name\">Name</label>"), "{html}");
        for attribute in ["id=\"name\"", "name=\"name\"", "aria-describedby=\"name-hint\""] {
            assert!(html.contains(attribute), "{html}");
        }
        assert!(!html.contains("aria-invalid"), "{html}");
    }

    #[test]
    fn text_cannot_leave_its_textarea() {
        let owner = Owner::new();
        let html = owner.with(|| {
            let value = "\n</textarea><script>alert(1)</script> &amp;";
            view! { <TextArea name="script" label="Script" value=value /> }.to_html()
        });
        assert!(
            html.contains("\n\n&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp;</textarea>"),
            "{html}"
        );
        assert_eq!(html.matches("</textarea>").count(), 1, "{html}");
    }
}
