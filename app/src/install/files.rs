//! The install files: shown without the token's value, copied and downloaded with it.

use leptos::prelude::*;
use muster::install::{InstallFields, InstallKind, ShownFile};

use super::{
    api::download_path,
    checksum::Checksum,
    query::{InstallQuery, hidden_fields},
};
use crate::ui::href::at_scope;
use crate::ui::{code::Code, icon::Icon};

/// What is said of a file that was copied.
const COPIED: &str = "Copied, with the token's value in it.";
/// The browser does not let a page write into the clipboard.
const BARRED: &str = "This browser does not let Muster use the clipboard. Download the file.";

/// The files, one at a time, as tabs.
#[component]
pub fn Files(kind: InstallKind, query: InstallQuery, files: Vec<ShownFile>) -> impl IntoView {
    let shown = files.iter().position(|file| file.name == query.file).unwrap_or_default();
    let tab = |(index, file): (usize, &ShownFile)| {
        let name = file.name.clone();
        let to = InstallQuery { file: name.clone(), ..query.clone() }.review(kind);
        view! {
            <li>
                <a href=to.to_string() data-noscroll="" aria-current=(index == shown).then_some("true")>
                    {name}
                </a>
            </li>
        }
    };
    let tabs = files.iter().enumerate().map(tab).collect_view();
    let file = files.into_iter().nth(shown);
    view! {
        <div class="card files">
            <nav class="tabs" aria-label="Files">
                <ul>{tabs}</ul>
            </nav>
            {file.map(|file| view! { <File kind=kind fields=query.fields file=file /> })}
        </div>
    }
}

#[component]
fn File(kind: InstallKind, fields: InstallFields, file: ShownFile) -> impl IntoView {
    let ShownFile { name, language, text, sha256 } = file;
    // What came of copying is about this file: another one has its own elements.
    let (outcome, download) = (format!("outcome-{name}"), format!("download-{name}"));
    view! {
        <div class="file-bar">
            <p class="file-outcome" role="status" id=outcome.clone()></p>
            <button
                type="button"
                class="btn small needs-scripts"
                aria-label=format!("Copy {name}")
                data-copy-form=download.clone()
                data-outcome=outcome
                data-copied-text=COPIED
                data-barred-text=BARRED
            >
                <span class="copy-before">{Icon::Copy.draw()}</span>
                <span class="copy-after">{Icon::Tick.draw()}</span>
                "Copy"
            </button>
            <DownloadForm
                kind=kind
                fields=fields
                id=download
                file=name.clone()
                class="btn small"
                sha256=sha256.clone()
                text="Download this file"
                label=format!("Download this file: {name}")
            />
        </div>
        <Checksum name=name.clone() sha256=sha256 />
        <Code label=name language=language text=text />
    }
}

/// A plain form: its answer is a file, which only the browser itself can take.
#[component]
pub fn DownloadForm(
    kind: InstallKind,
    fields: InstallFields,
    /// What the form is called, where something else refers to it.
    #[prop(optional, into)]
    id: Option<String>,
    /// Which file; empty for all of them.
    #[prop(optional, into)]
    file: String,
    class: &'static str,
    /// The checksum that the page shows: what is downloaded has it, or is not handed out.
    #[prop(into)]
    sha256: String,
    /// What the button says.
    #[prop(into)]
    text: String,
    /// Its name, where its text does not say which file.
    #[prop(optional, into)]
    label: Option<String>,
) -> impl IntoView {
    view! {
        <form class="row-form" id=id method="post" action=at_scope(&download_path(kind)) data-native="">
            {hidden_fields(&fields)}
            <input type="hidden" name="sha256" value=sha256 />
            {(!file.is_empty()).then(|| view! { <input type="hidden" name="file" value=file /> })}
            <button type="submit" class=class aria-label=label>
                {Icon::Download.draw()}
                {text}
            </button>
        </form>
    }
}
