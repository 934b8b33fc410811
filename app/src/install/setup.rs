//! The form of the guided page: what a delegate of a type needs to know.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::components::Outlet;
use muster::{
    delegate::InstallName,
    install::{Generation, InstallFields, InstallKind, InstallOptions, Permissions, Size, files::ECS_HOST_NAME},
};

use super::{
    api::{CheckInstall, get_install_options},
    query::{use_install_query, use_kind},
    remembered::use_remembered,
    wizard::{NoSuchKind, OnlyHere, Step, StepHead},
};
use crate::ui::href::at_scope;
use crate::ui::{
    button::SubmitButton,
    field::{CheckField, RadioField, SelectField, TextArea, TextField},
    form::Form,
    icon::Icon,
    live::Follows,
    load::render,
};

/// The rule of [`InstallName`], for the browser.
const NAME_PATTERN: &str = "[a-z]([a-z0-9\\-]{0,61}[a-z0-9])?";
const NAME_HINT: &str =
    "Lower case letters, digits and dashes; begins with a letter, does not end with a dash; at most 63 characters.";
const _: () = assert!(InstallName::MAX_LENGTH == 63);

/// The dialog that makes a token, as a step of the path.
const NEW_TOKEN: &str = "new-token";

/// The page, and a dialog on top of it where the address names one.
#[component]
pub fn SetupPage() -> impl IntoView {
    let query = use_install_query();
    let page = match use_kind() {
        Some(kind) => {
            let fields = query.fields.clone();
            view! {
                <StepHead now=Step::Setup kind=Some(kind) query=query sub=sub(kind) />
                // Up to the first thing that is typed or chosen here.
                <Follows topics="profiles tokens" />
                {render(
                    get_install_options(),
                    move |options| view! { <SetupForm kind=kind fields=fields options=options /> },
                )}
            }
            .into_any()
        }
        None => view! { <NoSuchKind /> }.into_any(),
    };
    view! {
        {page}
        <Outlet />
    }
}

const fn sub(kind: InstallKind) -> &'static str {
    match kind {
        InstallKind::Shell => "Shell Script, for a Linux host.",
        InstallKind::Docker => "Docker, for a container on a Docker host.",
        InstallKind::Kubernetes => "Kubernetes, for a cluster.",
        InstallKind::Ecs => "ECS Task, for an Amazon ECS cluster.",
        InstallKind::Helm => "Helm, for a release in a cluster.",
    }
}

