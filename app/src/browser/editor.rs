//! The editor of scripts: a text area over a layer that shows the same text in colours, beside the numbers of its lines.
//! Tab indents; after Escape it leaves the field, as everywhere else.

use wasm_bindgen::{JsCast, prelude::wasm_bindgen};
use web_sys::{Element, Event, EventTarget, HtmlTextAreaElement, KeyboardEvent, MouseEvent};

use super::dom::{all, closest, document, first, focus, listen, set, unset};
use crate::highlight;

/// Set on a text area in which Escape was pressed last.
const ESCAPED: &str = "data-escaped";
const LINE_END: u16 = b'\n' as u16;
const TAB: u16 = b'\t' as u16;
const BLANK: u16 = b' ' as u16;
/// How many blanks one step is, in a script that is not indented by tabs.
const STEP: usize = 2;

#[wasm_bindgen]
extern "C" {
    /// Types a text in the place of what is selected, so that the browser's own Undo takes it back.
    #[wasm_bindgen(js_namespace = document, js_name = execCommand)]
    fn exec_command(name: &str, ui: bool, value: &str) -> bool;
}

/// Hears of what is typed, scrolled and pressed.
pub fn watch() {
    listen(&document(), "input", false, |event: Event| {
        if let Some(area) = event.target().and_then(|target| area(&target)) {
            draw(&area);
        }
    });
    listen(&document(), "scroll", true, |event: Event| {
        if let Some(area) = event.target().and_then(|target| area(&target)) {
            follow(&area);
        }
    });
    listen(&document(), "keydown", false, |event: KeyboardEvent| {
        let Some(area) = event.target().and_then(|target| area(&target)) else { return };
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        if event.key() == "Escape" {
            set(&area, ESCAPED, "");
        } else if event.key() == "Tab" && !modified && !area.has_attribute(ESCAPED) {
            event.prevent_default();
            indent(&area, event.shift_key());
        } else if event.key() != "Shift" {
            unset(&area, ESCAPED);
        }
    });
    listen(&document(), "click", false, |event: MouseEvent| {
        let Some(button) = event.target().and_then(|target| closest(&target, "[data-insert]")) else { return };
        let text = button.get_attribute("data-insert").unwrap_or_default();
        let form = button.closest("form").ok().flatten();
        let area = form
            .and_then(|form| first(&form, "[data-editor] textarea"))
            .and_then(|area| area.dyn_into::<HtmlTextAreaElement>().ok());
        if let Some(area) = area {
            if let Some(menu) = closest(&button, "details") {
                unset(&menu, "open");
            }
            focus(&area);
            replace(&area, &text);
        }
    });
}

/// Draws the editors of a page that has just come.
pub fn draw_all() {
    let Some(body) = document().body() else { return };
    for area in all(&body, "[data-editor] textarea") {
        if let Ok(area) = area.dyn_into::<HtmlTextAreaElement>() {
            draw(&area);
        }
    }
}

fn area(target: &EventTarget) -> Option<HtmlTextAreaElement> {
    let area = target.dyn_ref::<HtmlTextAreaElement>()?;
    closest(area, "[data-editor]").map(|_| area.clone())
}

fn beside(area: &HtmlTextAreaElement, selector: &str) -> Option<Element> {
    first(&closest(area, "[data-editor]")?, selector)
}

fn draw(area: &HtmlTextAreaElement) {
    let text = area.value();
    if let Some(layer) = beside(area, ".editor-layer") {
        // A line end at the end of a `<pre>` is no line.
        layer.set_inner_html(&(highlight::html(&highlight::script(&text)) + "\n "));
    }
    if let Some(numbers) = beside(area, ".editor-lines") {
        let lines = text.split('\n').count();
        if numbers.get_attribute("data-lines") != Some(lines.to_string()) {
            let text: String = (1..=lines).map(|line| format!("{line}\n")).collect();
            numbers.set_text_content(Some(&text));
            set(&numbers, "data-lines", &lines.to_string());
        }
    }
    follow(area);
}

/// Scrolls what stands beside and below the text with it.
fn follow(area: &HtmlTextAreaElement) {
    for selector in [".editor-layer", ".editor-lines"] {
        if let Some(layer) = beside(area, selector) {
            layer.set_scroll_top(area.scroll_top());
            layer.set_scroll_left(area.scroll_left());
        }
    }
}

/// Puts a text in the place of what is selected.
fn replace(area: &HtmlTextAreaElement, text: &str) {
    if !exec_command("insertText", false, text) {
        let _ = area.set_range_text(text);
        if let Some(form) = closest(area, "form") {
            set(&form, "data-typed", "");
        }
        draw(area);
    }
}

