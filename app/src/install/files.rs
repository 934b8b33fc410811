//! The install files: shown without the token's value, copied and downloaded with it.

use leptos::{prelude::*, task::spawn_local, web_sys};
use muster::install::{InstallFields, InstallKind, InstallReview, ShownFile};
use wasm_bindgen::{JsCast, JsValue};

use super::{
    api::download_path,
    query::{InstallQuery, hidden_fields},
};
use crate::ui::{code::Code, copy::copy_text, icon::Icon, load::computed};

/// The files, one at a time, as tabs.
#[component]
pub fn Files(kind: InstallKind, query: Memo<InstallQuery>, review: Signal<InstallReview>) -> impl IntoView {
    let names =
        computed(move |_| review.with(|review| review.files.iter().map(|file| file.name.clone()).collect::<Vec<_>>()));
    let shown = computed(move |_| {
        let file = query.with(|query| query.file.clone());
        review.with(|review| {
            let asked = review.files.iter().find(|one| one.name == file);
            asked.or(review.files.first()).cloned()
        })
    });
    let fields = Signal::derive(move || query.with(|query| query.fields.clone()));
    view! {
        <div class="card files">
            <nav class="tabs" aria-label="Files">
                <ul>
                    {move || {
                        names
                            .get()
                            .into_iter()
                            .map(|name| {
                                let to = {
                                    let file = name.clone();
                                    move || query.with(|query| {
                                        InstallQuery { file: file.clone(), ..query.clone() }.review(kind).to_string()
                                    })
                                };
                                let current = {
                                    let name = name.clone();
                                    move || shown.with(|shown| shown.as_ref().is_some_and(|one| one.name == name))
                                };
                                view! {
                                    <li>
                                        <a href=to data-noscroll="" aria-current=move || current().then_some("true")>
                                            {name}
                                        </a>
                                    </li>
                                }
                            })
                            .collect_view()
                    }}
                </ul>
            </nav>
            {move || shown.get().map(|file| view! { <File kind=kind fields=fields file=file /> })}
        </div>
    }
}

/// How long an answer is waited for, in milliseconds.
const PATIENCE: u32 = 10_000;

/// What came of copying.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Copied {
    Not,
    Under,
    Yes,
    /// The browser does not let a page write into the clipboard.
    Barred,
    /// The server did not hand out the file, and why.
    Refused(String),
}

#[component]
fn File(kind: InstallKind, fields: Signal<InstallFields>, file: ShownFile) -> impl IntoView {
    let copied = RwSignal::new(Copied::Not);
    let ShownFile { name, language, text } = file;
    let wanted = StoredValue::new(name.clone());
    let copy = move |_| {
        if copied.get_untracked() == Copied::Under {
            return;
        }
        copied.set(Copied::Under);
        let (fields, name) = (fields.get_untracked(), wanted.get_value());
        spawn_local(async move {
            let now = match fetch(kind, &fields, &name).await {
                Ok(text) if copy_text(&text).await => Copied::Yes,
                Ok(_) => Copied::Barred,
                Err(reason) => Copied::Refused(reason),
            };
            copied.try_set(now);
        });
    };
    let outcome = move || match copied.get() {
        Copied::Not | Copied::Under => None,
        Copied::Yes => Some("Copied, with the token's value in it.".to_owned()),
        Copied::Barred => Some("This browser does not let Muster use the clipboard. Download the file.".to_owned()),
        Copied::Refused(reason) => Some(reason),
    };
    view! {
        <div class="file-bar">
            <p class="file-outcome" role="status">
                {outcome}
            </p>
            <button
                type="button"
                class="btn small needs-scripts"
                aria-label=format!("Copy {name}")
                on:click=copy
            >
                {move || match copied.get() {
                    Copied::Yes => Icon::Tick.draw().into_any(),
                    _ => Icon::Copy.draw().into_any(),
                }}
                "Copy"
            </button>
            <DownloadForm kind=kind fields=fields file=name.clone() class="btn small" label=format!("Download {name}") />
        </div>
        <Code label=name language=language text=text />
    }
}

/// A plain form: its answer is a file, which only the browser itself can take.
#[component]
pub fn DownloadForm(
    kind: InstallKind,
    #[prop(into)] fields: Signal<InstallFields>,
    /// Which file; empty for all of them.
    #[prop(optional, into)]
    file: String,
    class: &'static str,
    /// Its name, where its text does not say which file.
    #[prop(optional, into)]
    label: Option<String>,
) -> impl IntoView {
    view! {
        <form class="nav-button" method="post" action=download_path(kind)>
            {move || fields.with(hidden_fields)}
            {(!file.is_empty()).then(|| view! { <input type="hidden" name="file" value=file /> })}
            <button type="submit" class=class aria-label=label>
                {Icon::Download.draw()}
                "Download"
            </button>
        </form>
    }
}

/// Gets a file as it is downloaded.
///
/// # Errors
/// The reason, as a sentence.
async fn fetch(kind: InstallKind, fields: &InstallFields, file: &str) -> Result<String, String> {
    let unreachable = |_: JsValue| "The server could not be reached. Check the connection and try again.".to_owned();
    let form = web_sys::UrlSearchParams::new().map_err(unreachable)?;
    for (name, value) in fields.pairs().into_iter().chain([("file", file)]) {
        form.append(name, value);
    }
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_body(&form);
    // Who is not signed in any more would be sent to a page.
    init.set_redirect(web_sys::RequestRedirect::Error);
    init.set_signal(Some(&web_sys::AbortSignal::timeout_with_u32(PATIENCE)));
    let answer = window().fetch_with_str_and_init(&download_path(kind), &init);
    let answer = js_sys::futures::JsFuture::from(answer).await.map_err(unreachable)?;
    let answer: web_sys::Response = answer.dyn_into().map_err(unreachable)?;
    let text = js_sys::futures::JsFuture::from(answer.text().map_err(unreachable)?).await.map_err(unreachable)?;
    let text = text.as_string().unwrap_or_default();
    if answer.ok() { Ok(text) } else { Err(text.trim().to_owned()) }
}