#[component]
fn SetupForm(kind: InstallKind, fields: InstallFields, options: InstallOptions) -> impl IntoView {
    let InstallOptions { profiles, tokens, manager_url, only_here, image } = options;
    let profiles = profiles.into_iter().map(|(id, name, approval)| {
        (id.to_string(), if approval { format!("{name} (requires approval)") } else { name })
    });
    let (profiles, profile) = choice(profiles.collect(), &fields.profile, "Choose a profile");
    let none = tokens.is_empty();
    let remembered = use_remembered();
    // The one that this person chose last, where it is still there, or else the newest.
    let last = remembered.token.filter(|last| tokens.iter().any(|(id, _)| id == last));
    let wanted = if fields.token.is_empty() { last.map(|id| id.to_string()) } else { Some(fields.token.clone()) };
    let tokens = tokens.into_iter().map(|(id, name)| (id.to_string(), name));
    let (tokens, token) = choice(tokens.collect(), &wanted.unwrap_or_default(), "Choose a token");
    let image = if fields.image.is_empty() { image } else { fields.image };
    // Up to the first choice: who empties the field means it.
    let cluster = if fields.name.is_empty() { remembered.cluster } else { fields.cluster };
    let new_token = format!("/install/{}/{NEW_TOKEN}", kind.slug());
    let InstallFields { name, description, tags, generation, size, permissions, vpc, hostname, role, .. } = fields;
    view! {
        {only_here.then(|| view! { <OnlyHere manager_url=manager_url /> })}
        <div class="card form-card">
            // What is typed is written into the address before the page is left, so that the browser's Back finds it.
            <Form action=CheckInstall::PATH attr:data-remember="">
                // The button that the Enter key presses: it would be the first of the form, which adds a token.
                <button type="submit" class="visually-hidden" tabindex="-1" aria-hidden="true">
                    "Continue"
                </button>
                <input type="hidden" name="kind" value=kind.slug() />
                <TextField
                    name="name"
                    label="Name"
                    value=name
                    required=true
                    pattern=NAME_PATTERN
                    title="Lower case letters, digits and dashes; begins with a letter, does not end with a dash."
                    hint=NAME_HINT
                    mono=true
                />
                <TextArea name="description" label="Description" value=description rows=2 />
                <SelectField name="profile" label="Profile" options=profiles value=profile />
                <SelectField
                    name="token"
                    label="Delegate Token"
                    options=tokens
                    value=token
                    hint="The files hold the token's real value: keep them as you keep the token."
                >
                    <button type="submit" class="btn" formaction=at_scope(&new_token) formmethod="get" formnovalidate=true data-noscroll="">
                        "New token"
                    </button>
                </SelectField>
                {none.then(|| {
                    view! {
                        <div class="notice notice-info">
                            {Icon::Info.draw()}
                            <p>"There is no active token, and a delegate needs one to register."</p>
                        </div>
                    }
                })}
                <TextField name="tags" label="Tags" value=tags hint="Separated by commas." />
                <RadioField
                    name="generation"
                    label="Generation"
                    options=generations(kind)
                    value=Generation::from_slug(&generation).unwrap_or_default().slug()
                />
                {kind.is_container().then(|| {
                    view! {
                        <SelectField
                            name="size"
                            label="Size"
                            options=sizes()
                            value=Size::from_slug(&size).unwrap_or_default().slug()
                            hint="The delegate itself takes about 10 MB. The rest is for the programs that startup scripts \
                            and tasks run."
                        />
                        <TextField
                            name="image"
                            label="Image"
                            value=image
                            hint="Where it runs, this image has to be there, or in a registry that can be reached."
                            mono=true
                        />
                    }
                })}
                {matches!(kind, InstallKind::Kubernetes | InstallKind::Helm).then(|| {
                    view! {
                        <SelectField
                            name="permissions"
                            label="Permissions"
                            options=permission_options()
                            value=Permissions::from_slug(&permissions).unwrap_or_default().slug()
                            hint="What the delegate may do in its cluster. Harness's own files make it Cluster admin."
                        />
                    }
                })}
                {(kind == InstallKind::Ecs).then(|| view! { <EcsFields vpc=vpc hostname=hostname role=role cluster=cluster /> })}
                <div class="form-actions">
                    <SubmitButton label="Continue" busy="Checking…" />
                </div>
            </Form>
        </div>
    }
}

#[component]
fn EcsFields(vpc: String, hostname: String, role: String, cluster: String) -> impl IntoView {
    view! {
        <CheckField
            name="vpc"
            label="Use AWS VPC Mode"
            checked=vpc == "true"
            hint="The task runs on Fargate, with a network interface of its own. Otherwise it runs on an EC2 instance."
        />
        <TextField
            name="hostname"
            label="Hostname"
            value=hostname
            placeholder=ECS_HOST_NAME
            hint="On EC2: two tasks of one name and one host name are one delegate. Leave it empty in AWS VPC mode."
            mono=true
        />
        <TextField
            name="role"
            label="Execution role"
            value=role
            placeholder="arn:aws:iam::123456789012:role/ecsTaskExecutionRole"
            hint="The ARN of the role by which ECS pulls the image from a private registry. May be empty."
            mono=true
        />
        <TextField
            name="cluster"
            label="Cluster"
            value=cluster
            placeholder="default"
            hint="Its name, for the commands that run the task. May be empty: then they have a word to replace."
            mono=true
        />
    }
}

