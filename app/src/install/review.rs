//! What came of the setup: the files, how to get them to where they are needed, and what to run there.

use leptos::prelude::*;
use muster::{
    id::InstallLinkId,
    install::{Generation, InstallFields, InstallKind, InstallLink, InstallReview, Permissions},
};

use super::{
    api::{get_install_link, get_install_review},
    checksum::Checksum,
    files::{DownloadForm, Files},
    link::Link,
    query::{InstallQuery, use_install_query, use_kind},
    run::{Target, Todos},
    wizard::{NoSuchKind, NotSetUp, OnlyHere, Step, StepHead},
};
use crate::{
    error::ConsoleError,
    ui::{button::NavButton, href::Href, icon::Icon, live::Follows, load::render_or},
};

/// The files, and the link where one was made.
struct Reviewed {
    review: InstallReview,
    link: Option<Result<InstallLink, ConsoleError>>,
}

async fn get(kind: InstallKind, fields: InstallFields, link: String) -> Result<Reviewed, ConsoleError> {
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
    let query = use_install_query();
    let Some(kind) = use_kind() else { return view! { <NoSuchKind /> }.into_any() };
    let reviewed = get(kind, query.fields.clone(), query.link.clone());
    // The files stay as they are; what happens to a link is told.
    let has_link = !query.link.is_empty();
    let (head, setup) = (query.clone(), query.setup(kind));
    view! {
        <StepHead now=Step::Review kind=Some(kind) query=head sub=format!("{}, {}", query.fields.name, kind.label()) />
        {has_link.then(|| view! { <Follows topics="tokens" /> })}
        {render_or(
            reviewed,
            move |error| not_there(setup, &error),
            move |reviewed| view! { <Review kind=kind query=query reviewed=reviewed /> },
        )}
    }
    .into_any()
}

/// What was chosen does not do any more, or never did.
fn not_there(setup: Href, error: &ConsoleError) -> AnyView {
    let (title, text) = match error.of_field() {
        Some(problem) => ("There are no files of this setup".to_owned(), problem.to_string()),
        None => (error.to_string(), String::new()),
    };
    view! { <NotSetUp setup=setup title=title text=text /> }.into_any()
}

#[component]
fn Review(kind: InstallKind, query: InstallQuery, reviewed: Reviewed) -> impl IntoView {
    let Reviewed { review, link } = reviewed;
    let setup = query.setup(kind);
    // The time of the first look: whatever comes after it may be the delegate. What leads on from here, or back to here,
    // keeps it.
    let query = InstallQuery { since: query.since.or(Some(review.now)), ..query };
    let verify = query.verify(kind, "");
    let fields = query.fields.clone();
    let target = Target::of(kind, &fields);
    let todos = target.as_ref().map_or_else(Vec::new, |target| target.todos(&review));
    let start = target.and_then(|target| target.start_line(&review));
    let (whole, label) = match review.folder.as_str() {
        "" => (review.download.clone(), format!("Download {}", review.download)),
        folder => (format!("{}, unpacks to {folder}/", review.download), "Download archive".to_owned()),
    };
    // One that is a file among the others has its own beside it.
    let checksum = (!review.folder.is_empty())
        .then(|| view! { <Checksum name=review.download.clone() sha256=review.sha256.clone() /> });
    view! {
        {review.only_here.then(|| view! { <OnlyHere manager_url=review.manager_url.clone() /> })}
        {image_notice(&review)}
        {taken_notice(&query.fields.name, &review.taken)}
        <Summary kind=kind fields=fields.clone() profile=review.profile token=review.token manager_url=review.manager_url />
        <section class="block">
            <div class="files-head">
                <h2>"Files"</h2>
                <p class="muted">{whole}</p>
                <div class="grow"></div>
                <DownloadForm kind=kind fields=fields class="btn primary" sha256=review.sha256.clone() text=label />
            </div>
            {checksum}
            <Files kind=kind query=query.clone() files=review.files />
            <p class="hint">
                "Dots stand for the token's value. It is filled in when you copy or download."
            </p>
        </section>
        <Link kind=kind query=query link=link start=start />
        <section class="block">
            <h2>"Start it"</h2>
            <Todos todos=todos />
        </section>
        <div class="page-actions">
            <NavButton to=setup>"Back"</NavButton>
            <NavButton to=verify class="btn primary">
                "Continue to Verify"
            </NavButton>
        </div>
    }
}

/// That nobody can pull the image before somebody has put it somewhere.
fn image_notice(review: &InstallReview) -> Option<AnyView> {
    let image = review.image.clone().filter(|_| review.in_no_registry)?;
    let notice = view! {
        <div class="notice notice-wait">
            {Icon::Warning.draw()}
            <p>
                "No registry has the image " <code>{image}</code>
                ". Build it with deploy/Dockerfile on the host where it runs, or push it to a registry of yours and write \
                that image in Delegate Setup; MUSTER_DELEGATE_IMAGE presets it."
            </p>
        </div>
    };
    Some(notice.into_any())
}

/// That there are delegates of this name.
fn taken_notice(name: &str, hosts: &[String]) -> Option<AnyView> {
    if hosts.is_empty() {
        return None;
    }
    let sentence = format!(
        "There is a delegate {name} already, on {}. Started on the same host, this one is another that waits beside it, or \
         takes its place where it has the same key. Choose another name in Delegate Setup, unless that is meant.",
        hosts.join(", ")
    );
    let notice = view! {
        <div class="notice notice-wait">
            {Icon::Warning.draw()}
            <p>{sentence}</p>
        </div>
    };
    Some(notice.into_any())
}

/// What was chosen.
#[component]
fn Summary(
    kind: InstallKind,
    fields: InstallFields,
    /// The profile's name, and whether it requires approval.
    profile: (String, bool),
    token: String,
    manager_url: String,
) -> impl IntoView {
    let (profile, approval) = profile;
    let generation = Generation::from_slug(&fields.generation).unwrap_or_default().label();
    let permissions = matches!(kind, InstallKind::Kubernetes | InstallKind::Helm)
        .then(|| Permissions::from_slug(&fields.permissions).unwrap_or_default().label());
    let tags = match fields.tags {
        none if none.is_empty() => view! { <span class="muted">"none"</span> }.into_any(),
        tags => tags.into_any(),
    };
    view! {
        <dl class="card facts facts-card">
            <div>
                <dt>"Name"</dt>
                <dd>{fields.name}</dd>
            </div>
            <div>
                <dt>"Profile"</dt>
                <dd>
                    {profile}
                    {approval.then(|| view! { <span class="second">"Requires approval"</span> })}
                </dd>
            </div>
            <div>
                <dt>"Delegate Token"</dt>
                <dd>{token}</dd>
            </div>
            <div>
                <dt>"Tags"</dt>
                <dd>{tags}</dd>
            </div>
            <div>
                <dt>"Generation"</dt>
                <dd>{generation}</dd>
            </div>
            {permissions.map(|permissions| {
                view! {
                    <div>
                        <dt>"Permissions"</dt>
                        <dd>{permissions}</dd>
                    </div>
                }
            })}
            <div>
                <dt>"Looks for Muster at"</dt>
                <dd class="mono">{manager_url}</dd>
            </div>
        </dl>
    }
}
