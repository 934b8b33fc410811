//! From a plan to files.

use std::io;

use muster::install::InstallKind;

use super::{artifact::Artifact, docker, ecs, helm, kubernetes, plan::InstallPlan, shell};

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
