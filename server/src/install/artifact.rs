//! What comes of a plan: files, and how they are handed out.

use std::io;

use askama::Template;
use muster::install::{Generation, InstallKind, Language};
use zeroize::Zeroizing;

use super::{
    docker, ecs, helm, kubernetes,
    plan::{Choices, InstallPlan},
    shell,
};

/// An install file.
pub struct Artifact {
    /// Its name.
    pub name: &'static str,
    /// Its permissions.
    pub mode: u32,
    /// Its language.
    pub language: Language,
    /// Its text; may hold the token's value.
    pub text: Zeroizing<String>,
}

impl Artifact {
    /// A file that a template makes.
    pub fn of(name: &'static str, mode: u32, language: Language, template: &impl Template) -> io::Result<Self> {
        let mut text = Zeroizing::new(template.render().map_err(io::Error::other)?);
        // askama leaves out the last line end of a template.
        text.push('\n');
        Ok(Self { name, mode, language, text })
    }

    /// A file that is the same for everybody.
    pub fn fixed(name: &'static str, mode: u32, language: Language, text: &str) -> Self {
        Self { name, mode, language, text: Zeroizing::new(text.to_owned()) }
    }

    /// The type by which browsers know it.
    pub const fn media_type(&self) -> &'static str {
        match self.language {
            Language::Yaml => "application/yaml",
            Language::Json => "application/json",
            Language::Shell => "application/x-sh",
            Language::Text => "text/plain; charset=utf-8",
        }
    }
}

/// The files of a plan, the one to begin with first.
///
/// # Errors
/// Where a template cannot be rendered: a fault of the program.
pub fn render(plan: &InstallPlan) -> io::Result<Vec<Artifact>> {
    match plan.chosen.kind {
        InstallKind::Shell => shell::render(plan),
        InstallKind::Docker => docker::render(plan),
        InstallKind::Kubernetes => kubernetes::render(plan),
        InstallKind::Ecs => ecs::render(plan),
        InstallKind::Helm => helm::render(plan),
    }
}

/// What a person gets as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
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

impl Whole {
    /// What comes of some choices.
    pub fn of(chosen: &Choices) -> Self {
        use Generation::{First, Next};
        let archive = |name, folder| Self::Archive { name, folder };
        match (chosen.kind, chosen.generation) {
            (InstallKind::Shell, _) => archive("harness-delegate.tar.gz", "harness-delegate"),
            (InstallKind::Docker, First) => archive("harness-delegate-docker.tar.gz", "harness-delegate-docker"),
            (InstallKind::Docker, Next) => Self::File(docker::COMPOSE),
            (InstallKind::Kubernetes, First) => {
                archive("harness-delegate-kubernetes.tar.gz", "harness-delegate-kubernetes")
            }
            (InstallKind::Kubernetes, Next) => Self::File(kubernetes::MANIFEST),
            // On Fargate the task needs a service beside it.
            (InstallKind::Ecs, Next) if !chosen.vpc => Self::File(ecs::NEXT_TASK),
            (InstallKind::Ecs, _) => archive("harness-delegate-ecs.tar.gz", "harness-delegate-ecs"),
            (InstallKind::Helm, _) => archive("harness-delegate-helm.tar.gz", "harness-delegate-helm"),
        }
    }

    /// The name of what is downloaded.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Archive { name, .. } | Self::File(name) => name,
        }
    }

    /// The folder that it unpacks to; empty where it is no archive.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Archive { folder, .. } => folder,
            Self::File(_) => "",
        }
    }
}
