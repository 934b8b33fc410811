//! What to run where the delegate is to live, with the names that were chosen.

use leptos::prelude::*;
use muster::{
    delegate::InstallName,
    install::{
        Generation, InstallFields, InstallKind, InstallReview,
        files::{HELM_CHART, cluster_word, ecs_family, namespace, release},
    },
};

use crate::ui::copy::Command;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Todo {
    /// What, as a sentence.
    pub text: &'static str,
    /// The lines for a shell, each to be run by itself.
    pub lines: Vec<String>,
}

fn todo(text: &'static str, lines: impl IntoIterator<Item = impl Into<String>>) -> Todo {
    Todo { text, lines: lines.into_iter().map(Into::into).collect() }
}

/// Where and how a delegate was chosen to run, as far as commands need to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The way to install.
    pub kind: InstallKind,
    /// Which shape the files have.
    pub generation: Generation,
    /// Whether an ECS task runs on Fargate.
    pub vpc: bool,
    /// The ECS cluster that commands name; a word in capitals where none was given.
    pub cluster: String,
    /// The delegate's name. It holds nothing that a shell would take for anything else.
    pub name: InstallName,
}

impl Target {
    /// What was chosen; none where the name cannot be.
    #[must_use]
    pub fn of(kind: InstallKind, fields: &InstallFields) -> Option<Self> {
        Some(Self {
            kind,
            generation: Generation::from_slug(&fields.generation).unwrap_or_default(),
            vpc: fields.vpc == "true",
            cluster: cluster_word(&fields.cluster).to_owned(),
            name: InstallName::parse(&fields.name).ok()?,
        })
    }

    /// Whether the files are those of the next generation.
    #[must_use]
    pub fn is_next(&self) -> bool {
        self.generation == Generation::Next
    }

    /// The namespace in a cluster.
    #[must_use]
    pub fn namespace(&self) -> &'static str {
        namespace(self.generation)
    }

    /// The name of the Helm release.
    #[must_use]
    pub fn release(&self) -> &str {
        release(self.name.as_str())
    }

    /// The family of the ECS task.
    #[must_use]
    pub fn family(&self) -> String {
        ecs_family(self.generation, self.name.as_str())
    }

    /// What starts the delegate, once the files are there.
    #[must_use]
    pub fn todos(&self, review: &InstallReview) -> Vec<Todo> {
        let unpack = (!review.folder.is_empty()).then(|| {
            let lines = [format!("tar -xzf {}", review.download), format!("cd {}", review.folder)];
            todo("Unpack the archive and go to its folder.", lines)
        });
        // The first file is the one that everything else is about.
        let file = review.files.first().map_or(review.download.as_str(), |file| file.name.as_str());
        unpack.into_iter().chain(self.starts(file)).collect()
    }

    /// All that starts the delegate in one line, once its files are there; none where something has to be written into
    /// them first.
    #[must_use]
    pub fn start_line(&self, review: &InstallReview) -> Option<String> {
        let starts = match self.kind {
            InstallKind::Ecs if self.vpc => return None,
            InstallKind::Ecs => 2,
            InstallKind::Shell | InstallKind::Docker | InstallKind::Kubernetes | InstallKind::Helm => 1,
        };
        let unpack = usize::from(!review.folder.is_empty());
        let lines: Vec<String> =
            self.todos(review).into_iter().take(unpack + starts).flat_map(|todo| todo.lines).collect();
        Some(lines.join(" && "))
    }

    fn starts(&self, file: &str) -> Vec<Todo> {
        match (self.kind, self.generation) {
            (InstallKind::Shell, _) => vec![
                todo("Start the delegate.", ["./start.sh"]),
                todo(
                    "To have it start with the host, install it as a service of systemd.",
                    ["sudo ./install-service.sh"],
                ),
            ],
            (InstallKind::Docker, Generation::First) => {
                let lines = [format!("chmod +x {file}"), format!("./{file}")];
                vec![todo("Start the container. A container of this name that runs already is replaced.", lines)]
            }
            (InstallKind::Docker, Generation::Next) => vec![
                todo("Start the container with Docker Compose.", [format!("docker compose -f {file} up -d")]),
                todo("Or, without Docker Compose, download docker-run.sh and run it.", ["bash docker-run.sh"]),
            ],
            (InstallKind::Kubernetes, _) => vec![
                todo("Make the objects in the cluster that kubectl is set to.", [format!("kubectl apply -f {file}")]),
                todo("Look at its pod.", [self.pods()]),
            ],
            (InstallKind::Ecs, _) => self.ecs(file),
            (InstallKind::Helm, _) => vec![
                todo(
                    "Install the release in the cluster that kubectl is set to.",
                    [format!(
                        "helm install {} ./{HELM_CHART} -f {file} --namespace {} --create-namespace",
                        self.release(),
                        self.namespace()
                    )],
                ),
                todo("Look at its pod.", [self.pods()]),
            ],
        }
    }

    fn ecs(&self, file: &str) -> Vec<Todo> {
        let register =
            todo("Register the task.", [format!("aws ecs register-task-definition --cli-input-json file://{file}")]);
        let (family, cluster) = (self.family(), &self.cluster);
        let start = match (self.vpc, self.is_next()) {
            (true, true) => todo(
                "Write your subnets and security groups into service.json. Then make the service in your cluster.",
                [format!("aws ecs create-service --cluster {cluster} --cli-input-json file://service.json")],
            ),
            (true, false) => todo(
                "Run it on Fargate, with your subnet and security group in place of the words in capitals.",
                [format!(
                    "aws ecs run-task --cluster {cluster} --launch-type FARGATE --task-definition {family} \
                     --network-configuration 'awsvpcConfiguration={{subnets=[SUBNET],securityGroups=[GROUP]}}'"
                )],
            ),
            (false, _) => todo(
                "Run it on the container instances of your cluster.",
                [format!("aws ecs run-task --cluster {cluster} --launch-type EC2 --task-definition {family}")],
            ),
        };
        vec![register, start]
    }

    /// The line that lists the pods.
    #[must_use]
    pub fn pods(&self) -> String {
        format!("kubectl get pods -n {} -l {}", self.namespace(), self.selector())
    }

    /// What the pods are found by.
    #[must_use]
    pub fn selector(&self) -> String {
        match self.kind {
            InstallKind::Helm => format!("app.kubernetes.io/instance={}", self.release()),
            _ => format!("harness.io/name={}", self.name.as_str()),
        }
    }
}

