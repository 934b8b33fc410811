//! The choice of how a delegate is to run.

use leptos::prelude::*;
use muster::install::InstallKind;

use super::{
    query::use_install_query,
    wizard::{Step, StepHead},
};
use crate::ui::icon::Icon;

const fn icon(kind: InstallKind) -> Icon {
    match kind {
        InstallKind::Shell => Icon::Terminal,
        InstallKind::Docker => Icon::Container,
        InstallKind::Kubernetes => Icon::Cluster,
        InstallKind::Ecs => Icon::Task,
        InstallKind::Helm => Icon::Helm,
    }
}

const fn text(kind: InstallKind) -> &'static str {
    match kind {
        InstallKind::Shell => {
            "An archive for a Linux host. Unpack it, start it, and it registers; nothing else is downloaded."
        }
        InstallKind::Docker => "A container on a Docker host, by Docker Compose or by a script.",
        InstallKind::Kubernetes => "Objects for a cluster, in one manifest for kubectl.",
        InstallKind::Ecs => "A task of Amazon ECS, on EC2 or on Fargate.",
        InstallKind::Helm => "A release in a cluster: values, and the chart that takes them.",
    }
}

/// The page.
#[component]
pub fn InstallPage() -> impl IntoView {
    let query = use_install_query();
    view! {
        <StepHead now=Step::Type kind=None query=query.clone() sub="Choose how the delegate is to run." />
        <ul class="kinds">
            {InstallKind::ALL
                .into_iter()
                .map(|kind| {
                    view! {
                        <li class="card kind">
                            <span class="kind-icon">{icon(kind).draw()}</span>
                            <h2>
                                <a href=query.setup(kind).to_string()>{kind.label()}</a>
                            </h2>
                            <p>{text(kind)}</p>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}
