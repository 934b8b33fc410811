//! The guides of every type, against names that people might choose.

use muster::{delegate::Status, id::DelegateId, time::Timestamp, token::TokenUser};
use uuid::Uuid;

use super::*;

fn row(kind: DelegateType, next_gen: bool, name: &str, turn: Turn) -> RotationRow {
    let user = TokenUser {
        id: DelegateId(Uuid::from_u128(1)),
        name: name.to_owned(),
        host_name: format!("{name}-host"),
        status: Status::Connected,
        last_heartbeat_at: Timestamp::from_millis(0),
    };
    RotationRow { user, kind, next_gen, turn }
}

/// A type, whether it is of the next generation, the guide's title, its commands, and parts of its text.
type Expected<'a> = (DelegateType, bool, &'a str, &'a [&'a str], &'a [&'a str]);

fn new() -> Option<TokenId> {
    Some(TokenId(Uuid::from_u128(9)))
}

fn commands(guide: &Guide) -> Vec<&str> {
    guide.steps.iter().flat_map(|step| &step.commands).map(String::as_str).collect()
}

fn text(guide: &Guide) -> String {
    let part = |part: &Part| match part {
        Part::Words(text) | Part::Code(text) => text.clone(),
    };
    guide.steps.iter().flat_map(|step| &step.say).map(part).collect()
}

#[test]
fn every_type_has_a_guide_in_both_generations() {
    let named: &[Expected] = &[
        (
            DelegateType::ShellScript,
            true,
            "Shell Script",
            &["./stop.sh", "./start.sh"],
            &["config-delegate.yml", "config-watcher.yml", "delegateToken", "accountSecret"],
        ),
        (
            DelegateType::Docker,
            false,
            "Docker, first generation",
            &["docker rm -f edge", "./launch-harness-delegate.sh", "docker exec edge env | grep DELEGATE_TOKEN"],
            &["launch-harness-delegate.sh", "DELEGATE_TOKEN="],
        ),
        (
            DelegateType::Docker,
            true,
            "Docker, next generation",
            &["docker compose -f docker-compose.yml up -d", "docker exec edge env | grep DELEGATE_TOKEN"],
            &["docker-compose.yml", "ACCOUNT_SECRET"],
        ),
        (
            DelegateType::Kubernetes,
            false,
            "Kubernetes, first generation",
            &["kubectl apply -f harness-delegate.yaml"],
            &["the variable DELEGATE_TOKEN"],
        ),
        (
            DelegateType::Kubernetes,
            true,
            "Kubernetes, next generation",
            &[
                "read -rs TOKEN",
                "printf %s \"$TOKEN\" | base64",
                "kubectl apply -f harness-delegate.yaml",
                "kubectl rollout restart -n harness-delegate-ng deployment/edge",
            ],
            &["DELEGATE_TOKEN of the Secret edge-account-token", "UPGRADER_TOKEN of the Secret edge-upgrader-token"],
        ),
        (
            DelegateType::Ecs,
            false,
            "ECS Task, first generation",
            &[
                "aws ecs stop-task --cluster CLUSTER --task TASK",
                "aws ecs register-task-definition --cli-input-json file://ecs-task-spec.json",
                "aws ecs start-task --cluster CLUSTER --task-definition harness-delegate-task-spec \
                 --container-instances INSTANCE",
            ],
            &["value of DELEGATE_TOKEN"],
        ),
        (
            DelegateType::Ecs,
            true,
            "ECS Task, next generation",
            &[
                "aws ecs register-task-definition --cli-input-json file://task-spec.json",
                "aws ecs update-service --cluster CLUSTER --service edge --task-definition \
                 harness-delegate-task-spec-edge",
                "aws ecs stop-task --cluster CLUSTER --task TASK",
                "aws ecs run-task --cluster CLUSTER --task-definition harness-delegate-task-spec-edge",
            ],
            &["value of DELEGATE_TOKEN"],
        ),
        (
            DelegateType::Helm,
            false,
            "Helm, first generation",
            &["helm upgrade edge ./muster-delegate -f harness-delegate-values.yaml --namespace harness-delegate"],
            &["delegateToken"],
        ),
        (DelegateType::Other, false, "Other", &[], &["DELEGATE_TOKEN", "Restart it"]),
    ];
    for (kind, next_gen, title, lines, words) in named {
        let guides = guides(&[row(*kind, *next_gen, "edge", Turn::Old)], new(), "CLUSTER");
        let [guide] = guides.as_slice() else { panic!("{guides:?}") };
        assert_eq!((guide.title.as_str(), commands(guide)), (*title, lines.to_vec()));
        for part in *words {
            assert!(text(guide).contains(part), "{part}: {}", text(guide));
        }
    }
}

#[test]
fn who_has_gone_over_needs_no_guide() {
    let rows = [
        row(DelegateType::Docker, true, "done", Turn::New),
        row(DelegateType::Helm, true, "silent", Turn::Silent),
        row(DelegateType::ShellScript, false, "old", Turn::Old),
    ];
    let titles: Vec<String> = guides(&rows, new(), "CLUSTER").into_iter().map(|guide| guide.title).collect();
    assert_eq!(titles, ["Shell Script", "Helm, next generation"]);
}

#[test]
fn those_of_one_type_share_a_guide_and_those_of_one_name_a_command() {
    let names = ["b", "a", "b", "c"];
    let rows: Vec<_> = names.map(|name| row(DelegateType::Kubernetes, true, name, Turn::Old)).into();
    let guides = guides(&rows, new(), "CLUSTER");
    assert_eq!((guides.len(), guides[0].delegates.len(), guides[0].anew.len()), (1, 4, 3));
    let restarts: Vec<&str> = commands(&guides[0]).into_iter().filter(|line| line.contains("rollout")).collect();
    assert_eq!(restarts.len(), 3, "{restarts:?}");
    assert!(text(&guides[0]).contains("the Secret b-account-token, a-account-token and c-account-token, and as"));
}

#[test]
fn many_are_counted() {
    let rows: Vec<_> = (0..12).map(|n| row(DelegateType::Helm, true, &format!("edge-{n}"), Turn::Silent)).collect();
    let guides = guides(&rows, new(), "CLUSTER");
    assert_eq!((guides[0].delegates.len(), guides[0].more, commands(&guides[0]).len()), (NAMED, 7, NAMED));
}

#[test]
fn a_name_cannot_become_a_command() {
    let rows = [row(DelegateType::Helm, true, "$(reboot); '", Turn::Old)];
    assert!(
        commands(&guides(&rows, new(), "CLUSTER")[0])[0]
            .starts_with(r"helm upgrade '$(reboot); '\''' ./muster-delegate")
    );
}

#[test]
fn files_are_downloaded_anew_with_the_new_token() {
    let rows = [row(DelegateType::Docker, false, "edge", Turn::Old)];
    let href = &guides(&rows, new(), "CLUSTER")[0].anew[0].1.to_string();
    assert_eq!(href, &format!("/install/docker?name=edge&token={}&generation=first", Uuid::from_u128(9)));
    assert!(guides(&rows, None, "CLUSTER")[0].anew.is_empty(), "the new token is gone");
    assert!(guides(&[row(DelegateType::Other, false, "edge", Turn::Old)], new(), "CLUSTER")[0].anew.is_empty());
}
