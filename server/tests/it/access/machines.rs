//! What machines ask for that is not there: told in JSON, never by a page, a redirect or a protection of forms.

use axum::http::Method;

use crate::support::{Answer, StatusCode, TestApp, Value};

fn is_json(what: &str, answer: &Answer) -> Value {
    assert_eq!(answer.header("content-type"), "application/json", "{what}");
    assert_eq!((answer.location(), answer.header("set-cookie")), ("", ""), "{what}");
    answer.json()
}

const PATHS: [&str; 16] = [
    "/api",
    "/api/",
    "/api/agent",
    "/api/agent/delegates/unheard-of?accountId=A",
    "/api/agent//delegates",
    "/api/executions/1/runner-events",
    "/api/graphql",
    "/api/no/such/function",
    "/api/%2e%2e/x",
    "/gateway",
    "/gateway/api/graphql",
    "/gateway/ng/api/user/currentUser",
    "/ng",
    "/ng/api/delegate-token-ng?accountIdentifier=A",
    "/ng/api/projects/",
    "/audit/api/audits/list",
];

async fn c30_what_is_not_there_is_told_in_json(app: TestApp) {
    let admin = app.administrator().await;
    let nobody = app.nobody();
    for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        for path in PATHS {
            let what = format!("{method} {path}");
            for headers in [
                &[("x-api-key", "pat.A.B.C"), ("content-type", "application/json")][..],
                // Of a browser, and of another site: forms are protected elsewhere.
                &[("accept", "text/html"), ("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
            ] {
                for person in [&admin, &nobody] {
                    let answer = person.request(method.clone(), path, headers, "{}".to_owned()).await;
                    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}");
                    assert_eq!(is_json(&what, &answer)["responseMessages"][0]["code"], "INVALID_TOKEN", "{what}");
                }
            }
        }
    }
    admin.post("session/frame", &[]).await.ok();
}

async fn c30_a_good_credential_is_told_that_there_is_nothing(app: TestApp) {
    let token = app.administrator().await.new_token("edge").await;
    let edge = app.delegate(&token.value);
    let (account, nobody) = (app.state().account, app.nobody());
    for (method, path) in [
        (Method::GET, "/api/agent/delegates/unheard-of"),
        (Method::POST, "/api/executions/1/response"),
        (Method::GET, "/ng/api/projects"),
        // There is something, but not by this method.
        (Method::GET, "/api/agent/delegates/register"),
        (Method::DELETE, "/api/agent/delegates/heartbeat-with-polling"),
    ] {
        let path = format!("{path}?accountId={account}");
        let authorization = edge.authorization();
        let headers = [("authorization", authorization.as_str())];
        let answer = nobody.request(method.clone(), &path, &headers, String::new()).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}");
        assert_eq!(is_json(&path, &answer)["responseMessages"][0]["code"], "RESOURCE_NOT_FOUND", "{path}");
        let answer = nobody.request(method.clone(), &path, &[], String::new()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
    }
}

on_both_databases!(c30_what_is_not_there_is_told_in_json, c30_a_good_credential_is_told_that_there_is_nothing,);
