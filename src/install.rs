//! Installing a delegate: what a person chooses, and which files come of it.

use serde::{Deserialize, Serialize};

use crate::delegate::DelegateType;

/// The ways to install a delegate that Muster makes files for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstallKind {
    /// An archive for a Linux host.
    Shell,
    /// A Docker container.
    Docker,
    /// Objects of a Kubernetes cluster.
    Kubernetes,
    /// A task of Amazon ECS.
    Ecs,
    /// Values for a Helm chart.
    Helm,
}

impl InstallKind {
    /// Every way.
    pub const ALL: [Self; 5] = [Self::Shell, Self::Docker, Self::Kubernetes, Self::Ecs, Self::Helm];

    /// The word that URLs hold.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Shell => "shell",
            Self::Docker => "docker",
            Self::Kubernetes => "kubernetes",
            Self::Ecs => "ecs",
            Self::Helm => "helm",
        }
    }

    /// The way behind a word of a URL.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }

    /// The words the console shows: those of the delegate's type.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.delegate_type().label()
    }

    /// The type with which such a delegate registers. Docker's next-generation files say DOCKER for ECS, too, but
    /// then the console could not tell which commands stop it.
    #[must_use]
    pub const fn delegate_type(self) -> DelegateType {
        match self {
            Self::Shell => DelegateType::ShellScript,
            Self::Docker => DelegateType::Docker,
            Self::Kubernetes => DelegateType::Kubernetes,
            Self::Ecs => DelegateType::Ecs,
            Self::Helm => DelegateType::Helm,
        }
    }

    /// Whether it runs from an image, so that image and size are chosen.
    #[must_use]
    pub const fn is_container(self) -> bool {
        !matches!(self, Self::Shell)
    }
}

/// Which shape the files have: both are in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Generation {
    /// The first: StatefulSet, `launch-harness-delegate.sh`, ECS on EC2.
    First,
    /// The next: Deployment, `docker-compose.yml`, Fargate.
    #[default]
    Next,
}

impl Generation {
    /// Both, the default first.
    pub const ALL: [Self; 2] = [Self::Next, Self::First];

    /// The word that URLs and forms hold.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Next => "next",
        }
    }

    /// The generation behind a word.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|generation| generation.slug() == slug)
    }

    /// The words the console shows.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::First => "First generation",
            Self::Next => "Next generation",
        }
    }
}

/// How much a container may use. Muster's delegate itself needs about 10 MB (measured: 9.5 MB resident); the rest is
/// for the programs that startup scripts and tasks run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Size {
    /// To try it out.
    #[default]
    Laptop,
    /// A few programs at once.
    Small,
    /// Some more.
    Medium,
    /// Many.
    Large,
}

impl Size {
    /// Every size.
    pub const ALL: [Self; 4] = [Self::Laptop, Self::Small, Self::Medium, Self::Large];

    /// The word that URLs and forms hold.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Laptop => "laptop",
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }

    /// The size behind a word.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.slug() == slug)
    }

    /// The words the console shows.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Laptop => "Laptop",
            Self::Small => "Small",
            Self::Medium => "Medium",
            Self::Large => "Large",
        }
    }

    /// Memory, in MiB. Each is a size that Fargate offers with [`Size::cpu_millis`].
    #[must_use]
    pub const fn memory_mib(self) -> u32 {
        match self {
            Self::Laptop => 512,
            Self::Small => 1024,
            Self::Medium => 2048,
            Self::Large => 8192,
        }
    }

    /// Processor time, in thousandths of a core.
    #[must_use]
    pub const fn cpu_millis(self) -> u32 {
        match self {
            Self::Laptop => 250,
            Self::Small => 500,
            Self::Medium => 1000,
            Self::Large => 2000,
        }
    }
}

/// What the delegate may do in its Kubernetes cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Permissions {
    /// Everything: role `cluster-admin`.
    #[default]
    ClusterAdmin,
    /// Read everything but secrets: role `view`.
    ClusterViewer,
    /// Everything in its own namespace: role `admin` there.
    NamespaceAdmin,
    /// Nothing: a person binds a role.
    Custom,
}

impl Permissions {
    /// Every choice.
    pub const ALL: [Self; 4] = [Self::ClusterAdmin, Self::ClusterViewer, Self::NamespaceAdmin, Self::Custom];

    /// The word that URLs and forms hold.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::ClusterAdmin => "cluster-admin",
            Self::ClusterViewer => "cluster-viewer",
            Self::NamespaceAdmin => "namespace-admin",
            Self::Custom => "custom",
        }
    }

    /// The choice behind a word.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permissions| permissions.slug() == slug)
    }

    /// The words the console shows.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::ClusterAdmin => "Cluster admin",
            Self::ClusterViewer => "Cluster viewer",
            Self::NamespaceAdmin => "Namespace admin",
            Self::Custom => "Custom: you bind a role",
        }
    }
}

/// Which language a file is written in, for its colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// YAML.
    Yaml,
    /// JSON.
    Json,
    /// A shell script.
    Shell,
    /// Nothing but text.
    Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_found_by_its_word() {
        for kind in InstallKind::ALL {
            assert_eq!(InstallKind::from_slug(kind.slug()), Some(kind));
        }
        for generation in Generation::ALL {
            assert_eq!(Generation::from_slug(generation.slug()), Some(generation));
        }
        for size in Size::ALL {
            assert_eq!(Size::from_slug(size.slug()), Some(size));
        }
        for permissions in Permissions::ALL {
            assert_eq!(Permissions::from_slug(permissions.slug()), Some(permissions));
        }
    }
}
