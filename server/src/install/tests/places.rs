//! What a cluster may ask for besides: each has its place in the files, to be filled in by taking away a `#`.

use super::{
    reading::{self, validated, validator},
    *,
};

/// The same file with these lines taken in.
fn with(text: &str, lines: &[&str]) -> String {
    let mut text = text.to_owned();
    for line in lines {
        assert!(text.contains(&format!("# {line}\n")), "{line} has a place in {text}");
        text = text.replace(&format!("# {line}\n"), &format!("{line}\n"));
    }
    text
}

#[test]
fn c28_private_images_quotas_and_processors_have_their_place_in_manifests() {
    for generation in Generation::ALL {
        let text = text(&plan(InstallKind::Kubernetes, generation), "harness-delegate.yaml");
        let filled = with(&text, &["imagePullSecrets:", "  - name: my-registry", "cpu: \"1\""]);
        for (objects, filled) in [(reading::yaml(&text), false), (reading::yaml(&filled), true)] {
            let mut pods: Vec<_> = objects.iter().filter_map(|one| one.pointer("/spec/template/spec")).collect();
            pods.extend(objects.iter().filter_map(|one| one.pointer("/spec/jobTemplate/spec/template/spec")));
            assert_eq!(pods.len(), if generation == Generation::Next { 2 } else { 1 });
            for pod in &pods {
                assert_eq!(reading::at(pod, "/nodeSelector/kubernetes.io~1arch"), "amd64");
                assert_eq!(pod.pointer("/imagePullSecrets/0/name").is_some(), filled);
            }
            assert_eq!(pods[0].pointer("/containers/0/resources/limits/cpu").is_some(), filled);
        }
        assert!(text.contains("OpenShift chooses users itself: there leave out runAsUser and runAsGroup."));
        if let Some(program) = validator() {
            validated(&program, &["kubernetes"], "harness-delegate.yaml", &filled);
        }
    }
}

#[test]
fn c28_private_images_quotas_and_users_have_their_place_in_values() {
    let lines = [
        "resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: \"1\", memory: 256Mi}}",
        "delegatePodSecurityContext: {runAsUser: null, runAsGroup: null, fsGroup: null}",
    ];
    for generation in Generation::ALL {
        let name = "harness-delegate-values.yaml";
        let text = text(&plan(InstallKind::Helm, generation), name);
        let filled = with(&text, &lines).replace("imagePullSecret: \"\"", "imagePullSecret: my-registry");
        let Some(program) = validator() else { return };
        let chart = reading::chart();
        let objects = reading::yaml(&validated(&program, &["helm", chart.to_str().unwrap()], name, &filled));
        let pod = objects.iter().find_map(|one| one.pointer("/spec/template/spec")).unwrap();
        assert_eq!(reading::at(pod, "/imagePullSecrets/0/name"), "my-registry");
        assert_eq!(reading::at(pod, "/nodeSelector/kubernetes.io~1arch"), "amd64");
        assert_eq!(reading::at(pod, "/containers/0/resources/limits/cpu"), "1");
        assert_eq!(pod.pointer("/securityContext/runAsUser"), None);
    }
}

#[test]
fn c28_private_images_have_their_place_in_a_task() {
    for plan in plans().iter().filter(|plan| plan.chosen.kind == InstallKind::Ecs) {
        let readme = text(plan, "README.txt");
        let line = readme.lines().find(|line| line.contains("repositoryCredentials")).expect("it says what to write");
        let name = if plan.chosen.is_next() { "task-spec.json" } else { "ecs-task-spec.json" };
        let task =
            text(plan, name).replace("      \"essential\": true,", &format!("{line}\n      \"essential\": true,"));
        let read: serde_json::Value = serde_json::from_str(&task).unwrap();
        let secret = reading::at(&read, "/containerDefinitions/0/repositoryCredentials/credentialsParameter");
        assert!(secret.starts_with("arn:aws:secretsmanager:"), "{secret}");
        if let Some(program) = validator() {
            validated(&program, &["ecs"], name, &task);
        }
    }
}
