//! Copying to the clipboard.

use js_sys::{
    Reflect,
    futures::{JsFuture, spawn_local},
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, FocusEvent, HtmlFormElement, HtmlInputElement, MouseEvent};

use super::{
    dom::{closest, document, first, listen, set, unset, window, write},
    once, submit,
};

/// Takes over the buttons that copy.
pub fn watch() {
    listen(&document(), "click", false, |event: MouseEvent| {
        if let Some(button) = event.target().and_then(|target| closest(&target, "[data-copy],[data-copy-form]")) {
            // One that is under way does it.
            if !button.has_attribute("data-copying") {
                set(&button, "data-copying", "");
                spawn_local(async move {
                    press(&button, By::Person).await;
                    unset(&button, "data-copying");
                });
            }
        }
    });
    // A text that is there to be copied is selected as a whole.
    listen(&document(), "focusin", false, |event: FocusEvent| {
        let field = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(field) = field.filter(|field| field.read_only() && closest(field, ".secret").is_some()) {
            field.select();
        }
    });
}

/// Who copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A person, who can copy by hand where the browser bars it.
    Person,
    /// The page, which leaves the focus where it is.
    Page,
}

/// Does what a button that copies is for.
pub async fn press(button: &Element, by: By) {
    let outcome = button.get_attribute("data-outcome").and_then(|id| document().get_element_by_id(&id));
    let text = match button.get_attribute("data-copy") {
        Some(text) => Ok(text),
        None => match form_of(button) {
            Some(form) => submit::fetch(&form).await,
            None => return,
        },
    };
    let said = match text {
        Ok(text) if copy_text(&text).await => {
            done(button);
            button.get_attribute("data-copied-text")
        }
        Ok(_) => {
            if by == By::Person {
                select_beside(button);
            }
            button.get_attribute("data-barred-text")
        }
        Err(reason) => Some(reason),
    };
    if let (Some(outcome), Some(said)) = (outcome, said) {
        write(&outcome, &said);
    }
}

fn form_of(button: &Element) -> Option<HtmlFormElement> {
    let id = button.get_attribute("data-copy-form")?;
    document().get_element_by_id(&id)?.dyn_into().ok()
}

fn done(button: &Element) {
    let _ = button.class_list().add_1("copied");
    if let Some(label) = first(button, "[data-copied]") {
        write(&label, &label.get_attribute("data-copied").unwrap_or_default());
    }
    once::copied(button);
}

/// Puts text into the clipboard and tells whether that worked: browsers bar it outside of HTTPS and by settings.
async fn copy_text(text: &str) -> bool {
    let navigator = window().navigator();
    let there = Reflect::get(&navigator, &JsValue::from_str("clipboard"));
    if !there.is_ok_and(|clipboard| clipboard.is_object()) {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}

/// Selects what stands beside a button, so that it can be copied by hand.
fn select_beside(button: &Element) {
    let Some(parent) = button.parent_element() else { return };
    if let Some(input) = first(&parent, "input").and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) {
        input.select();
    } else if let Some(code) = first(&parent, "code")
        && let Ok(Some(selection)) = window().get_selection()
    {
        // Selecting by hand is still possible where this is not.
        let _ = selection.select_all_children(&code);
    }
}
