//! The published schemas of each format, and our chart rendered for real, where `MUSTER_VALIDATE` gives them.

use muster::install::Permissions;

use super::{
    environment::{agree, settings},
    reading::{validated, validator},
    *,
};

/// Plans as people make them, and some as nobody should.
fn samples(kind: InstallKind) -> Vec<InstallPlan> {
    let mut samples = Vec::new();
    for plan in plans().into_iter().filter(|plan| plan.chosen.kind == kind) {
        // The validator takes seconds for a task of ECS, and permissions do not matter there.
        let few = kind == InstallKind::Ecs;
        for (index, permissions) in
            Permissions::ALL.into_iter().enumerate().filter(|(index, _)| !few || *index != 0 && *index != 3)
        {
            let mut plan = plan.clone();
            plan.chosen.permissions = permissions;
            plan.chosen.size = Size::ALL[index];
            match index {
                1 => {
                    plan.chosen.description =
                        "\"'`id`$(id) ${HOME} {{ .Values.x }}\n---\n# {% x %}\t\u{2028}\u{1f680}".to_owned();
                    plan.profile = "yes: \"no\" 'x' -- #$$(DELEGATE_TOKEN)".to_owned();
                    plan.chosen.tags = Selectors::parse("1e3, *, @a, true, -x, $(id), a: b").unwrap();
                }
                2 => {
                    plan.chosen.name = InstallName::parse(&"a".repeat(45)).unwrap();
                    plan.chosen.description = String::new();
                    plan.chosen.tags = Selectors::default();
                    plan.manager_url = "http://[::1]:3000".to_owned();
                }
                3 => {
                    plan.account = "1e3".to_owned();
                    plan.profile = "- *x".to_owned();
                    plan.image = format!("localhost:5000/a@sha256:{}", "0".repeat(64));
                }
                _ => {}
            }
            samples.push(plan);
        }
    }
    samples
}

#[test]
fn kubernetes_takes_the_manifests() {
    let Some(program) = validator() else { return };
    for plan in samples(InstallKind::Kubernetes) {
        validated(&program, &["kubernetes"], "harness-delegate.yaml", &text(&plan, "harness-delegate.yaml"));
    }
}

#[test]
fn compose_takes_the_compose_file() {
    let Some(program) = validator() else { return };
    for plan in samples(InstallKind::Docker).iter().filter(|plan| plan.chosen.is_next()) {
        validated(&program, &["compose"], "docker-compose.yml", &text(plan, "docker-compose.yml"));
    }
}

#[test]
fn ecs_takes_the_task_and_the_service() {
    let Some(program) = validator() else { return };
    for plan in samples(InstallKind::Ecs) {
        let task = if plan.chosen.is_next() { "task-spec.json" } else { "ecs-task-spec.json" };
        validated(&program, &["ecs"], task, &text(&plan, task));
        if plan.chosen.is_next() && plan.chosen.vpc {
            validated(&program, &["ecs", "--service"], "service.json", &text(&plan, "service.json"));
        }
    }
}

#[test]
fn shells_take_the_scripts() {
    let Some(program) = validator() else { return };
    for plan in samples(InstallKind::Docker).iter().chain([&plan(InstallKind::Shell, Generation::Next)]) {
        for artifact in render(plan).unwrap().iter().filter(|one| one.language == muster::install::Language::Shell) {
            validated(&program, &["shell"], artifact.name, &artifact.text);
        }
    }
}

#[test]
fn our_chart_takes_the_values() {
    let Some(_) = validator() else { return };
    for plan in samples(InstallKind::Helm) {
        let read = settings(&plan);
        assert_eq!(read.len(), 1);
        for (file, settings) in read {
            agree(&plan, file, &settings);
        }
    }
}
