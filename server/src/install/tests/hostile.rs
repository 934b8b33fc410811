//! Values that try to break out of their place.

use proptest::prelude::*;
use serde_json::Value;

use super::{
    environment::{agree, settings},
    reading::{
        Environment, at, docker_run, interpolated, object, of_compose, of_docker_run, of_manifests, of_task, shape,
        yaml, yaml_one,
    },
    *,
};
use crate::install::environment::variables;

/// What means something to a reader.
const FRAGMENTS: [&str; 44] = [
    "\"",
    "'",
    "\\",
    "`id`",
    "$(id)",
    "${HOME}",
    "$HOME",
    "$$",
    "$",
    "\n",
    "\n---\n",
    "\r\n",
    "\r",
    "\t",
    "#",
    " #",
    ": ",
    "- ",
    "-",
    "--privileged",
    "@",
    "*",
    "&a",
    "!!binary",
    "yes",
    "1e3",
    "0x1f",
    "~",
    "null",
    "{{ x }}",
    "{% x %}",
    "{#",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\\u0041",
    "\u{2028}",
    "\u{2029}",
    "\u{85}",
    "\u{feff}",
    "\u{1f680}",
    "EOF\n",
];

/// Hostile text. `takes` says which characters it may have.
fn hostile(takes: fn(char) -> bool) -> impl Strategy<Value = String> {
    let fragment = prop_oneof![3 => prop::sample::select(FRAGMENTS.to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,6}"];
    let parts = prop::collection::vec(fragment, 1..8);
    parts.prop_map(move |parts| parts.concat().chars().filter(|c| takes(*c)).collect())
}

/// Everything that an argument of a program can hold.
fn anything() -> impl Strategy<Value = String> {
    hostile(|c| c != '\0')
}

/// What a line can hold; as it comes out of a form.
fn line() -> impl Strategy<Value = String> {
    let line = hostile(|c| !c.is_control() && muster::text::honest(&format!("a{c}b"), "").is_ok());
    line.prop_map(|text| text.trim().to_owned())
        .prop_filter("what a form takes", |text| muster::text::line(text, "", usize::MAX).is_ok())
}

/// What a description can hold; as it comes out of a form.
fn block() -> impl Strategy<Value = String> {
    let block = hostile(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'));
    // CR CR LF would be shortened once by the form and once more by the delegate.
    block.prop_map(|text| text.replace('\r', "\r ").replace("\r \n", "\n").trim().to_owned())
}

fn selectors() -> impl Strategy<Value = Selectors> {
    // A comma inside may leave a selector that begins with a mark.
    prop::collection::vec(line(), 0..4)
        .prop_filter_map("what a form takes", |lines| Selectors::parse(&lines.join(",")).ok())
}

fn some_plan() -> impl Strategy<Value = InstallPlan> {
    let plans = plans();
    (0..plans.len()).prop_map(move |index| plans[index].clone())
}

prop_compose! {
    /// A plan in which everything that a person or a browser may bring is hostile, more than forms let pass.
    fn any_plan()(
        plan in some_plan(),
        texts in [anything(), anything(), anything(), anything(), anything(), anything(), anything()],
        tags in selectors(),
        size in prop::sample::select(Size::ALL.to_vec()),
    ) -> InstallPlan {
        let mut plan = plan;
        let [account, manager_url, profile, image, description, hostname, role] = texts;
        let keep = |text: String, of: &str| if of.is_empty() { String::new() } else { text };
        plan.chosen.hostname = keep(hostname, &plan.chosen.hostname);
        plan.chosen.role = keep(role, &plan.chosen.role);
        (plan.account, plan.manager_url, plan.profile, plan.image) = (account, manager_url, profile, image);
        (plan.chosen.description, plan.chosen.tags, plan.chosen.size) = (description, tags, size);
        plan
    }
}

prop_compose! {
    /// A plan as hostile as forms let pass.
    pub fn formal_plan()(
        plan in some_plan(),
        profile in line(),
        description in block(),
        tags in selectors(),
    ) -> InstallPlan {
        let mut plan = plan;
        plan.profile = profile.chars().take(64).collect::<String>().trim().to_owned();
        (plan.chosen.description, plan.chosen.tags) = (description, tags);
        plan
    }
}

fn expected(plan: &InstallPlan) -> Environment {
    variables(plan).into_iter().map(|variable| (variable.name.to_owned(), variable.value.to_string())).collect()
}

/// The plan of the same kind in which nothing is hostile: what is different between both are texts alone.
fn tame(plan: &InstallPlan) -> InstallPlan {
    let of_kind = plans().into_iter().find(|one| label(one) == label(plan)).unwrap();
    let (hostname, role) = (&plan.chosen.hostname, &plan.chosen.role);
    let mut tame = of_kind;
    // Empty ones leave a line out.
    tame.chosen.hostname = if hostname.is_empty() { String::new() } else { "host".to_owned() };
    tame.chosen.role = if role.is_empty() { String::new() } else { "role".to_owned() };
    tame.chosen.size = plan.chosen.size;
    tame
}

fn shapes(documents: &[Value]) -> Vec<Value> {
    documents.iter().map(shape).collect()
}

fn check(plan: &InstallPlan) {
    let same_shape = |file: &str| {
        let [hostile, tame] = [plan, &tame(plan)].map(|plan| shapes(&yaml(&text(plan, file))));
        assert_eq!(hostile, tame);
    };
    let first = plan.chosen.generation == Generation::First;
    match plan.chosen.kind {
        InstallKind::Shell => {
            for file in ["config-delegate.yml", "config-watcher.yml"] {
                same_shape(file);
                let config = yaml_one(&text(plan, file));
                assert_eq!(at(&config, "/accountId"), plan.account);
                assert_eq!(at(&config, "/managerUrl"), plan.manager_url);
                assert_eq!(at(&config, "/delegateToken"), TOKEN);
            }
            let config = yaml_one(&text(plan, "config-delegate.yml"));
            assert_eq!(at(&config, "/delegateProfile"), plan.profile_id());
            assert_eq!(at(&config, "/description"), plan.chosen.description);
            assert_eq!(at(&config, "/delegateTags"), plan.chosen.tags.to_string());
        }
        InstallKind::Docker => {
            let script = if first { "launch-harness-delegate.sh" } else { "docker-run.sh" };
            let arguments = docker_run(&text(plan, script));
            assert_eq!(of_docker_run(&arguments), expected(plan));
            assert_eq!(arguments.last(), Some(&plan.image));
            let tame = docker_run(&text(&tame(plan), script));
            assert_eq!(arguments.len(), tame.len());
            if !first {
                same_shape("docker-compose.yml");
                let compose = text(plan, "docker-compose.yml");
                assert_eq!(of_compose(&compose), expected(plan));
                let service = &yaml_one(&compose)["services"]["harness-ng-delegate"];
                assert_eq!(interpolated(at(service, "/image")), plan.image);
            }
        }
        InstallKind::Kubernetes => {
            same_shape("harness-delegate.yaml");
            let manifest = text(plan, "harness-delegate.yaml");
            let mut environment = of_manifests(&manifest);
            environment.remove("DELEGATE_NAMESPACE");
            environment.remove("UPGRADER_TOKEN");
            assert_eq!(environment, expected(plan));
            let objects = yaml(&manifest);
            let workload = object(&objects, if first { "StatefulSet" } else { "Deployment" });
            assert_eq!(at(workload, "/spec/template/spec/containers/0/image"), plan.image);
        }
        InstallKind::Ecs => {
            let file = if first { "ecs-task-spec.json" } else { "task-spec.json" };
            let read = |plan: &InstallPlan| -> Value { serde_json::from_str(&text(plan, file)).unwrap() };
            assert_eq!(shape(&read(plan)), shape(&read(&tame(plan))));
            assert_eq!(of_task(&text(plan, file)), expected(plan));
            let task = read(plan);
            assert_eq!(at(&task, "/containerDefinitions/0/image"), plan.image);
            let hostname = task.pointer("/containerDefinitions/0/hostname").and_then(Value::as_str);
            assert_eq!(hostname.unwrap_or_default(), plan.chosen.hostname);
            let role = task.get("executionRoleArn").and_then(Value::as_str);
            assert_eq!(role.unwrap_or_default(), plan.chosen.role);
        }
        InstallKind::Helm => {
            same_shape("harness-delegate-values.yaml");
            let values = yaml_one(&text(plan, "harness-delegate-values.yaml"));
            let manager = if first { "/managerHostAndPort" } else { "/managerEndpoint" };
            assert_eq!(at(&values, manager), plan.manager_url);
            assert_eq!(at(&values, "/accountId"), plan.account);
            assert_eq!(at(&values, "/delegateToken"), TOKEN);
            assert_eq!(at(&values, "/delegateProfile"), plan.profile_id());
            assert_eq!(at(&values, "/description"), plan.chosen.description);
            assert_eq!(at(&values, "/tags"), plan.chosen.tags.to_string());
            assert_eq!(at(&values, "/delegateDockerImage"), plan.image);
        }
    }
    for readme in render(plan).unwrap().into_iter().filter(|artifact| artifact.name == "README.txt") {
        let steers = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{2028}' | '\u{2029}');
        assert!(!readme.text.contains(steers), "{}", *readme.text);
        assert_eq!(readme.text.lines().count(), text(&tame(plan), "README.txt").lines().count());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_breaks_out_of_its_place(plan in any_plan()) {
        check(&plan);
    }

    #[test]
    fn a_delegate_reads_whatever_a_form_lets_pass(plan in formal_plan()) {
        // The chart is rendered for some: `schemas`.
        if plan.chosen.kind != InstallKind::Helm {
            for (file, settings) in settings(&plan) {
                agree(&plan, file, &settings);
            }
        }
    }
}

/// Whether Kubernetes takes a name for an object.
fn is_name(name: &str, most: usize) -> bool {
    let inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=most).contains(&name.len()) && name.chars().all(inside) && !name.starts_with('-') && !name.ends_with('-')
}

#[test]
fn the_longest_name_makes_no_name_too_long() {
    for (generation, name) in Generation::ALL
        .into_iter()
        .flat_map(|one| ["a".repeat(63), format!("{}-b", "a".repeat(44)), "a".to_owned()].map(|name| (one, name)))
    {
        for permissions in muster::install::Permissions::ALL {
            let mut plan = plan(InstallKind::Kubernetes, generation);
            plan.chosen.name = InstallName::parse(&name).unwrap();
            plan.chosen.permissions = permissions;
            for object in yaml(&text(&plan, "harness-delegate.yaml")) {
                let most = match at(&object, "/kind") {
                    "StatefulSet" | "CronJob" => 52,
                    "Deployment" | "Namespace" => 63,
                    _ => 253,
                };
                let name = at(&object, "/metadata/name");
                assert!(is_name(name, most), "{name}");
                let labels = object.pointer("/metadata/labels").and_then(Value::as_object);
                for label in labels.into_iter().flat_map(|labels| labels.values()) {
                    assert!(label.as_str().unwrap().len() <= 63, "{label}");
                }
            }
        }
    }
}
