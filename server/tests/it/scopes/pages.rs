//! Addresses name their scope, and lead where there is something to see.

use super::platform;
use crate::support::{Role, StatusCode, TestApp};

const EDGE: &str = "/orgs/platform/projects/edge";

/// Where links and forms of a page lead.
fn targets(page: &str) -> Vec<String> {
    let page = page.split_once("</head>").map_or(page, |(_, body)| body);
    let after = |word: &str| {
        page.split(word).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect::<Vec<_>>()
    };
    [after(" href=\""), after(" action=\""), after(" formaction=\"")].concat()
}

async fn every_link_and_form_stays_in_its_scope(app: TestApp) {
    let admin = platform(&app).await.at("platform/edge");
    let token = admin.new_token("edge").await;
    let profile = admin.new_profile("edge", true).await;
    let delegate = app.delegate(&token.value).registered().await;
    let pages = [
        "/".to_owned(),
        "/delegates".to_owned(),
        format!("/delegates/{delegate}"),
        "/profiles".to_owned(),
        format!("/profiles/{profile}"),
        format!("/profiles/{profile}/edit"),
        "/tokens".to_owned(),
        "/tokens/new".to_owned(),
        format!("/tokens/{}", token.id),
        "/secrets".to_owned(),
        "/audit".to_owned(),
        "/install".to_owned(),
        "/install/docker".to_owned(),
        "/search?q=edge".to_owned(),
        "/account".to_owned(),
        "/users".to_owned(),
        "/help".to_owned(),
    ];
    // What belongs to the whole installation, and objects that are inherited.
    let elsewhere = |to: &str| {
        ["#", "/readyz", "/api/v1", "/pkg/", "/favicon", "https://"].iter().any(|begin| to.starts_with(begin))
    };
    for page in pages {
        let text = admin.page(&page).await.ok().text().to_owned();
        let (before, switch) = text.split_once("scope-switch").expect("the switch is there");
        let (_, after) = switch.split_once("</details>").unwrap();
        let inherited = |to: &str| ["/tokens/", "/profiles/", "/secrets/"].iter().any(|list| to.contains(list));
        for to in [targets(before), targets(after)].concat() {
            let stays = to.starts_with(&format!("{EDGE}/")) || to == EDGE;
            assert!(stays || elsewhere(&to) || to.is_empty() || (page != "/audit" && inherited(&to)), "{page}: {to}");
        }
    }
}

async fn a_page_is_found_at_the_scope_of_what_it_is_about(app: TestApp) {
    let admin = platform(&app).await;
    let token = admin.at("platform/edge").makes_token("edge", &[]).await;
    for place in ["", "platform", "platform/core", "other/edge"] {
        let answer = admin.at(place).page(&format!("/tokens/{token}?revoked=1")).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{place}");
        assert_eq!(answer.location(), format!("{EDGE}/tokens/{token}?revoked=1"));
    }
    let nowhere = admin.at("nothing/at_all").page("/tokens").await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    assert!(nowhere.text().contains("There is nothing at this address"));
    assert_eq!(admin.page("/orgs/a%20b/tokens").await.status, StatusCode::NOT_FOUND);
}

async fn who_has_a_role_in_one_project_is_led_there(app: TestApp) {
    platform(&app).await;
    let viewer = app.person_at(Role::Viewer, "platform/edge").await;
    let home = viewer.page("/").await;
    assert_eq!((home.status, home.location()), (StatusCode::SEE_OTHER, EDGE));
    let page = viewer.at("platform/edge").page("/delegates").await.ok();
    assert!(page.text().contains("Project") && !page.text().contains("/organizations/new"));
    assert_eq!(viewer.at("other/edge").page("/delegates").await.status, StatusCode::NOT_FOUND);
    assert_eq!(viewer.page("/delegates").await.status, StatusCode::FORBIDDEN);
    // Who signs in anew comes back to the project.
    let nobody = app.nobody().at("platform/edge");
    let sent = nobody.page("/tokens?q=a").await;
    assert_eq!(sent.location(), "/login?next=/orgs/platform/projects/edge/tokens%3Fq%3Da");
}

async fn a_form_without_scripts_stays_in_its_scope(app: TestApp) {
    let admin = platform(&app).await.at("platform/edge");
    let (form, referer) = ([("name", "")], format!("http://muster.test{EDGE}/tokens/new"));
    let back = admin.post_form_without_script("/api/tokens/create", &form, &referer).await;
    assert_eq!(back.location(), format!("{EDGE}/tokens/new"));
    let page = admin.page("/tokens/new").await.ok();
    assert!(page.text().contains("name must not be empty"), "the form says what is wrong");
    let page = admin.post_form_from_page("/api/tokens/create", &form, &referer).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.text().contains("name must not be empty")
            && page.text().contains(&format!("action=\"{EDGE}/api/tokens/create\""))
    );
    let made = admin.post_form_without_script("/api/tokens/create", &[("name", "edge")], &referer).await;
    assert!(made.location().starts_with(&format!("{EDGE}/tokens/")), "{}", made.location());
}

on_both_databases!(
    every_link_and_form_stays_in_its_scope,
    a_page_is_found_at_the_scope_of_what_it_is_about,
    who_has_a_role_in_one_project_is_led_there,
    a_form_without_scripts_stays_in_its_scope,
);
