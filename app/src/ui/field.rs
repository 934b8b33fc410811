//! Fields of forms: a label, the control, a hint, and the error beside it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use leptos::prelude::*;

use super::{form::FormState, icon::Icon};

/// Gives the focus to the first field below it.
#[derive(Clone, Debug, Default)]
pub struct FocusFirst(Arc<AtomicBool>);

impl FocusFirst {
    /// Whether this is the field. The next one is not.
    fn take() -> bool {
        use_context::<Self>().is_some_and(|Self(taken)| !taken.swap(true, Ordering::Relaxed))
    }
}

/// What the parts of a field share.
pub(super) struct Parts {
    pub(super) id: String,
    pub(super) described: Option<String>,
    pub(super) error: Option<String>,
    /// Whether it has the focus as the first field that is wrong; none where no field of the form is.
    focus: Option<bool>,
}

impl Parts {
    /// Whether the field has the focus at first: where fields are wrong the first of them has, or else one that `asks`
    /// for it, or the first one below [`FocusFirst`].
    pub(super) fn takes_focus(&self, asks: bool) -> bool {
        self.focus.unwrap_or_else(|| asks || FocusFirst::take())
    }

    /// The same for a field that has it only where it is wrong.
    pub(super) fn takes_focus_if_wrong(&self) -> bool {
        self.focus == Some(true)
    }

    pub(super) fn invalid(&self) -> Option<&'static str> {
        self.error.is_some().then_some("true")
    }
}

pub(super) fn parts(name: &'static str, hint: &'static str) -> Parts {
    let form = use_context::<FormState>();
    let id = form.as_ref().map_or_else(|| name.to_owned(), |form| form.register(name));
    let error = form.as_ref().and_then(|form| form.error_of(name));
    let focus = form.and_then(|form| form.focuses(error.is_some()));
    let described = [error.as_ref().map(|_| format!("{id}-error")), (!hint.is_empty()).then(|| format!("{id}-hint"))];
    let described: Vec<String> = described.into_iter().flatten().collect();
    Parts { id, described: (!described.is_empty()).then(|| described.join(" ")), error, focus }
}

pub(super) fn initial(name: &'static str, given: String) -> String {
    match use_context::<FormState>() {
        Some(form) => form.initial(name, given),
        None => given,
    }
}

/// What stands below a control.
#[component]
pub(super) fn Below(id: String, hint: &'static str, error: Option<String>) -> impl IntoView {
    view! {
        {error.map(|error| {
            view! {
                <p class="field-error" id=format!("{id}-error")>
                    {Icon::Warning.draw()}
                    <span>{error}</span>
                </p>
            }
        })}
        {(!hint.is_empty()).then(|| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> })}
    }
}

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
    /// Which keys a device without a keyboard shows.
    #[prop(optional)]
    inputmode: Option<&'static str>,
    #[prop(optional)] pattern: Option<&'static str>,
    #[prop(optional)] title: Option<&'static str>,
    /// The most characters that the browser lets somebody type.
    #[prop(optional)]
    max_length: Option<usize>,
    /// Of a date and time, how many seconds apart its values are.
    #[prop(optional)]
    step: Option<&'static str>,
    #[prop(optional)] required: bool,
    #[prop(optional)] readonly: bool,
    #[prop(optional)] mono: bool,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let parts = parts(name, hint);
    let (invalid, focus) = (parts.invalid(), parts.takes_focus(autofocus));
    let Parts { id, described, error, .. } = parts;
    // A password never comes back from the server.
    let value = if kind == "password" { None } else { Some(initial(name, value)) };
    let plain = matches!(kind, "password" | "email") || mono;
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                class=if mono { "input mono" } else { "input" }
                id=id.clone()
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                autocapitalize=plain.then_some("none")
                spellcheck=plain.then_some("false")
                placeholder=placeholder
                inputmode=inputmode
                pattern=pattern
                title=title
                maxlength=max_length.map(|most| most.to_string())
                step=step
                required=required
                readonly=readonly
                autofocus=focus
                aria-invalid=invalid
                aria-describedby=described
            />
            <Below id=id hint=hint error=error />
        </div>
    }
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
    let parts = parts(name, hint);
    let (invalid, focus) = (parts.invalid(), parts.takes_focus(false));
    let Parts { id, described, error, .. } = parts;
    let html = textarea_html(&initial(name, value));
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <textarea
                class=if mono { "input mono" } else { "input" }
                id=id.clone()
                name=name
                rows=rows.to_string()
                autocomplete="off"
                autocapitalize=mono.then_some("none")
                spellcheck=mono.then_some("false")
                wrap=mono.then_some("off")
                autofocus=focus
                aria-invalid=invalid
                aria-describedby=described
                inner_html=html
            ></textarea>
            <Below id=id hint=hint error=error />
        </div>
    }
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
    let parts = parts(name, hint);
    let (invalid, focus) = (parts.invalid(), parts.takes_focus(false));
    let Parts { id, described, error, .. } = parts;
    let show_id = format!("{id}-show");
    view! {
        <div class="field veiled">
            <div class="field-head">
                <label for=id.clone()>{label}</label>
                <span class="veil">
                    <input type="checkbox" id=show_id.clone() autocomplete="off" />
                    <label for=show_id>"Show"</label>
                </span>
            </div>
            <textarea
                class="input mono"
                id=id.clone()
                name=name
                rows=rows.to_string()
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                autofocus=focus
                aria-invalid=invalid
                aria-describedby=described
            ></textarea>
            <Below id=id hint=hint error=error />
        </div>
    }
}

