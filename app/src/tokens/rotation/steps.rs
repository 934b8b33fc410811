//! What a person does to give delegates the new token: by how they were installed, with their own names filled in, and
//! never with the value.

use muster::{
    delegate::DelegateType,
    escape::shell_word,
    id::TokenId,
    install::{
        Generation, InstallFields, InstallKind,
        files::{
            COMPOSE_FILE, HELM_CHART, HELM_VALUES, LAUNCH_SCRIPT, MANIFEST, ecs_family, ecs_task_file, namespace,
            release,
        },
    },
    token::{RotationRow, Turn},
};

use crate::{install::api::install_page, ui::href::Href};

/// How many delegates a guide names.
pub const NAMED: usize = 5;

/// What to do for the delegates that were installed in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guide {
    /// The type of the delegates.
    pub kind: DelegateType,
    /// The way, in words.
    pub title: String,
    /// The delegates that have still to go over: name and host name, at most [`NAMED`].
    pub delegates: Vec<(String, String)>,
    /// How many there are beyond those.
    pub more: usize,
    /// What to do, in order.
    pub steps: Vec<Step>,
    /// Where to download the files of each anew, with the new token: name and address.
    pub anew: Vec<(String, Href)>,
}

/// One thing to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// What, in words.
    pub say: Vec<Part>,
    /// The lines for a shell.
    pub commands: Vec<String>,
}

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Words.
    Words(String),
    /// What stands in a file, or a file's name.
    Code(String),
}

impl Step {
    fn say(words: &str) -> Self {
        Self::default().and(words)
    }

    fn and(mut self, words: &str) -> Self {
        self.say.push(Part::Words(words.to_owned()));
        self
    }

    fn code(mut self, code: impl Into<String>) -> Self {
        self.say.push(Part::Code(code.into()));
        self
    }

    /// The names, as in `a, b and c`.
    fn codes(mut self, names: &[String]) -> Self {
        for (index, name) in names.iter().enumerate() {
            let between = match index {
                0 => None,
                _ if index + 1 == names.len() => Some(" and "),
                _ => Some(", "),
            };
            self = match between {
                Some(words) => self.and(words).code(name),
                None => self.code(name),
            };
        }
        self
    }

    fn run(mut self, line: impl Into<String>) -> Self {
        self.commands.push(line.into());
        self
    }

    fn run_each(mut self, names: &[String], line: impl Fn(&str) -> String) -> Self {
        self.commands.extend(names.iter().map(|name| line(&shell_word(name))));
        self
    }
}

/// The guides for the delegates that do not use the new token yet, in the order of the types. Commands of ECS name the
/// `cluster`.
#[must_use]
pub fn guides(rows: &[RotationRow], new: Option<TokenId>, cluster: &str) -> Vec<Guide> {
    let left: Vec<&RotationRow> = rows.iter().filter(|row| row.turn != Turn::New).collect();
    let mut ways = Vec::new();
    for kind in DelegateType::ALL {
        // Of some types both generations are updated alike.
        if has_generations(kind) {
            ways.extend([(kind, Some(false)), (kind, Some(true))]);
        } else {
            ways.push((kind, None));
        }
    }
    let guide = |(kind, next_gen): (DelegateType, Option<bool>)| {
        let of_this: Vec<&RotationRow> = left
            .iter()
            .copied()
            .filter(|row| row.kind == kind && next_gen.is_none_or(|next_gen| row.next_gen == next_gen))
            .collect();
        (!of_this.is_empty()).then(|| one(kind, next_gen, &of_this, new, cluster))
    };
    ways.into_iter().filter_map(guide).collect()
}

const fn has_generations(kind: DelegateType) -> bool {
    matches!(kind, DelegateType::Docker | DelegateType::Kubernetes | DelegateType::Ecs | DelegateType::Helm)
}

