//! A delegate in a Kubernetes cluster: a StatefulSet of the first generation, a Deployment of the next.

use std::io;

use askama::Template;
use muster::install::{
    Language, Permissions,
    files::{MANIFEST, cut, namespace},
};

use super::{
    artifact::Artifact,
    environment::{KEY_SEED, PROXY_SECRETS, Pair, TOKEN, in_kubernetes},
    escape::{In, Plain, Yaml},
    k8s_names::{letters, with_ending},
    plan::InstallPlan,
};

/// The longest name of a StatefulSet: Kubernetes adds to it what has to stay within 63 characters.
const MAX_STATEFUL_SET_CHARS: usize = 52;
/// The longest name of a CronJob, for the same reason.
const MAX_CRON_JOB_CHARS: usize = 52;

/// The objects that both generations have, and what stands in them.
struct Objects {
    namespace: In<Yaml>,
    /// The StatefulSet or the Deployment.
    workload: In<Yaml>,
    name: In<Yaml>,
    account_label: In<Yaml>,
    /// The service account.
    account: In<Yaml>,
    /// The same, where it is to be made.
    own_account: Option<In<Yaml>>,
    binding: Option<Binding>,
    image: In<Yaml>,
    cpu: In<Yaml>,
    memory: In<Yaml>,
    environment: Vec<Pair<Yaml>>,
}

/// What gives the service account its permissions.
struct Binding {
    kind: In<Yaml>,
    name: In<Yaml>,
    whole_cluster: bool,
    role: In<Yaml>,
}

#[derive(Template)]
#[template(path = "kubernetes/first/harness-delegate.yaml")]
struct First {
    objects: Objects,
    proxy_secret: In<Yaml>,
}

#[derive(Template)]
#[template(path = "kubernetes/first/README.txt")]
struct Readme {
    name: In<Plain>,
    underline: In<Plain>,
    workload: In<Plain>,
    manager_url: In<Plain>,
    profile: In<Plain>,
    image: In<Plain>,
}

#[derive(Template)]
#[template(path = "kubernetes/next/harness-delegate.yaml")]
struct Next {
    objects: Objects,
    token_secret: In<Yaml>,
    token: In<Yaml>,
    key_seed: In<Yaml>,
    token_id: In<Yaml>,
    upgrader: Upgrader,
}

struct Upgrader {
    account: In<Yaml>,
    secret: In<Yaml>,
    config: In<Yaml>,
    job: In<Yaml>,
}

/// The files.
pub fn render(plan: &InstallPlan) -> io::Result<Vec<Artifact>> {
    if plan.chosen.is_next() { next(plan) } else { first(plan) }
}

fn first(plan: &InstallPlan) -> io::Result<Vec<Artifact>> {
    let name = plan.chosen.name.as_str();
    let suffix = letters(&[&plan.account, name]);
    let workload = format!("{}-{suffix}", cut(name, MAX_STATEFUL_SET_CHARS - suffix.len() - 1));
    let manifest = First {
        objects: objects(plan, &workload, |variable| PROXY_SECRETS.contains(&variable)),
        proxy_secret: Yaml::name(&format!("{name}-proxy")),
    };
    let readme = Readme {
        name: Plain::line(name),
        underline: Plain::line(&"=".repeat("The delegate ".len() + name.len())),
        workload: Plain::line(&workload),
        manager_url: Plain::line(&plan.manager_url),
        profile: Plain::line(&plan.profile),
        image: Plain::line(&plan.image),
    };
    Ok(vec![
        Artifact::of(MANIFEST, 0o600, Language::Yaml, &manifest)?,
        Artifact::of("README.txt", 0o644, Language::Text, &readme)?,
    ])
}

fn next(plan: &InstallPlan) -> io::Result<Vec<Artifact>> {
    let name = plan.chosen.name.as_str();
    let manifest = Next {
        objects: objects(plan, name, |variable| variable == TOKEN || variable == KEY_SEED),
        token_secret: Yaml::name(&format!("{name}-account-token")),
        token: Yaml::text(&plan.token.base64()),
        key_seed: Yaml::text(&plan.key_seed_base64()),
        token_id: Yaml::text(&plan.chosen.token.to_string()),
        upgrader: Upgrader {
            account: Yaml::name(&format!("{name}-upgrader")),
            secret: Yaml::name(&format!("{name}-upgrader-token")),
            config: Yaml::name(&format!("{name}-upgrader-config")),
            job: Yaml::name(&with_ending(name, "-upgrader-job", MAX_CRON_JOB_CHARS)),
        },
    };
    Ok(vec![Artifact::of(MANIFEST, 0o600, Language::Yaml, &manifest)?])
}

fn objects(plan: &InstallPlan, workload: &str, secret: impl Fn(&str) -> bool) -> Objects {
    let namespace = namespace(plan.chosen.generation);
    let (chosen, size) = (&plan.chosen, plan.chosen.size);
    // Existing files of the first generation make every pod of their namespace an administrator of the cluster, by the
    // account that pods have where they name none. A delegate that is to have less needs an account of its own.
    let shares = !chosen.is_next() && chosen.permissions == Permissions::ClusterAdmin;
    let account = || Yaml::name(if shares { "default" } else { workload });
    let binding = |whole_cluster, name: &str, role| Binding {
        kind: Yaml::name(if whole_cluster { "ClusterRoleBinding" } else { "RoleBinding" }),
        name: Yaml::name(name),
        whole_cluster,
        role: Yaml::name(role),
    };
    // Objects of the whole cluster have no namespace: theirs is part of the name.
    let of_cluster = |role| format!("{namespace}-{workload}-{role}");
    Objects {
        namespace: Yaml::name(namespace),
        workload: Yaml::name(workload),
        name: Yaml::name(chosen.name.as_str()),
        account_label: Yaml::name(&letters(&[&plan.account])),
        account: account(),
        own_account: (!shares).then(account),
        binding: match chosen.permissions {
            Permissions::ClusterAdmin if shares => {
                Some(binding(true, "harness-delegate-cluster-admin", "cluster-admin"))
            }
            Permissions::ClusterAdmin => Some(binding(true, &of_cluster("cluster-admin"), "cluster-admin")),
            Permissions::ClusterViewer => Some(binding(true, &of_cluster("view"), "view")),
            Permissions::NamespaceAdmin => Some(binding(false, &format!("{workload}-admin"), "admin")),
            Permissions::Custom => None,
        },
        image: Yaml::name(&plan.image),
        cpu: Yaml::text(&format!("{}m", size.cpu_millis())),
        memory: Yaml::text(&format!("{}Mi", size.memory_mib())),
        environment: in_kubernetes(plan, secret),
    }
}
