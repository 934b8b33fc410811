//! What came of the setup: the files, how to get them to where they are needed, and what to run there.

use leptos::prelude::*;
use muster::{
    id::InstallLinkId,
    install::{InstallFields, InstallKind, InstallLink, InstallReview},
};
use serde::{Deserialize, Serialize};

use super::{
    api::{get_install_link, get_install_review},
    files::{DownloadForm, Files},
    link::Link,
    query::{InstallQuery, use_install_query, use_kind},
    run::{Target, Todos},
    wizard::{NoSuchKind, NotSetUp, OnlyHere, Step, StepHead},
};
use crate::{
    error::ConsoleError,
    ui::{
        button::NavButton,
        live::use_live,
        load::{Loaded, computed, render_or},
    },
};

/// The files, and the link where one was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Reviewed {
    review: InstallReview,
    link: Option<Result<InstallLink, ConsoleError>>,
}

async fn get(kind: Option<InstallKind>, fields: InstallFields, link: String) -> Result<Reviewed, ConsoleError> {
    let kind = kind.ok_or_else(|| ConsoleError::not_found("There is no such type of delegate."))?;
    let review = get_install_review(kind, fields).await?;
    let link = match link.parse::<InstallLinkId>() {
        Ok(id) => Some(get_install_link(id).await),
        Err(_) => None,
    };
    Ok(Reviewed { review, link })
}

/// The page.
#[component]
pub fn ReviewPage() -> impl IntoView {
    let (kind, query) = (use_kind(), use_install_query());
    let live = use_live();
    let asked = Memo::new(move |_| query.with(|query| (query.fields.clone(), query.link.clone())));
    let reviewed = Loaded::<Reviewed>::new(
        move || {
            let (fields, link) = asked.get();
            // The files stay as they are; what happens to a link is told.
            let version = (!link.is_empty()).then(|| live.map(|live| live.tokens.version()));
            (kind.get(), fields, link, version)
        },
        |(kind, fields, link, _)| get(kind, fields, link),
    );
    view! {
        {move || match kind.get() {
            Some(kind) => {
                let sub = move || query.with(|query| format!("{}, {}", query.fields.name, kind.label()));
                view! {
                    <StepHead now=Step::Review kind=Some(kind) query=query sub=Signal::derive(sub) />
                    {render_or(
                        reviewed,
                        move |error| not_there(kind, query, error),
                        move |reviewed| view! { <Review kind=kind query=query reviewed=reviewed /> },
                    )}
                }
                .into_any()
            }
            None => view! { <NoSuchKind /> }.into_any(),
        }}
    }
}

/// What was chosen does not do any more, or never did.
fn not_there(kind: InstallKind, query: Memo<InstallQuery>, error: ConsoleError) -> AnyView {
    let (title, text) = match error.of_field() {
        Some(problem) => ("There are no files of this setup".to_owned(), problem.message.clone()),
        None => (error.to_string(), String::new()),
    };
    view! { <NotSetUp kind=kind query=query title=title text=text /> }.into_any()
}

#[component]
fn Review(kind: InstallKind, query: Memo<InstallQuery>, reviewed: Signal<Reviewed>) -> impl IntoView {
    let review = Signal::derive(move || reviewed.with(|reviewed| reviewed.review.clone()));
    let link = Signal::derive(move || reviewed.with(|reviewed| reviewed.link.clone()));
    let fields = Signal::derive(move || query.with(|query| query.fields.clone()));
    let only_here = review.with_untracked(|review| review.only_here.then(|| review.manager_url.clone()));
    // The time of the first look: whatever comes after it may be the delegate.
    let first_look = review.with_untracked(|review| review.now);
    let verify = Signal::derive(move || {
        let query = query.get();
        let since = query.since.or(Some(first_look));
        InstallQuery { since, ..query }.verify(kind, "")
    });
    let todos = computed(move |_| {
        let target = fields.with(|fields| Target::of(kind, fields));
        target.map_or_else(Vec::new, |target| review.with(|review| target.todos(review)))
    });
    view! {
        {only_here.map(|manager_url| view! { <OnlyHere manager_url=manager_url /> })}
        <Summary fields=fields review=review />
        <section class="block">
            <div class="files-head">
                <h2>"Files"</h2>
                <p class="muted">
                    {move || review.with(|review| match review.folder.as_str() {
                        "" => review.download.clone(),
                        folder => format!("{}, unpacks to {folder}/", review.download),
                    })}
                </p>
                <div class="grow"></div>
                <DownloadForm kind=kind fields=fields class="btn primary" />
            </div>
            <Files kind=kind query=query review=review />
            <p class="hint">
                "Dots stand for the token's value. It is filled in when you copy or download."
            </p>
        </section>
        <Link kind=kind fields=fields link=link />
        <section class="block">
            <h2>"Start it"</h2>
            {move || view! { <Todos todos=todos.get() /> }}
        </section>
        <div class="page-actions">
            <NavButton to=Signal::derive(move || query.with(|query| query.setup(kind)))>"Back"</NavButton>
            <NavButton to=verify class="btn primary">
                "Continue to Verify"
            </NavButton>
        </div>
    }
}

/// What was chosen.
#[component]
fn Summary(fields: Signal<InstallFields>, review: Signal<InstallReview>) -> impl IntoView {
    let generation = move || {
        let slug = fields.with(|fields| fields.generation.clone());
        muster::install::Generation::from_slug(&slug).unwrap_or_default().label()
    };
    let tags = move || fields.with(|fields| fields.tags.clone());
    view! {
        <dl class="card facts facts-card">
            <div>
                <dt>"Name"</dt>
                <dd>{move || fields.with(|fields| fields.name.clone())}</dd>
            </div>
            <div>
                <dt>"Profile"</dt>
                <dd>
                    {move || review.with(|review| review.profile.0.clone())}
                    {move || review.with(|review| review.profile.1).then(|| {
                        view! { <span class="second">"Requires approval"</span> }
                    })}
                </dd>
            </div>
            <div>
                <dt>"Delegate Token"</dt>
                <dd>{move || review.with(|review| review.token.clone())}</dd>
            </div>
            <div>
                <dt>"Tags"</dt>
                <dd>
                    {move || match tags() {
                        none if none.is_empty() => view! { <span class="muted">"none"</span> }.into_any(),
                        tags => tags.into_any(),
                    }}
                </dd>
            </div>
            <div>
                <dt>"Generation"</dt>
                <dd>{generation}</dd>
            </div>
            <div>
                <dt>"Looks for Muster at"</dt>
                <dd class="mono">{move || review.with(|review| review.manager_url.clone())}</dd>
            </div>
        </dl>
    }
}
