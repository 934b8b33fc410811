//! A delegate on a Linux host: its settings, and the scripts that start and stop it. The program itself joins them in
//! the archive.

use std::io;

use askama::Template;
use muster::install::Language;

use super::{
    artifact::Artifact,
    escape::{In, Plain, Yaml},
    plan::InstallPlan,
};

#[derive(Template)]
#[template(path = "shell/config-delegate.yml")]
struct Config {
    account: In<Yaml>,
    manager_url: In<Yaml>,
    token: In<Yaml>,
    name: In<Yaml>,
    kind: In<Yaml>,
    description: In<Yaml>,
    profile: In<Yaml>,
    tags: In<Yaml>,
    next: bool,
}

#[derive(Template)]
#[template(path = "shell/config-watcher.yml")]
struct Watcher {
    account: In<Yaml>,
    manager_url: In<Yaml>,
    token: In<Yaml>,
}

#[derive(Template)]
#[template(path = "shell/README.txt")]
struct Readme {
    name: In<Plain>,
    underline: In<Plain>,
    manager_url: In<Plain>,
    profile: In<Plain>,
}

/// The files, but for the program.
pub fn render(plan: &InstallPlan) -> io::Result<Vec<Artifact>> {
    let chosen = &plan.chosen;
    let name = chosen.name.as_str();
    let config = Config {
        account: Yaml::text(&plan.account),
        manager_url: Yaml::text(&plan.manager_url),
        token: Yaml::text(&plan.token.hex()),
        name: Yaml::text(name),
        kind: Yaml::name(chosen.delegate_type().code()),
        description: Yaml::text(&chosen.description),
        profile: Yaml::text(&plan.profile_id()),
        tags: Yaml::text(&chosen.tags.to_string()),
        next: chosen.is_next(),
    };
    let watcher = Watcher {
        account: Yaml::text(&plan.account),
        manager_url: Yaml::text(&plan.manager_url),
        token: Yaml::text(&plan.token.hex()),
    };
    let readme = Readme {
        name: Plain::line(name),
        underline: Plain::line(&"=".repeat("The delegate ".len() + name.len())),
        manager_url: Plain::line(&plan.manager_url),
        profile: Plain::line(&plan.profile),
    };
    let script = |name, text| Artifact::fixed(name, 0o755, Language::Shell, text);
    Ok(vec![
        Artifact::of("config-delegate.yml", 0o600, Language::Yaml, &config)?,
        Artifact::of("config-watcher.yml", 0o600, Language::Yaml, &watcher)?,
        script("start.sh", include_str!("templates/shell/start.sh")),
        script("stop.sh", include_str!("templates/shell/stop.sh")),
        script("setup-proxy.sh", include_str!("templates/shell/setup-proxy.sh")),
        script("install-service.sh", include_str!("templates/shell/install-service.sh")),
        Artifact::fixed(
            "harness-delegate.service",
            0o644,
            Language::Text,
            include_str!("templates/shell/harness-delegate.service"),
        ),
        Artifact::of("README.txt", 0o644, Language::Text, &readme)?,
    ])
}
