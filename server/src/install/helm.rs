//! Values for our Helm chart of a delegate. The chart itself joins them in the archive.

use std::io;

use askama::Template;
use muster::install::{
    Language, Permissions,
    files::{HELM_VALUES, namespace, release},
};

use super::{
    artifact::Artifact,
    escape::{In, Plain, Yaml},
    k8s_names::letters,
    plan::InstallPlan,
};

#[derive(Template)]
#[template(path = "helm/first/harness-delegate-values.yaml")]
struct First {
    values: Values,
    account_short: In<Yaml>,
}

#[derive(Template)]
#[template(path = "helm/next/harness-delegate-values.yaml")]
struct Next {
    values: Values,
}

/// What both generations have.
struct Values {
    release: In<Yaml>,
    account: In<Yaml>,
    token: In<Yaml>,
    name: In<Yaml>,
    profile: In<Yaml>,
    key_seed: In<Yaml>,
    manager_url: In<Yaml>,
    tags: In<Yaml>,
    description: In<Yaml>,
    image: In<Yaml>,
    cpu: In<Yaml>,
    memory: In<Yaml>,
    permissions: In<Yaml>,
}

#[derive(Template)]
#[template(path = "helm/README.txt")]
struct Readme {
    name: In<Plain>,
    underline: In<Plain>,
    release: In<Plain>,
    namespace: In<Plain>,
    manager_url: In<Plain>,
    profile: In<Plain>,
    image: In<Plain>,
}

/// The word of the chart.
const fn permissions(permissions: Permissions) -> &'static str {
    match permissions {
        Permissions::ClusterAdmin => "CLUSTER_ADMIN",
        Permissions::ClusterViewer => "CLUSTER_VIEWER",
        Permissions::NamespaceAdmin => "NAMESPACE_ADMIN",
        Permissions::Custom => "CUSTOM",
    }
}

/// The files, but for the chart.
pub fn render(plan: &InstallPlan) -> io::Result<Vec<Artifact>> {
    let chosen = &plan.chosen;
    let name = chosen.name.as_str();
    let release = release(name);
    let values = Values {
        release: Yaml::name(release),
        account: Yaml::text(&plan.account),
        token: Yaml::text(&plan.token.hex()),
        name: Yaml::text(name),
        profile: Yaml::text(&plan.profile_id()),
        key_seed: Yaml::text(&plan.key_seed()),
        manager_url: Yaml::text(&plan.manager_url),
        tags: Yaml::text(&chosen.tags.to_string()),
        description: Yaml::text(&chosen.description),
        image: Yaml::text(&plan.image),
        cpu: Yaml::text(&format!("{}m", chosen.size.cpu_millis())),
        memory: Yaml::number(chosen.size.memory_mib()),
        permissions: Yaml::name(permissions(chosen.permissions)),
    };
    let readme = Readme {
        name: Plain::line(name),
        underline: Plain::line(&"=".repeat("The delegate ".len() + name.len())),
        release: Plain::line(release),
        namespace: Plain::line(namespace(chosen.generation)),
        manager_url: Plain::line(&plan.manager_url),
        profile: Plain::line(&plan.profile),
        image: Plain::line(&plan.image),
    };
    let values = if chosen.is_next() {
        Artifact::of(HELM_VALUES, 0o600, Language::Yaml, &Next { values })?
    } else {
        let account_short = Yaml::text(&letters(&[&plan.account]));
        Artifact::of(HELM_VALUES, 0o600, Language::Yaml, &First { values, account_short })?
    };
    Ok(vec![values, Artifact::of("README.txt", 0o644, Language::Text, &readme)?])
}
