//! Why a delegate may not come, most likely first, and how to find out.

use leptos::prelude::*;
use muster::{
    escape::shell_word,
    install::{Arrivals, InstallFields, InstallKind},
};

use super::run::Target;
use crate::ui::copy::Command;

/// A cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// What it is.
    pub title: &'static str,
    /// How it shows, and what to do.
    pub text: String,
    /// Lines for a shell that find it out.
    pub lines: Vec<String>,
}

/// How many of [`causes_of`], from the first on, are about a delegate that does not run or does not reach Muster.
pub const RUNS_AND_REACHES: usize = 4;

fn cause(title: &'static str, text: impl Into<String>, lines: Vec<String>) -> Cause {
    Cause { title, text: text.into(), lines }
}

/// What to go through for what was chosen, with where delegates look for this manager.
#[must_use]
pub fn causes_of(kind: InstallKind, fields: &InstallFields, arrivals: &Arrivals) -> Vec<Cause> {
    let target = Target::of(kind, fields);
    target.map_or_else(Vec::new, |target| causes(&target, &arrivals.manager_url, arrivals.only_here))
}

/// What to go through, for a delegate that is to look for Muster at `manager_url`.
fn causes(target: &Target, manager_url: &str, only_here: bool) -> Vec<Cause> {
    let mut causes = vec![not_running(target), log(target)];
    let way = if only_here {
        format!(
            "It looks for Muster at {manager_url}, which only this machine reaches. Set MUSTER_PUBLIC_URL, restart \
             Muster, and download the files anew."
        )
    } else {
        format!("It looks for Muster at {manager_url}. Where the delegate runs, this has to answer:")
    };
    let health = format!("curl -fsS {}", shell_word(&format!("{}/healthz", manager_url.trim_end_matches('/'))));
    causes.push(cause("It does not reach Muster", way, if only_here { Vec::new() } else { vec![health] }));
    causes.extend([
        cause(
            "Its token is refused",
            "The log then names REVOKED_TOKEN. A token that was revoked or has expired is not taken again: choose an \
             active one in Delegate Setup and download the files anew.",
            Vec::new(),
        ),
        cause(
            "It registers under another name or account",
            format!(
                "This page waits for {}. Where the files were edited, compare name and account id with those in Review.",
                target.name.as_str()
            ),
            Vec::new(),
        ),
        cause(
            "The clock of its host is wrong",
            "What it signs is good for minutes. Where it runs, this has to show the right time, in UTC:",
            vec!["date -u".to_owned()],
        ),
    ]);
    causes
}

fn not_running(target: &Target) -> Cause {
    let (name, namespace, selector) = (target.name.as_str(), target.namespace(), target.selector());
    match target.kind {
        InstallKind::Shell => cause(
            "It does not run",
            "Started once more, it says whether it runs, or why it does not:",
            vec!["./start.sh".to_owned()],
        ),
        InstallKind::Docker => cause(
            "The container does not run",
            "Docker may not find the image, here or in a registry.",
            vec![format!("docker ps --all --filter name={name}")],
        ),
        InstallKind::Kubernetes | InstallKind::Helm => cause(
            "The pod does not run",
            "ImagePullBackOff: the nodes do not find the image. Pending: no node has room for it.",
            vec![target.pods(), format!("kubectl describe pods -n {namespace} -l {selector}")],
        ),
        InstallKind::Ecs => cause(
            "The task does not run",
            "A task that stopped tells its reason: the image was not found, or no instance has room for it.",
            vec![
                format!(
                    "aws ecs list-tasks --cluster {} --family {} --desired-status STOPPED",
                    target.cluster,
                    target.family()
                ),
                format!("aws ecs describe-tasks --cluster {} --tasks TASK", target.cluster),
            ],
        ),
    }
}

fn log(target: &Target) -> Cause {
    let (name, namespace, selector) = (target.name.as_str(), target.namespace(), target.selector());
    let (text, lines) = match target.kind {
        InstallKind::Shell => ("It is in the folder of the delegate.", vec!["tail -n 50 delegate.log".to_owned()]),
        InstallKind::Docker => ("Docker keeps it.", vec![format!("docker logs --tail 50 {name}")]),
        InstallKind::Kubernetes | InstallKind::Helm => {
            ("The cluster keeps it.", vec![format!("kubectl logs -n {namespace} -l {selector} --tail 50")])
        }
        InstallKind::Ecs if target.vpc => (
            "On Fargate it goes where a log driver sends it. The file sets none: add logConfiguration with the driver \
             awslogs to the container.",
            Vec::new(),
        ),
        InstallKind::Ecs => {
            let container = "ecs-delegate";
            let lines =
                [format!("docker ps --all --filter name={container}"), "docker logs --tail 50 CONTAINER".to_owned()];
            ("On the container instance, Docker keeps it.", lines.to_vec())
        }
    };
    cause("What its log says", text, lines)
}

/// The checklist.
#[component]
pub fn Causes(causes: Vec<Cause>) -> impl IntoView {
    view! {
        <ul class="causes">
            {causes
                .into_iter()
                .map(|cause| {
                    view! {
                        <li>
                            <p class="t">{cause.title}</p>
                            <p class="muted">{cause.text}</p>
                            {cause.lines.into_iter().map(|line| view! { <Command line=line /> }).collect_view()}
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}

#[cfg(test)]
mod tests {
    use muster::install::Generation;

    use super::*;

    fn lines(kind: InstallKind, generation: Generation, url: &str, only_here: bool) -> Vec<String> {
        let generation = generation.slug().to_owned();
        let fields = InstallFields { name: "edge-1".into(), generation, ..InstallFields::default() };
        let target = Target::of(kind, &fields).unwrap();
        causes(&target, url, only_here).into_iter().flat_map(|cause| cause.lines).collect()
    }

    #[test]
    fn every_way_tells_what_runs_and_where_its_log_is() {
        let url = "https://muster.example.com/";
        let health = "curl -fsS https://muster.example.com/healthz";
        assert_eq!(
            lines(InstallKind::Shell, Generation::Next, url, false),
            ["./start.sh", "tail -n 50 delegate.log", health, "date -u",]
        );
        assert_eq!(
            lines(InstallKind::Docker, Generation::First, url, false),
            ["docker ps --all --filter name=edge-1", "docker logs --tail 50 edge-1", health, "date -u",]
        );
        assert_eq!(
            lines(InstallKind::Kubernetes, Generation::First, url, false),
            [
                "kubectl get pods -n harness-delegate -l harness.io/name=edge-1",
                "kubectl describe pods -n harness-delegate -l harness.io/name=edge-1",
                "kubectl logs -n harness-delegate -l harness.io/name=edge-1 --tail 50",
                health,
                "date -u",
            ]
        );
        let helm = lines(InstallKind::Helm, Generation::Next, url, false);
        assert_eq!(helm[2], "kubectl logs -n harness-delegate-ng -l app.kubernetes.io/instance=edge-1 --tail 50");
        let ecs = lines(InstallKind::Ecs, Generation::Next, url, false);
        assert!(ecs[0].contains("--family harness-delegate-task-spec-edge-1 "), "{ecs:?}");
    }

    #[test]
    fn an_address_cannot_become_a_command() {
        let lines = lines(InstallKind::Shell, Generation::Next, "http://h/$(reboot)", false);
        assert!(lines.contains(&"curl -fsS 'http://h/$(reboot)/healthz'".to_owned()), "{lines:?}");
        let here = super::tests::lines(InstallKind::Shell, Generation::Next, "http://127.0.0.1:3000", true);
        assert!(!here.iter().any(|line| line.starts_with("curl")), "{here:?}");
    }
}