/// Options, and which of them is chosen: the one that is wanted, or the first where none is. Where the wanted one is gone,
/// or there is none at all, the person has to choose.
fn choice(mut options: Vec<(String, String)>, wanted: &str, choose: &str) -> (Vec<(String, String)>, String) {
    match options.first() {
        Some((first, _)) if wanted.is_empty() => {
            let first = first.clone();
            (options, first)
        }
        Some(_) if options.iter().any(|(option, _)| option == wanted) => (options, wanted.to_owned()),
        there => {
            let text = if there.is_some() { choose } else { "There is none: add one" };
            options.insert(0, (String::new(), text.to_owned()));
            (options, String::new())
        }
    }
}

fn generations(kind: InstallKind) -> Vec<(&'static str, &'static str, &'static str)> {
    let text = |generation| match (kind, generation) {
        (InstallKind::Shell, Generation::Next) => "Registers as a next-generation delegate.",
        (InstallKind::Shell, Generation::First) => "Registers as a first-generation delegate.",
        (InstallKind::Docker, Generation::Next) => "The file docker-compose.yml, or the same by docker run.",
        (InstallKind::Docker, Generation::First) => "The script launch-harness-delegate.sh.",
        (InstallKind::Kubernetes, Generation::Next) => "A Deployment, with the token in a Secret.",
        (InstallKind::Kubernetes, Generation::First) => "A StatefulSet, with the token in its variables.",
        (InstallKind::Ecs, Generation::Next) => "The file task-spec.json; in AWS VPC mode with a service.",
        (InstallKind::Ecs, Generation::First) => "The file ecs-task-spec.json.",
        (InstallKind::Helm, Generation::Next) => "A Deployment, with the token in a Secret.",
        (InstallKind::Helm, Generation::First) => "A StatefulSet, called as first-generation values call it.",
    };
    Generation::ALL.into_iter().map(|generation| (generation.slug(), generation.label(), text(generation))).collect()
}

fn sizes() -> Vec<(String, String)> {
    Size::ALL.into_iter().map(|size| (size.slug().to_owned(), size_text(size))).collect()
}

/// For example `Laptop: 0.25 CPU, 512 MiB`.
fn size_text(size: Size) -> String {
    let millis = size.cpu_millis();
    let cpu = match millis % 1000 {
        0 => (millis / 1000).to_string(),
        part => format!("{}.{}", millis / 1000, format!("{part:03}").trim_end_matches('0')),
    };
    let memory = match size.memory_mib() {
        mib if mib % 1024 == 0 => format!("{} GiB", mib / 1024),
        mib => format!("{mib} MiB"),
    };
    format!("{}: {cpu} CPU, {memory}", size.label())
}

fn permission_options() -> Vec<(String, String)> {
    Permissions::ALL.into_iter().map(|one| (one.slug().to_owned(), one.label().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_is_not_replaced_unasked() {
        let options = || vec![("1".to_owned(), "a".to_owned()), ("2".to_owned(), "b".to_owned())];
        assert_eq!(choice(options(), "", "Choose"), (options(), "1".to_owned()));
        assert_eq!(choice(options(), "2", "Choose"), (options(), "2".to_owned()));
        let (shown, chosen) = choice(options(), "3", "Choose");
        assert_eq!((shown.len(), shown[0].1.as_str(), chosen.as_str()), (3, "Choose", ""));
        let (shown, chosen) = choice(Vec::new(), "", "Choose");
        assert_eq!((shown, chosen), (vec![(String::new(), "There is none: add one".to_owned())], String::new()));
    }

    #[test]
    fn sizes_are_told_in_people_s_units() {
        let texts: Vec<String> = Size::ALL.into_iter().map(size_text).collect();
        assert_eq!(
            texts,
            ["Laptop: 0.25 CPU, 512 MiB", "Small: 0.5 CPU, 1 GiB", "Medium: 1 CPU, 2 GiB", "Large: 2 CPU, 8 GiB"]
        );
    }
}
