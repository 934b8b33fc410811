//! The list as a file.

use crate::support::{Role, StatusCode, TestApp, Value, json};

async fn a_filter_is_exported_whole(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("t0ken").await.value);
    for number in 0..120 {
        edge.named(&format!("edge-{number:03}")).registered().await;
    }
    edge.named("=1+2").with("tags", json!(["a", "b"])).registered().await;
    let viewer = app.person(Role::Viewer).await;

    let csv = viewer.page("/delegates/export.csv?q=edge").await.ok();
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"delegates.csv\"");
    assert_eq!(csv.header("cache-control"), "no-store");
    let lines: Vec<&str> = csv.text().split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 121);
    assert!(lines[0].starts_with("id,name,host_name,status,"));
    let names: Vec<&str> = lines[1..].iter().map(|line| line.split(',').nth(1).unwrap()).collect();
    let expected: Vec<String> = (0..120).rev().map(|number| format!("edge-{number:03}")).collect();
    assert_eq!(names, expected, "each once, in the order of the list");

    let all = viewer.page("/delegates/export.csv").await.ok();
    assert!(all.text().contains(",\"'=1+2\","), "no formula");
    assert!(all.text().contains(",\"a, b\","));

    let json = viewer.page("/delegates/export.jsonl?q=edge-00&sort=name").await.ok();
    let names: Vec<String> = json
        .text()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names, (0..10).map(|number| format!("edge-{number:03}")).collect::<Vec<_>>());
    assert_eq!(viewer.page("/delegates/export.jsonl?q=nothing").await.ok().text(), "");
}

async fn only_who_sees_the_list_gets_it(app: TestApp) {
    app.administrator().await;
    let answer = app.nobody().page("/delegates/export.csv").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.location().starts_with("/login"), "{}", answer.location());
}

on_both_databases!(a_filter_is_exported_whole, only_who_sees_the_list_gets_it);
