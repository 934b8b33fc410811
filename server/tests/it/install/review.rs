//! What there is to choose from, and what comes of it.

use muster::install::{Generation, InstallKind};
use muster::install::{InstallFields, InstallOptions};
use muster_app::install::api::install_page;

use super::{DOTS, Installer, flat, kinds};
use crate::support::{StatusCode, TestApp, database::holds, json, seconds};

async fn there_is_something_to_choose_from(app: TestApp) {
    let installer = Installer::new(&app).await;
    let admin = &installer.person;
    let revoked = admin.new_token("revoked").await;
    admin.acts("tokens/revoke", &revoked.id).await.ok();
    admin.new_token_with("expired", &[("expires_in_days", "1")]).await;
    let careful = admin.new_profile("Careful", true).await;
    app.advance(seconds(24 * 60 * 60));
    let options: InstallOptions = admin.ask("install/options", &[]).await;
    let profiles: Vec<(String, &str, bool)> =
        options.profiles.iter().map(|(id, name, approval)| (id.to_string(), name.as_str(), *approval)).collect();
    assert_eq!(profiles, [(installer.profile.clone(), "Primary", false), (careful, "Careful", true)]);
    let tokens: Vec<&str> = options.tokens.iter().map(|token| token.1.as_str()).collect();
    assert_eq!(tokens, ["edge", "default_token"]);
    assert_eq!(options.image, "muster-delegate:test");
    assert_eq!((options.manager_url.as_str(), options.only_here), ("http://muster.test", false));
}

async fn an_address_of_this_machine_is_told(app: TestApp) {
    app.restart_with(|config| config.public_url = Some("http://127.0.0.1:3000".to_owned())).await;
    let installer = Installer::new(&app).await;
    let options: InstallOptions = installer.person.ask("install/options", &[]).await;
    assert_eq!((options.manager_url.as_str(), options.only_here), ("http://127.0.0.1:3000", true));
    let review = installer.review(InstallKind::Docker, &installer.fields(Generation::Next)).await;
    assert_eq!((review.manager_url.as_str(), review.only_here), ("http://127.0.0.1:3000", true));
    assert!(review.files[0].text.contains("http://127.0.0.1:3000"));
}

async fn a_review_shows_all_but_the_token(app: TestApp) {
    let installer = Installer::new(&app).await;
    let value = installer.token.value.expose();
    let base64 = base64_of(value.as_bytes());
    for (kind, generation) in kinds() {
        let fields = installer.fields(generation);
        let review = installer.review(kind, &fields).await;
        assert_eq!((&review.profile, review.token.as_str()), (&("Primary".to_owned(), false), "edge"));
        let first = &review.files[0];
        assert!(first.text.contains("edge-fra-1") && first.text.contains(DOTS), "{kind:?} {generation:?}");
        assert!(review.folder.is_empty() != review.download.ends_with(".tar.gz"), "{}", review.download);
        assert_eq!(review.now.as_seconds(), app.now().as_seconds());

        let page = installer.person.page(&install_page(&fields, kind, "review").to_string()).await;
        let call = serde_json::to_vec(&review).unwrap();
        for answer in [&page.body[..], &call] {
            for form in
                [value.as_bytes(), value.to_uppercase().as_bytes(), base64.as_bytes(), installer.token.value.key()]
            {
                assert!(!holds(answer, form), "{kind:?} {generation:?}");
            }
        }
    }
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    STANDARD.encode(bytes)
}

async fn the_setting_or_the_person_decides_the_image(app: TestApp) {
    let installer = Installer::new(&app).await;
    let mut fields = installer.fields(Generation::Next);
    let review = installer.review(InstallKind::Kubernetes, &fields).await;
    assert!(review.files[0].text.contains("image: muster-delegate:test\n"));
    fields.image = "registry.example.com/delegate:1".to_owned();
    let review = installer.review(InstallKind::Kubernetes, &fields).await;
    assert!(review.files[0].text.contains("image: registry.example.com/delegate:1\n"));
}

async fn what_is_right_leads_on_to_the_review(app: TestApp) {
    let installer = Installer::new(&app).await;
    for (kind, generation) in kinds() {
        let fields = installer.fields(generation);
        let answer = installer.person.post("install/check", &flat(kind, &fields)).await.ok();
        assert_eq!(answer.location(), install_page(&fields, kind, "review").to_string());
    }
}

async fn what_is_wrong_is_told_beside_its_field(app: TestApp) {
    let installer = Installer::new(&app).await;
    let revoked = installer.person.new_token("revoked").await;
    installer.person.acts("tokens/revoke", &revoked.id).await.ok();
    let only_ecs = installer.person.new_token_with("only-ecs", &[("kinds[0]", "ECS")]).await;
    let unknown = "01900000-0000-7000-8000-000000000000";
    type Change = fn(&mut InstallFields, &str);
    let cases: [(&str, Change, &str); 10] = [
        ("name", |f, value| f.name = value.to_owned(), "Not A Name"),
        ("name", |f, value| f.name = value.to_owned(), "a$(id)"),
        ("description", |f, value| f.description = value.to_owned(), &"x".repeat(1001)),
        ("tags", |f, value| f.tags = value.to_owned(), "a\u{7}"),
        ("profile", |f, value| f.profile = value.to_owned(), "Primary"),
        ("profile", |f, value| f.profile = value.to_owned(), unknown),
        ("token", |f, value| f.token = value.to_owned(), unknown),
        ("token", |f, value| f.token = value.to_owned(), &revoked.id),
        ("token", |f, value| f.token = value.to_owned(), &only_ecs.id),
        ("image", |f, value| f.image = value.to_owned(), "--privileged"),
    ];
    for (field, change, value) in cases {
        let mut fields = installer.fields(Generation::Next);
        change(&mut fields, value);
        for endpoint in ["install/check", "install/create-link"] {
            let (status, body) = installer.person.call(endpoint, &flat(InstallKind::Docker, &fields)).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{endpoint} {field}");
            assert_eq!(body["Problem"]["field"], json!(field), "{endpoint} {body}");
        }
    }
}

on_both_databases!(
    there_is_something_to_choose_from,
    an_address_of_this_machine_is_told,
    a_review_shows_all_but_the_token,
    the_setting_or_the_person_decides_the_image,
    what_is_right_leads_on_to_the_review,
    what_is_wrong_is_told_beside_its_field,
);