fn one(
    kind: DelegateType,
    next_gen: Option<bool>,
    rows: &[&RotationRow],
    new: Option<TokenId>,
    cluster: &str,
) -> Guide {
    let mut names: Vec<String> = Vec::new();
    let mut anew = Vec::new();
    for row in rows {
        // Several of one name are one group: what is to be done is done once.
        if names.len() < NAMED && !names.contains(&row.user.name) {
            names.push(row.user.name.clone());
            anew.extend(download(kind, row, new).map(|href| (row.user.name.clone(), href)));
        }
    }
    let generation = next_gen.map_or("", |next| if next { ", next generation" } else { ", first generation" });
    Guide {
        kind,
        title: format!("{}{generation}", kind.label()),
        delegates: rows.iter().take(NAMED).map(|row| (row.user.name.clone(), row.user.host_name.clone())).collect(),
        more: rows.len().saturating_sub(NAMED),
        steps: steps(kind, next_gen == Some(true), &names, cluster),
        anew,
    }
}

/// Where to download the files of a delegate anew.
fn download(kind: DelegateType, row: &RotationRow, new: Option<TokenId>) -> Option<Href> {
    let kind = InstallKind::ALL.into_iter().find(|one| one.delegate_type() == kind)?;
    let generation = if row.next_gen { Generation::Next } else { Generation::First };
    let fields = InstallFields {
        name: row.user.name.clone(),
        token: new?.to_string(),
        generation: generation.slug().to_owned(),
        ..InstallFields::default()
    };
    Some(install_page(&fields, kind, ""))
}

fn steps(kind: DelegateType, next_gen: bool, names: &[String], cluster: &str) -> Vec<Step> {
    match (kind, next_gen) {
        (DelegateType::ShellScript, _) => shell(),
        (DelegateType::Docker, false) => docker_first(names),
        (DelegateType::Docker, true) => docker_next(names),
        (DelegateType::Kubernetes, false) => kubernetes_first(),
        (DelegateType::Kubernetes, true) => kubernetes_next(names),
        (DelegateType::Ecs, false) => ecs_first(cluster),
        (DelegateType::Ecs, true) => ecs_next(names, cluster),
        (DelegateType::Helm, next_gen) => helm(names, next_gen),
        (DelegateType::Other, _) => vec![
            Step::say("Put the new value in the place of the old one in its configuration: ")
                .code("DELEGATE_TOKEN")
                .and(", ")
                .code("delegateToken")
                .and(" or, in old files, ")
                .code("accountSecret")
                .and("."),
            Step::say("Restart it."),
        ],
    }
}

fn shell() -> Vec<Step> {
    vec![
        Step::say("On its host, in the directory where it was unpacked, stop it:").run("./stop.sh"),
        Step::say("In ")
            .code("config-delegate.yml")
            .and(" and ")
            .code("config-watcher.yml")
            .and(", put the new value in the place of the old one, after ")
            .code("delegateToken")
            .and(". In old files it stands after ")
            .code("accountSecret")
            .and(": call that ")
            .code("delegateToken")
            .and(", also where it stands in ")
            .code("start.sh")
            .and("."),
        Step::say("Start it again. Where systemd runs it, restart its service instead of these two.").run("./start.sh"),
    ]
}

fn docker_first(names: &[String]) -> Vec<Step> {
    vec![
        Step::say("On its Docker host, in ")
            .code(LAUNCH_SCRIPT)
            .and(", put the new value in the place of the old one, after ")
            .code("DELEGATE_TOKEN=")
            .and("."),
        Step::say("A container keeps the variables that it was made with. Remove it and make a new one:")
            .run_each(names, |name| format!("docker rm -f {name}"))
            .run(format!("./{LAUNCH_SCRIPT}")),
        look_into(names),
    ]
}

fn docker_next(names: &[String]) -> Vec<Step> {
    vec![
        Step::say("On its Docker host, in ")
            .code(COMPOSE_FILE)
            .and(", put the new value in the place of the old one, after ")
            .code("DELEGATE_TOKEN")
            .and(". In old files it stands after ")
            .code("ACCOUNT_SECRET")
            .and(": call that ")
            .code("DELEGATE_TOKEN")
            .and(". Where ")
            .code("docker-run.sh")
            .and(" made the container, edit and run that instead."),
        Step::say("Make a new container:").run(format!("docker compose -f {COMPOSE_FILE} up -d")),
        look_into(names),
    ]
}

