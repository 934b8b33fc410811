//! The delegate itself, started with exactly what each install file gives it.

use muster_delegate::Settings;

use super::{
    reading::{
        Environment, Programs, chart, docker_run, of_compose, of_docker_run, of_manifests, of_task, validated,
        validator,
    },
    *,
};

/// The settings that a delegate reads from each file of a plan that starts one.
pub fn settings(plan: &InstallPlan) -> Vec<(&'static str, Settings)> {
    let of_environment = |environment: Environment| {
        Settings::load(None, |name| environment.get(name).cloned()).unwrap_or_else(|error| panic!("{error}"))
    };
    let (first, next) = (plan.chosen.generation == Generation::First, plan.chosen.is_next());
    match plan.chosen.kind {
        InstallKind::Shell => {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("config-delegate.yml");
            std::fs::write(&path, text(plan, "config-delegate.yml")).unwrap();
            vec![("config-delegate.yml", Settings::load(Some(&path), |_| None).unwrap())]
        }
        InstallKind::Docker if first => {
            let name = "launch-harness-delegate.sh";
            vec![(name, of_environment(of_docker_run(&docker_run(&text(plan, name)))))]
        }
        InstallKind::Docker => vec![
            ("docker-compose.yml", of_environment(of_compose(&text(plan, "docker-compose.yml")))),
            ("docker-run.sh", of_environment(of_docker_run(&docker_run(&text(plan, "docker-run.sh"))))),
        ],
        InstallKind::Kubernetes => {
            let name = "harness-delegate.yaml";
            vec![(name, of_environment(of_manifests(&text(plan, name))))]
        }
        InstallKind::Ecs => {
            let name = if next { "task-spec.json" } else { "ecs-task-spec.json" };
            vec![(name, of_environment(of_task(&text(plan, name))))]
        }
        InstallKind::Helm => {
            let name = "harness-delegate-values.yaml";
            let Some(program) = validator() else { return Vec::new() };
            let rendered = validated(&program, &["helm", chart().to_str().unwrap()], name, &text(plan, name));
            vec![(name, of_environment(of_manifests(&rendered)))]
        }
    }
}

/// Whether a delegate would read from these settings what a person chose.
pub fn agree(plan: &InstallPlan, file: &str, settings: &Settings) {
    let chosen = &plan.chosen;
    assert_eq!(settings.account, plan.account, "{file}");
    assert_eq!(*settings.token.expose(), *plan.token.hex(), "{file}");
    assert_eq!(settings.manager.as_str().trim_end_matches('/'), plan.manager_url, "{file}");
    assert_eq!(settings.name.as_str(), chosen.name.as_str(), "{file}");
    assert_eq!(settings.kind, chosen.delegate_type().code(), "{file}");
    assert_eq!(settings.profile, plan.profile_id(), "{file}");
    assert_eq!(settings.tags, chosen.tags, "{file}");
    assert_eq!(settings.description, chosen.description, "{file}");
    assert_eq!(settings.next_gen, chosen.is_next(), "{file}");
    assert!(settings.polls && settings.proxy.is_none(), "{file}");
}

#[test]
fn a_delegate_reads_what_a_person_chose() {
    for plan in plans() {
        let settings = settings(&plan);
        assert!(!settings.is_empty() || plan.chosen.kind == InstallKind::Helm);
        for (file, settings) in settings {
            agree(&plan, &format!("{} {file}", label(&plan)), &settings);
        }
    }
}

#[test]
fn an_old_container_makes_room_and_an_image_may_be_only_here() {
    let plan = plan(InstallKind::Docker, Generation::First);
    let script = text(&plan, "launch-harness-delegate.sh");
    for (pull, inspect, starts) in [("true", "false", true), ("false", "true", true), ("false", "false", false)] {
        let programs = Programs::new();
        let docker =
            format!("echo \"$*\" >>\"$HERE/calls\"\ncase $1 in pull) {pull} ;; image) {inspect} ;; rm) false ;; esac");
        programs.add("docker", &docker);
        programs.add("hostname", "[ \"$1\" != -f ] && echo host-1");
        std::fs::write(programs.path("launch.sh"), &script).unwrap();
        let (success, output) = programs.bash(&programs.path("launch.sh"));
        assert_eq!(success, starts, "{output}");
        let calls = std::fs::read_to_string(programs.path("calls")).unwrap();
        let replaces =
            calls.contains("rm -f edge-1\n") && calls.contains("run -d --restart unless-stopped --name edge-1");
        assert_eq!(replaces && calls.contains("--hostname=host-1 "), starts, "{calls}");
        assert_eq!(output.contains("is neither in a registry"), !starts, "{output}");
    }
}

#[test]
fn the_upgrader_restarts_its_deployment() {
    let plan = plan(InstallKind::Kubernetes, Generation::Next);
    let objects = reading::yaml(&text(&plan, "harness-delegate.yaml"));
    let script = reading::at(reading::object(&objects, "ConfigMap"), "/data/upgrade.sh");
    let programs = Programs::new();
    programs.add("cat", "echo the-token");
    programs.add("curl", "printf '%s\\0' \"$@\" >\"$HERE/arguments\"; while read -r line || [ \"$line\" ]; do echo \"$line\"; done >\"$HERE/header\"");
    std::fs::write(programs.path("upgrade.sh"), format!("NAMESPACE=space DEPLOYMENT=edge-1\n{script}")).unwrap();
    let (success, output) = programs.bash(&programs.path("upgrade.sh"));
    assert!(success, "{output}");
    assert_eq!(std::fs::read_to_string(programs.path("header")).unwrap(), "Authorization: Bearer the-token\n");
    let arguments = std::fs::read_to_string(programs.path("arguments")).unwrap();
    let arguments: Vec<&str> = arguments.split('\0').collect();
    assert!(arguments.contains(&"https://kubernetes.default.svc/apis/apps/v1/namespaces/space/deployments/edge-1"));
    assert!(!arguments.iter().any(|one| one.contains("the-token")), "other processes see arguments");
    let body = arguments.iter().find(|one| one.starts_with('{')).expect("a body");
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let at = &body["spec"]["template"]["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"];
    assert!(at.as_str().is_some_and(|at| at.len() == 20 && at.ends_with('Z')), "{body}");
}
