//! What install files and what is in them is called: by the manager that makes them, and by the console that says what
//! to do with them.

use super::{Choices, Generation, InstallKind, is_cluster};
use crate::delegate::InstallName;

/// The script of Docker's first generation.
pub const LAUNCH_SCRIPT: &str = "launch-harness-delegate.sh";
/// The compose file of Docker's next generation.
pub const COMPOSE_FILE: &str = "docker-compose.yml";
/// The manifest for a cluster.
pub const MANIFEST: &str = "harness-delegate.yaml";
/// The values for the Helm chart.
pub const HELM_VALUES: &str = "harness-delegate-values.yaml";
/// The folder of the Helm chart.
pub const HELM_CHART: &str = "muster-delegate";
/// The most characters of the name of a Helm release.
pub const MAX_RELEASE_CHARS: usize = 53;
/// The most characters of the name of a first-generation delegate of the Helm chart: its StatefulSet is called
/// `<name>-<6 letters>`, and that can have 52 characters.
pub const MAX_HELM_FIRST_NAME_CHARS: usize = 45;
/// The host name of an ECS task, where a person names none.
pub const ECS_HOST_NAME: &str = "Harness-ECS-Delegate";
/// Where a link that works once is redeemed: GET with `key` in the query.
pub const FETCH_PATH: &str = "/install/fetch";

/// The namespace of a delegate in a cluster.
#[must_use]
pub const fn namespace(generation: Generation) -> &'static str {
    match generation {
        Generation::First => "harness-delegate",
        Generation::Next => "harness-delegate-ng",
    }
}

/// The task definition of ECS.
#[must_use]
pub const fn ecs_task_file(generation: Generation) -> &'static str {
    match generation {
        Generation::First => "ecs-task-spec.json",
        Generation::Next => "task-spec.json",
    }
}

/// The family that a delegate's task definitions are revisions of. Tasks of the first generation share one; a service
/// runs a family's newest, so that each delegate of the next generation has one of its own.
#[must_use]
pub fn ecs_family(generation: Generation, name: &str) -> String {
    const FAMILY: &str = "harness-delegate-task-spec";
    match generation {
        Generation::First => FAMILY.to_owned(),
        Generation::Next => format!("{FAMILY}-{name}"),
    }
}

/// The word that commands have for an ECS cluster: its name, where it can be one, or else one to be replaced.
#[must_use]
pub fn cluster_word(name: &str) -> &str {
    match name.trim() {
        name if !name.is_empty() && is_cluster(name) => name,
        _ => "CLUSTER",
    }
}

/// The name of the Helm release of a delegate of this name.
#[must_use]
pub fn release(name: &str) -> &str {
    cut(name, MAX_RELEASE_CHARS)
}

/// The most hosts that one link hands files out to.
pub const MAX_LINK_HOSTS: u32 = 100;

/// What a delegate is called that a link for several hosts sets up: what was chosen, and the host. None where the host
/// has no name of which one can be made.
#[must_use]
pub fn name_on_host(chosen: &str, host: &str) -> Option<String> {
    let label = host.trim().split('.').next().unwrap_or_default();
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let label: String = label.chars().map(letter).collect();
    let label = label.trim_matches('-');
    (!label.is_empty()).then(|| cut(&format!("{chosen}-{label}"), InstallName::MAX_LENGTH).to_owned())
}

/// The beginning of a name, without a dash at its end. A name that cannot be cut there stays whole.
#[must_use]
pub fn cut(name: &str, most: usize) -> &str {
    name.get(..most).unwrap_or(name).trim_end_matches('-')
}

/// What a person gets as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bundle {
    /// An archive of all files.
    Archive {
        /// Its name.
        name: &'static str,
        /// The folder that it unpacks to.
        folder: &'static str,
    },
    /// One file; others beside it are for who prefers them.
    File(&'static str),
}

impl Bundle {
    /// What comes of some choices.
    #[must_use]
    pub const fn of(chosen: &Choices) -> Self {
        use Generation::{First, Next};
        match (chosen.kind, chosen.generation) {
            (InstallKind::Shell, _) => archive("harness-delegate.tar.gz", "harness-delegate"),
            (InstallKind::Docker, First) => archive("harness-delegate-docker.tar.gz", "harness-delegate-docker"),
            (InstallKind::Docker, Next) => Self::File(COMPOSE_FILE),
            (InstallKind::Kubernetes, First) => {
                archive("harness-delegate-kubernetes.tar.gz", "harness-delegate-kubernetes")
            }
            (InstallKind::Kubernetes, Next) => Self::File(MANIFEST),
            // On Fargate the task needs a service beside it.
            (InstallKind::Ecs, Next) if !chosen.vpc => Self::File(ecs_task_file(Next)),
            (InstallKind::Ecs, _) => archive("harness-delegate-ecs.tar.gz", "harness-delegate-ecs"),
            (InstallKind::Helm, _) => archive("harness-delegate-helm.tar.gz", "harness-delegate-helm"),
        }
    }

    /// The name of what is downloaded.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Archive { name, .. } | Self::File(name) => name,
        }
    }

    /// The folder that it unpacks to; empty where it is no archive.
    #[must_use]
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Archive { folder, .. } => folder,
            Self::File(_) => "",
        }
    }
}

const fn archive(name: &'static str, folder: &'static str) -> Bundle {
    Bundle::Archive { name, folder }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delegates_of_several_hosts_are_told_apart_by_them() {
        for (host, name) in [
            ("Web-1.example.com", Some("edge-web-1")),
            ("ip_10 ", Some("edge-ip-10")),
            ("-", None),
            ("", None),
            (".x", None),
        ] {
            assert_eq!(name_on_host("edge", host).as_deref(), name, "{host:?}");
        }
        let long = name_on_host("edge", &"a".repeat(80)).unwrap();
        assert!(InstallName::parse(&long).is_ok() && long.len() == 63);
    }

    #[test]
    fn commands_name_the_cluster_or_a_word_to_replace() {
        for (name, word) in [(" prod ", "prod"), ("", "CLUSTER"), ("$(id)", "CLUSTER")] {
            assert_eq!(cluster_word(name), word);
        }
    }

    #[test]
    fn a_long_name_is_cut_and_ends_in_no_dash() {
        assert_eq!((cut("ab-cd", 3), cut("ab", 3)), ("ab", "ab"));
        assert_eq!(release(&format!("{}-b", "a".repeat(52))), "a".repeat(52));
        assert_eq!(release(&"ä".repeat(40)), "ä".repeat(40));
    }
}