fn look_into(names: &[String]) -> Step {
    Step::say("Check that the container has the new value:")
        .run_each(names, |name| format!("docker exec {name} env | grep DELEGATE_TOKEN"))
}

fn kubernetes_first() -> Vec<Step> {
    vec![
        Step::say("In ")
            .code(MANIFEST)
            .and(", put the new value in the place of the old one, as the ")
            .code("value")
            .and(" of the variable ")
            .code("DELEGATE_TOKEN")
            .and("."),
        Step::say("Apply it. The pods restart by themselves:").run(format!("kubectl apply -f {MANIFEST}")),
    ]
}

fn kubernetes_next(names: &[String]) -> Vec<Step> {
    let secrets = |ending: &str| names.iter().map(|name| format!("{name}-{ending}")).collect::<Vec<_>>();
    vec![
        Step::say(
            "The file holds the value in base64. Run the first line, paste the value and press Enter: nothing of it is \
             shown or kept. The second line prints it in base64.",
        )
        .run("read -rs TOKEN")
        .run("printf %s \"$TOKEN\" | base64"),
        Step::say("In ")
            .code(MANIFEST)
            .and(", put the result in the place of the old one twice: as ")
            .code("DELEGATE_TOKEN")
            .and(" of the Secret ")
            .codes(&secrets("account-token"))
            .and(", and as ")
            .code("UPGRADER_TOKEN")
            .and(" of the Secret ")
            .codes(&secrets("upgrader-token"))
            .and("."),
        Step::say("Apply it, and restart the pods, which read a Secret only when they start:")
            .run(format!("kubectl apply -f {MANIFEST}"))
            .run_each(names, |name| {
                format!("kubectl rollout restart -n {} deployment/{name}", namespace(Generation::Next))
            }),
    ]
}

fn ecs_first(cluster: &str) -> Vec<Step> {
    vec![
        Step::say("Stop its task, with your names in the place of the words in capitals:")
            .run(format!("aws ecs stop-task --cluster {cluster} --task TASK")),
        edit_ecs(ecs_task_file(Generation::First)),
        Step::say("Start it in the new revision. With AWS VPC mode, use ")
            .code("run-task")
            .and(" with the options of the first time instead.")
            .run(format!(
                "aws ecs start-task --cluster {cluster} --task-definition {} --container-instances INSTANCE",
                ecs_family(Generation::First, "")
            )),
    ]
}

fn ecs_next(names: &[String], cluster: &str) -> Vec<Step> {
    vec![
        edit_ecs(ecs_task_file(Generation::Next)),
        Step::say("Where a service keeps it running, give that the new revision, with your names in the place of the words in capitals:")
            .run_each(names, |name| {
                let family = ecs_family(Generation::Next, name);
                format!("aws ecs update-service --cluster {cluster} --service {name} --task-definition {family}")
            }),
        Step::say("Otherwise stop its task and run it anew, with the options of the first time:")
            .run(format!("aws ecs stop-task --cluster {cluster} --task TASK"))
            .run_each(names, |name| {
                let family = ecs_family(Generation::Next, name);
                format!("aws ecs run-task --cluster {cluster} --task-definition {family}")
            }),
    ]
}

fn edit_ecs(file: &str) -> Step {
    Step::say("In ")
        .code(file)
        .and(", put the new value in the place of the old one, as the ")
        .code("value")
        .and(" of ")
        .code("DELEGATE_TOKEN")
        .and(", and register that as a new revision:")
        .run(format!("aws ecs register-task-definition --cli-input-json file://{file}"))
}

fn helm(names: &[String], next_gen: bool) -> Vec<Step> {
    let namespace = namespace(Generation::of(next_gen));
    let releases: Vec<String> = names.iter().map(|name| release(name).to_owned()).collect();
    vec![
        Step::say("In ")
            .code(HELM_VALUES)
            .and(", put the new value in the place of the old one, after ")
            .code("delegateToken")
            .and("."),
        Step::say("Upgrade the release. The pods restart by themselves:").run_each(&releases, |name| {
            format!("helm upgrade {name} ./{HELM_CHART} -f {HELM_VALUES} --namespace {namespace}")
        }),
    ]
}

#[cfg(test)]
mod tests;
