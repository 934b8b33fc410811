//! How to stop and remove a delegate where it runs: deleting its listing does not do that.

use muster::delegate::{DelegateType, Facts};

/// The commands, in order, and what they do.
#[must_use]
pub fn removal(facts: &Facts) -> (&'static str, Option<String>) {
    let host = facts.host_name.as_str();
    match facts.kind {
        DelegateType::ShellScript => {
            ("On its host, in the directory where it was unpacked, run:", Some("./stop.sh".to_owned()))
        }
        DelegateType::Docker => ("On its Docker host, run:", Some(format!("docker rm -f {}", word(host)))),
        DelegateType::Kubernetes => (
            "With access to its cluster, run:",
            Some(format!("kubectl delete statefulset -n harness-delegate {}", word(stateful_set(host)))),
        ),
        DelegateType::Ecs => {
            ("With access to its ECS cluster, run:", Some("aws ecs stop-task --task <task id>".to_owned()))
        }
        DelegateType::Helm => {
            ("With access to its cluster, run:", Some(format!("helm delete {}", word(facts.name.as_str()))))
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

/// A word for a shell. The delegate chose it, and a person is about to paste it.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/@".contains(c);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stateful_set_is_named_without_the_ordinal() {
        assert_eq!(stateful_set("mydelegate-vutpmk-0"), "mydelegate-vutpmk");
        assert_eq!(stateful_set("mydelegate-vutpmk-12"), "mydelegate-vutpmk");
        assert_eq!(stateful_set("mydelegate-vutpmk"), "mydelegate-vutpmk");
        assert_eq!(stateful_set("host-"), "host-");
    }

    #[test]
    fn a_name_cannot_become_a_command() {
        assert_eq!(word("ip-10-4-0-17.internal"), "ip-10-4-0-17.internal");
        assert_eq!(word("$(reboot)"), "'$(reboot)'");
        assert_eq!(word("a'; reboot #"), r"'a'\''; reboot #'");
        assert_eq!(word("--all"), "'--all'");
    }
}
