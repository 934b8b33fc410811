//! How to stop and remove a delegate where it runs: deleting its listing does not do that.

use muster::{
    delegate::{DelegateType, Facts},
    escape::shell_word,
    install::{
        Generation,
        files::{namespace, release},
    },
};

/// What to do, and the command, where there is one. One for ECS names the `cluster`.
#[must_use]
pub fn removal(facts: &Facts, cluster: &str) -> (&'static str, Option<String>) {
    // The delegate chose its names, and a person is about to paste them.
    let (name, host) = (shell_word(facts.name.as_str()), facts.host_name.as_str());
    let namespace = namespace(Generation::of(facts.next_gen));
    match facts.kind {
        DelegateType::ShellScript => {
            ("On its host, in the directory where it was unpacked, run:", Some("./stop.sh".to_owned()))
        }
        DelegateType::Docker => ("On its Docker host, run:", Some(format!("docker rm -f {name}"))),
        DelegateType::Kubernetes if facts.next_gen => {
            ("With access to its cluster, run:", Some(format!("kubectl delete deployment -n {namespace} {name}")))
        }
        DelegateType::Kubernetes => (
            "With access to its cluster, run:",
            Some(format!("kubectl delete statefulset -n {namespace} {}", shell_word(stateful_set(host)))),
        ),
        DelegateType::Ecs => (
            "With access to its ECS cluster, delete the service that keeps it running, where there is one, and run this \
             with your names in the place of the words in capitals:",
            Some(format!("aws ecs stop-task --cluster {cluster} --task TASK")),
        ),
        DelegateType::Helm => {
            let release = shell_word(release(facts.name.as_str()));
            ("With access to its cluster, run:", Some(format!("helm delete -n {namespace} {release}")))
        }
        DelegateType::Other => ("Stop its process where it runs, and remove what starts it again.", None),
    }
}

/// The name of a StatefulSet out of that of one of its pods: without the ordinal.
fn stateful_set(pod: &str) -> &str {
    match pod.rsplit_once('-') {
        Some((set, ordinal)) if !ordinal.is_empty() && ordinal.bytes().all(|c| c.is_ascii_digit()) => set,
        _ => pod,
    }
}

#[cfg(test)]
mod tests {
    use muster::{
        delegate::{DelegateName, HostName},
        text::Selectors,
    };

    use super::*;

    #[test]
    fn a_stateful_set_is_named_without_the_ordinal() {
        assert_eq!(stateful_set("mydelegate-vutpmk-0"), "mydelegate-vutpmk");
        assert_eq!(stateful_set("mydelegate-vutpmk-12"), "mydelegate-vutpmk");
        assert_eq!(stateful_set("mydelegate-vutpmk"), "mydelegate-vutpmk");
        assert_eq!(stateful_set("host-"), "host-");
    }

    #[test]
    fn each_way_to_install_has_its_own_way_out() {
        let facts = |code: &str, next_gen| Facts {
            name: DelegateName::parse("edge").unwrap(),
            host_name: HostName::parse("edge-vutpmk-0").unwrap(),
            ip: String::new(),
            kind: DelegateType::from_code(code),
            version: String::new(),
            description: String::new(),
            tags: Selectors::default(),
            thumbprint: None,
            heartbeat_interval_ms: None,
            next_gen,
            platform: String::new(),
        };
        for (code, next_gen, command) in [
            ("SHELL_SCRIPT", true, Some("./stop.sh")),
            ("DOCKER", false, Some("docker rm -f edge")),
            ("KUBERNETES", false, Some("kubectl delete statefulset -n harness-delegate edge-vutpmk")),
            ("KUBERNETES", true, Some("kubectl delete deployment -n harness-delegate-ng edge")),
            ("ECS", true, Some("aws ecs stop-task --cluster prod --task TASK")),
            ("HELM_DELEGATE", true, Some("helm delete -n harness-delegate-ng edge")),
            ("HELM_DELEGATE", false, Some("helm delete -n harness-delegate edge")),
            ("CE_KUBERNETES", false, None),
        ] {
            assert_eq!(removal(&facts(code, next_gen), "prod").1.as_deref(), command, "{code}");
        }
    }

    #[test]
    fn releases_have_names_that_helm_takes() {
        assert_eq!(release("edge"), "edge");
        let long = format!("{}-{}", "a".repeat(52), "b".repeat(10));
        assert_eq!(release(&long), "a".repeat(52));
        // Other clients choose freely: what cannot be cut is left as it is.
        assert_eq!(release(&"ä".repeat(40)), "ä".repeat(40));
    }

    #[test]
    fn a_name_cannot_become_a_command() {
        assert_eq!(shell_word("ip-10-4-0-17.internal"), "ip-10-4-0-17.internal");
        assert_eq!(shell_word("$(reboot)"), "'$(reboot)'");
        assert_eq!(shell_word("a'; reboot #"), r"'a'\''; reboot #'");
        assert_eq!(shell_word("--all"), "'--all'");
    }
}
