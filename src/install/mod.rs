//! Installing a delegate: what a person chooses, and which files come of it.

mod choices;
pub mod files;
pub mod image;
mod view;

use serde::{Deserialize, Serialize};

pub use self::{
    choices::{Choices, InstallFields, is_cluster, unknown_token, wrong_type},
    files::Bundle,
    view::{Arrival, Arrivals, InstallLink, InstallOptions, InstallReview, ShownFile},
};
use crate::{delegate::DelegateType, named_enum::named_enum};

named_enum! {
    /// The ways to install a delegate that Muster makes files for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum InstallKind: slug {
        /// An archive for a Linux host.
        Shell = "shell";
        /// A Docker container.
        Docker = "docker";
        /// Objects of a Kubernetes cluster.
        Kubernetes = "kubernetes";
        /// A task of Amazon ECS.
        Ecs = "ecs";
        /// Values for a Helm chart.
        Helm = "helm";
    }
}

impl InstallKind {
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

named_enum! {
    /// Which shape the files have: both are in use.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum Generation: slug, label {
        /// The next: Deployment, `docker-compose.yml`, Fargate.
        #[default]
        Next = "next", "Next generation";
        /// The first: StatefulSet, `launch-harness-delegate.sh`, ECS on EC2.
        First = "first", "First generation";
    }
}

named_enum! {
    /// How much a container may use. Muster's delegate itself needs about 10 MB (measured: 9.5 MB resident); the rest
    /// is for the programs that startup scripts and tasks run.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum Size: slug, label {
        /// To try it out.
        #[default]
        Laptop = "laptop", "Laptop";
        /// A few programs at once.
        Small = "small", "Small";
        /// Some more.
        Medium = "medium", "Medium";
        /// Many.
        Large = "large", "Large";
    }
}

impl Generation {
    /// The generation of a delegate, by whether it says that it is of the next.
    #[must_use]
    pub const fn of(next_gen: bool) -> Self {
        if next_gen { Self::Next } else { Self::First }
    }
}

impl Size {
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

named_enum! {
    /// What the delegate may do in its Kubernetes cluster.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum Permissions: slug, label {
        /// Everything: role `cluster-admin`.
        ClusterAdmin = "cluster-admin", "Cluster admin";
        /// Read everything but secrets: role `view`.
        ClusterViewer = "cluster-viewer", "Cluster viewer";
        /// Everything in its own namespace: role `admin` there.
        #[default]
        NamespaceAdmin = "namespace-admin", "Namespace admin";
        /// Nothing: a person binds a role.
        Custom = "custom", "Custom: you bind a role";
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
