//! A delegate in a Docker container: a script of the first generation, a compose file of the next.

use std::io;

use askama::Template;
use muster::install::{
    Language, Size,
    files::{COMPOSE_FILE, LAUNCH_SCRIPT},
};

use super::{
    artifact::Artifact,
    environment::{Pair, in_compose, in_shell},
    escape::{In, Plain, Shell, Yaml},
    plan::InstallPlan,
};

#[derive(Template)]
#[template(path = "docker/first/launch-harness-delegate.sh")]
struct Launch {
    name: In<Shell>,
    image: In<Shell>,
    cpus: In<Shell>,
    memory: In<Shell>,
    environment: Vec<Pair<Shell>>,
}

#[derive(Template)]
#[template(path = "docker/first/README.txt")]
struct Readme {
    name: In<Plain>,
    underline: In<Plain>,
    manager_url: In<Plain>,
    profile: In<Plain>,
    image: In<Plain>,
}

#[derive(Template)]
#[template(path = "docker/next/docker-compose.yml")]
struct Compose {
    name: In<Yaml>,
    image: In<Yaml>,
    cpus: In<Yaml>,
    memory: In<Yaml>,
    environment: Vec<In<Yaml>>,
}

#[derive(Template)]
#[template(path = "docker/next/docker-run.sh")]
struct Run {
    name: In<Shell>,
    image: In<Shell>,
    cpus: In<Shell>,
    memory: In<Shell>,
    environment: Vec<Pair<Shell>>,
}

/// Cores, as Docker counts them.
fn cpus(size: Size) -> String {
    (f64::from(size.cpu_millis()) / 1000.0).to_string()
}

/// The files.
pub fn render(plan: &InstallPlan) -> io::Result<Vec<Artifact>> {
    let (name, size) = (plan.chosen.name.as_str(), plan.chosen.size);
    let cpus = cpus(size);
    let memory = format!("{}m", size.memory_mib());
    if plan.chosen.is_next() {
        let compose = Compose {
            name: Yaml::name(name),
            image: Yaml::with_dollars(&plan.image),
            cpus: Yaml::text(&cpus),
            memory: Yaml::text(&format!("{}M", size.memory_mib())),
            environment: in_compose(plan),
        };
        let run = Run {
            name: Shell::word(name),
            image: Shell::word(&plan.image),
            cpus: Shell::word(&cpus),
            memory: Shell::word(&memory),
            environment: in_shell(plan),
        };
        return Ok(vec![
            Artifact::of(COMPOSE_FILE, 0o600, Language::Yaml, &compose)?,
            Artifact::of("docker-run.sh", 0o700, Language::Shell, &run)?,
        ]);
    }
    let launch = Launch {
        name: Shell::word(name),
        image: Shell::word(&plan.image),
        cpus: Shell::word(&cpus),
        memory: Shell::word(&memory),
        environment: in_shell(plan),
    };
    let readme = Readme {
        name: Plain::line(name),
        underline: Plain::line(&"=".repeat("The delegate ".len() + name.len())),
        manager_url: Plain::line(&plan.manager_url),
        profile: Plain::line(&plan.profile),
        image: Plain::line(&plan.image),
    };
    Ok(vec![
        Artifact::of(LAUNCH_SCRIPT, 0o700, Language::Shell, &launch)?,
        Artifact::of("README.txt", 0o644, Language::Text, &readme)?,
    ])
}
