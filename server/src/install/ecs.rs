//! A delegate as a task of Amazon ECS: on container instances, or on Fargate.

use std::io;

use askama::Template;
use muster::install::{
    Language,
    files::{cluster_word, ecs_family, ecs_task_file},
};

use super::{
    artifact::Artifact,
    environment::{Pair, in_json},
    escape::{In, Json, Plain},
    plan::InstallPlan,
};

/// The service that keeps it running on Fargate.
const SERVICE: &str = "service.json";

#[derive(Template)]
#[template(path = "ecs/task.json")]
struct Task {
    family: In<Json>,
    launch: In<Json>,
    vpc: bool,
    task_cpu: In<Json>,
    task_memory: In<Json>,
    role: Option<In<Json>>,
    image: In<Json>,
    cpu: In<Json>,
    memory: In<Json>,
    hostname: Option<In<Json>>,
    environment: Vec<Pair<Json>>,
}

#[derive(Template)]
#[template(path = "ecs/service.json")]
struct Service {
    name: In<Json>,
    family: In<Json>,
}

#[derive(Template)]
#[template(path = "ecs/README.txt")]
struct Readme {
    name: In<Plain>,
    underline: In<Plain>,
    file: In<Plain>,
    family: In<Plain>,
    service: bool,
    vpc: bool,
    hostname: In<Plain>,
    manager_url: In<Plain>,
    profile: In<Plain>,
    image: In<Plain>,
    cluster: In<Plain>,
}

/// The files.
pub fn render(plan: &InstallPlan) -> io::Result<Vec<Artifact>> {
    let chosen = &plan.chosen;
    let name = chosen.name.as_str();
    let (file, family) = (ecs_task_file(chosen.generation), ecs_family(chosen.generation, name));
    let with_service = chosen.is_next() && chosen.vpc;
    // ECS counts 1024 units to a core.
    let cpu = chosen.size.cpu_millis() * 1024 / 1000;
    let memory = chosen.size.memory_mib();
    let text = |text: &String| (!text.is_empty()).then(|| Json::text(text));
    let task = Task {
        family: Json::text(&family),
        launch: Json::text(if chosen.vpc { "FARGATE" } else { "EC2" }),
        vpc: chosen.vpc,
        task_cpu: Json::text(&cpu.to_string()),
        task_memory: Json::text(&memory.to_string()),
        role: text(&chosen.role),
        image: Json::text(&plan.image),
        cpu: Json::number(cpu),
        memory: Json::number(memory),
        hostname: text(&chosen.hostname),
        environment: in_json(plan),
    };
    let readme = Readme {
        name: Plain::line(name),
        underline: Plain::line(&"=".repeat("The delegate ".len() + name.len())),
        file: Plain::line(file),
        family: Plain::line(&family),
        service: with_service,
        vpc: chosen.vpc,
        hostname: Plain::line(&chosen.hostname),
        manager_url: Plain::line(&plan.manager_url),
        profile: Plain::line(&plan.profile),
        image: Plain::line(&plan.image),
        cluster: Plain::line(cluster_word(&chosen.cluster)),
    };
    let mut artifacts = vec![Artifact::of(file, 0o600, Language::Json, &task)?];
    if with_service {
        let service = Service { name: Json::text(name), family: Json::text(&family) };
        artifacts.push(Artifact::of(SERVICE, 0o644, Language::Json, &service)?);
    }
    artifacts.push(Artifact::of("README.txt", 0o644, Language::Text, &readme)?);
    Ok(artifacts)
}