fn indent(area: &HtmlTextAreaElement, back: bool) {
    let selected = (area.selection_start().ok().flatten(), area.selection_end().ok().flatten());
    let (Some(start), Some(end)) = selected else { return };
    let text: Vec<u16> = area.value().encode_utf16().collect();
    let edit = edit(&text, start as usize, end as usize, back);
    let Some(Edit { from, to, text, select }) = edit else { return };
    let units = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let _ = area.set_selection_range(units(from), units(to));
    replace(area, &text);
    if let Some((start, end)) = select {
        let _ = area.set_selection_range(units(start), units(end));
    }
}

/// What is put where, and what is selected then; places count as browsers do, in UTF-16.
#[derive(Debug, PartialEq, Eq)]
struct Edit {
    from: usize,
    to: usize,
    text: String,
    select: Option<(usize, usize)>,
}

/// What Tab does: a step at the cursor, or at the beginning of each line of a selection; back, with Shift.
fn edit(text: &[u16], start: usize, end: usize, back: bool) -> Option<Edit> {
    let with_tabs = text.first() == Some(&TAB) || text.windows(2).any(|pair| pair == [LINE_END, TAB]);
    let step: Vec<u16> = if with_tabs { vec![TAB] } else { vec![BLANK; STEP] };
    if start == end && !back {
        return Some(Edit { from: start, to: end, text: String::from_utf16_lossy(&step), select: None });
    }
    let from = text.get(..start)?.iter().rposition(|unit| *unit == LINE_END).map_or(0, |at| at + 1);
    // A line of which only its beginning is selected is not meant.
    let last = if end > start && text.get(end - 1) == Some(&LINE_END) { end - 1 } else { end };
    let to = text.get(last..)?.iter().position(|unit| *unit == LINE_END).map_or(text.len(), |at| last + at);
    let lines = text.get(from..to)?.split(|unit| *unit == LINE_END);
    let shifted: Vec<Vec<u16>> = lines.map(|line| if back { without(line) } else { [&step, line].concat() }).collect();
    let shifted = shifted.join(&LINE_END);
    // A selection stays one; the cursor stays in its place of the line.
    let select = if start == end {
        let cursor = start.saturating_sub(to - from - shifted.len()).max(from);
        (cursor, cursor)
    } else {
        (from, from + shifted.len())
    };
    (shifted != text[from..to]).then(|| Edit {
        from,
        to,
        text: String::from_utf16_lossy(&shifted),
        select: Some(select),
    })
}

/// A line without one step at its beginning.
fn without(line: &[u16]) -> Vec<u16> {
    let blanks = line.iter().take(STEP).take_while(|unit| **unit == BLANK).count();
    let step = if line.first() == Some(&TAB) { 1 } else { blanks };
    line.get(step..).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests {
    use super::{Edit, edit};

    fn after(text: &str, start: usize, end: usize, back: bool) -> Option<(String, Option<(usize, usize)>)> {
        let units: Vec<u16> = text.encode_utf16().collect();
        let Edit { from, to, text, select } = edit(&units, start, end, back)?;
        let part = |units: &[u16]| String::from_utf16(units).unwrap();
        Some((part(&units[..from]) + &text + &part(&units[to..]), select))
    }

    #[test]
    fn tab_indents_the_lines_that_are_selected() {
        let text = |text: &str| Some(text.to_owned());
        let of = |source: &str, start, end, back| after(source, start, end, back).map(|after| after.0);
        assert_eq!(of("a\nb", 2, 2, false), text("a\n  b"));
        assert_eq!(of("\ta\nb", 3, 3, false), text("\ta\n\tb"), "as the script does it");
        assert_eq!(after("a\nb\nc", 0, 3, false), Some(("  a\n  b\nc".to_owned(), Some((0, 7)))));
        assert_eq!(of("a\nb\nc", 0, 2, false), text("  a\nb\nc"), "the second line is not meant");
        assert_eq!(of("é\u{1f980}\nb", 1, 5, false), text("  é\u{1f980}\n  b"));
        assert_eq!(of("", 0, 0, false), text("  "));
    }

    #[test]
    fn with_shift_it_takes_a_step_back() {
        let of = |source: &str, start, end| after(source, start, end, true);
        assert_eq!(of("   a", 4, 4), Some((" a".to_owned(), Some((2, 2)))));
        assert_eq!(of("  a\n\tb\nc", 0, 7), Some(("a\nb\nc".to_owned(), Some((0, 3)))));
        assert_eq!(of("a", 1, 1), None, "there is none");
        assert_eq!(of("  a", 1, 1), Some(("a".to_owned(), Some((0, 0)))));
    }
}