/// Things to do, in order.
#[component]
pub fn Todos(todos: Vec<Todo>) -> impl IntoView {
    view! {
        <ol class="steps">
            {todos
                .into_iter()
                .map(|todo| {
                    view! {
                        <li>
                            <p>{todo.text}</p>
                            {todo.lines.into_iter().map(|line| view! { <Command line=line /> }).collect_view()}
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }
}

#[cfg(test)]
mod tests {
    use muster::{install::Language, time::Timestamp};

    use muster::install::ShownFile;

    use super::*;

    fn review(files: &[&str], folder: &str) -> InstallReview {
        let shown = |name: &&str| ShownFile {
            name: (*name).into(),
            language: Language::Text,
            text: String::new(),
            sha256: String::new(),
        };
        InstallReview {
            files: files.iter().map(shown).collect(),
            download: if folder.is_empty() { files[0].into() } else { format!("{folder}.tar.gz") },
            folder: folder.into(),
            sha256: String::new(),
            profile: ("Primary".into(), false),
            token: "edge".into(),
            manager_url: "https://muster.example.com".into(),
            only_here: false,
            image: None,
            in_no_registry: false,
            taken: Vec::new(),
            now: Timestamp::from_millis(0),
        }
    }

    fn lines(kind: InstallKind, generation: &str, vpc: &str, files: &[&str], folder: &str) -> Vec<String> {
        let fields = InstallFields {
            name: "edge-1".into(),
            generation: generation.into(),
            vpc: vpc.into(),
            ..InstallFields::default()
        };
        Target::of(kind, &fields)
            .unwrap()
            .todos(&review(files, folder))
            .into_iter()
            .flat_map(|todo| todo.lines)
            .collect()
    }

    #[test]
    fn shell() {
        assert_eq!(
            lines(InstallKind::Shell, "", "", &["start.sh"], "harness-delegate"),
            ["tar -xzf harness-delegate.tar.gz", "cd harness-delegate", "./start.sh", "sudo ./install-service.sh",]
        );
    }

    #[test]
    fn docker() {
        let files = ["launch-harness-delegate.sh", "README.txt"];
        assert_eq!(
            lines(InstallKind::Docker, "first", "", &files, "harness-delegate-docker"),
            [
                "tar -xzf harness-delegate-docker.tar.gz",
                "cd harness-delegate-docker",
                "chmod +x launch-harness-delegate.sh",
                "./launch-harness-delegate.sh",
            ]
        );
        assert_eq!(
            lines(InstallKind::Docker, "next", "", &["docker-compose.yml", "docker-run.sh"], ""),
            ["docker compose -f docker-compose.yml up -d", "bash docker-run.sh",]
        );
    }

    #[test]
    fn kubernetes_and_helm() {
        assert_eq!(
            lines(InstallKind::Kubernetes, "", "", &["harness-delegate.yaml"], ""),
            [
                "kubectl apply -f harness-delegate.yaml",
                "kubectl get pods -n harness-delegate-ng -l harness.io/name=edge-1",
            ]
        );
        let helm = |generation| {
            lines(InstallKind::Helm, generation, "", &["harness-delegate-values.yaml"], "harness-delegate-helm")
        };
        assert_eq!(
            helm("next")[2..],
            [
                "helm install edge-1 ./muster-delegate -f harness-delegate-values.yaml --namespace harness-delegate-ng \
             --create-namespace",
                "kubectl get pods -n harness-delegate-ng -l app.kubernetes.io/instance=edge-1",
            ]
        );
        assert!(helm("first")[2].ends_with("--namespace harness-delegate --create-namespace"));
    }

    #[test]
    fn ecs() {
        let last = |generation, vpc| {
            let files = if generation == "first" { ["ecs-task-spec.json"] } else { ["task-spec.json"] };
            lines(InstallKind::Ecs, generation, vpc, &files, "").split_off(0)
        };
        assert_eq!(
            last("next", ""),
            [
                "aws ecs register-task-definition --cli-input-json file://task-spec.json",
                "aws ecs run-task --cluster CLUSTER --launch-type EC2 --task-definition harness-delegate-task-spec-edge-1",
            ]
        );
        assert_eq!(
            last("next", "true")[1],
            "aws ecs create-service --cluster CLUSTER --cli-input-json file://service.json"
        );
        assert_eq!(
            last("first", "true"),
            [
                "aws ecs register-task-definition --cli-input-json file://ecs-task-spec.json",
                "aws ecs run-task --cluster CLUSTER --launch-type FARGATE --task-definition harness-delegate-task-spec \
             --network-configuration 'awsvpcConfiguration={subnets=[SUBNET],securityGroups=[GROUP]}'",
            ]
        );
    }

    #[test]
    fn one_line_starts_what_can_be_started_at_once() {
        let line = |kind, vpc: &str, folder: &str, file: &str| {
            let fields = InstallFields {
                name: "edge-1".into(),
                vpc: vpc.into(),
                cluster: "prod".into(),
                ..InstallFields::default()
            };
            Target::of(kind, &fields).unwrap().start_line(&review(&[file], folder))
        };
        assert_eq!(
            line(InstallKind::Shell, "", "harness-delegate", "start.sh").unwrap(),
            "tar -xzf harness-delegate.tar.gz && cd harness-delegate && ./start.sh"
        );
        let manifest = line(InstallKind::Kubernetes, "", "", "harness-delegate.yaml");
        assert_eq!(manifest.unwrap(), "kubectl apply -f harness-delegate.yaml");
        assert!(line(InstallKind::Ecs, "", "", "task-spec.json").unwrap().contains("run-task --cluster prod "));
        assert_eq!(line(InstallKind::Ecs, "true", "", "task-spec.json"), None);
    }

    #[test]
    fn a_release_has_a_name_that_helm_takes() {
        let name = format!("{}-b", "a".repeat(52));
        let fields = InstallFields { name, ..InstallFields::default() };
        assert_eq!(Target::of(InstallKind::Helm, &fields).unwrap().release(), "a".repeat(52));
        let nobody = InstallFields { name: "$(reboot)".into(), ..InstallFields::default() };
        assert_eq!(Target::of(InstallKind::Helm, &nobody), None);
    }
}
