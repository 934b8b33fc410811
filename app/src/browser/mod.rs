//! What makes the pages lively in the browser. It knows no page: only markup, and attributes that say what to do with it.
//!
//! | attribute | on | what it does |
//! |---|---|---|
//! | `data-noscroll`, `data-replace` | links, forms that lead to a page | the scroll position stays; no new entry of the history |
//! | `data-native` | forms | left to the browser |
//! | `data-auto` | forms that filter | applied while somebody types or chooses |
//! | `data-beside` | forms | what is typed on the page stays when it is sent |
//! | `data-remember` | forms | what is typed is in the address when one comes back |
//! | `data-busy` | buttons | what it says while an answer takes long |
//! | `data-topics` | anything | the page is fetched anew when something of these topics changes |
//! | `data-refresh-after` | anything | the same after so many milliseconds |
//! | `data-rows`, `data-frozen`, `data-key`, `data-with` | live tables and their rows | see `rows` |
//! | `data-at`, `data-for`, `data-since` | times | see `clock` |
//! | `data-copy`, `data-copy-form` | buttons | see `copy` |
//! | `data-once`, `data-guard`, `data-send`, … | a value that is shown once | see `once` |
//! | `data-menu` | `<details>` | closes on Escape, and when somebody goes on elsewhere |
//! | `data-pick`, `data-pick-page` | boxes of rows and of their table | the latter ticks the former |
//! | `data-next` | around a button | has the focus once a form was taken whose button is gone |
//! | `data-tail` | panes | stays at the end of a text that grows |
//! | `data-said` | what the page says of a form that is gone | stays until somebody goes elsewhere |
//! | `data-editor`, `data-insert` | the frame of an editor; buttons that type into it | see `editor` |
//! | `data-slash` | a field | the key `/` focuses it |
//! | `data-hotkey` | buttons | the key that presses it |
//! | `data-palette` | links | opens the palette: see `palette` |
//!
//! What it notes itself it notes in attributes that the server never writes (`data-typed`, `data-sending`, `data-working`, `data-name`), so that an
//! answer of the server leaves them alone.

mod clock;
mod copy;
mod dialog;
mod disclosed;
mod dom;
mod editor;
mod keys;
mod live;
mod menu;
mod merge;
mod once;
mod page;
mod palette;
mod pick;
mod rows;
mod stream;
mod submit;
mod tail;
mod unsaved;
mod visit;

use wasm_bindgen::prelude::wasm_bindgen;

/// Makes the page that the server rendered lively.
#[wasm_bindgen]
pub fn start() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        page::offer_reload();
    }));
    visit::watch();
    unsaved::watch();
    palette::watch();
    submit::watch();
    dialog::watch();
    once::watch();
    copy::watch();
    editor::watch();
    keys::watch();
    menu::watch();
    disclosed::watch();
    pick::watch();
    rows::watch();
    tail::watch();
    clock::watch();
    stream::watch();
    page::begin();
    page::mark_lively();
}