/// The content of a `<textarea>` as HTML. Leptos writes the children of one as they are, so that text could end the
/// element and go on as markup; as inner HTML, escaped here, it is safe.
pub(super) fn textarea_html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    // The parser drops a line end that begins the text.
    if escaped.starts_with('\n') { format!("\n{escaped}") } else { escaped }
}

/// A choice of one, with room for a button beside it.
#[component]
pub fn SelectField(
    name: &'static str,
    label: &'static str,
    /// Values and what people read.
    options: Vec<(String, String)>,
    #[prop(optional, into)] value: String,
    #[prop(default = "")] hint: &'static str,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let parts = parts(name, hint);
    let (invalid, focus) = (parts.invalid(), parts.takes_focus(false));
    let Parts { id, described, error, .. } = parts;
    let chosen = initial(name, value);
    let option = |(value, text): (String, String)| {
        let selected = value == chosen;
        view! {
            <option value=value selected=selected>
                {text}
            </option>
        }
    };
    let select = view! {
        <span class="select">
            <select
                class="input"
                id=id.clone()
                name=name
                autocomplete="off"
                autofocus=focus
                aria-invalid=invalid
                aria-describedby=described
            >
                {options.into_iter().map(option).collect_view()}
            </select>
        </span>
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            {match children {
                Some(children) => view! { <div class="field-row">{select} {children()}</div> }.into_any(),
                None => select.into_any(),
            }}
            <Below id=id hint=hint error=error />
        </div>
    }
}

/// A choice of one of a few, all of which are seen, each with what it means.
#[component]
pub fn RadioField(
    name: &'static str,
    label: &'static str,
    /// Values, what people read, and what it means.
    options: Vec<(&'static str, &'static str, &'static str)>,
    #[prop(optional, into)] value: String,
) -> impl IntoView {
    let parts = parts(name, "");
    let (invalid, focus) = (parts.invalid(), parts.takes_focus_if_wrong());
    let Parts { id, described, error, .. } = parts;
    let chosen = initial(name, value);
    view! {
        <fieldset class="field choices" role="radiogroup" aria-invalid=invalid aria-describedby=described>
            <legend>{label}</legend>
            {options
                .into_iter()
                .enumerate()
                .map(|(index, (value, text, hint))| {
                    let (one, hint_id) = (format!("{id}-{value}"), format!("{id}-{value}-hint"));
                    view! {
                        <div class="choice">
                            <input
                                type="radio"
                                id=one.clone()
                                name=name
                                value=value
                                checked=value == chosen
                                autofocus=focus && index == 0
                                autocomplete="off"
                                aria-describedby=hint_id.clone()
                            />
                            <div>
                                <label for=one>{text}</label>
                                <p class="hint" id=hint_id>
                                    {hint}
                                </p>
                            </div>
                        </div>
                    }
                })
                .collect_view()}
            <Below id=id.clone() hint="" error=error />
        </fieldset>
    }
}

/// Yes or no.
#[component]
pub fn CheckField(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional)] checked: bool,
    #[prop(default = "")] hint: &'static str,
    /// What it sends where it is ticked. With a value of its own it is never ticked at first.
    #[prop(optional, into)]
    value: Option<String>,
) -> impl IntoView {
    let parts = parts(name, hint);
    let (invalid, focus) = (parts.invalid(), parts.takes_focus_if_wrong());
    let Parts { id, described, error, .. } = parts;
    let checked = match use_context::<FormState>() {
        Some(form) if value.is_none() => form.ticked(name, checked),
        _ => checked && value.is_none(),
    };
    view! {
        <div class="field field-check">
            <input
                type="checkbox"
                id=id.clone()
                name=name
                value=value.unwrap_or_else(|| "true".to_owned())
                checked=checked
                autocomplete="off"
                autofocus=focus
                aria-invalid=invalid
                aria-describedby=described
            />
            <div>
                <label for=id.clone()>{label}</label>
                <Below id=id hint=hint error=error />
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
