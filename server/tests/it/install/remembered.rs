//! What a person chose last is offered again.

use muster::install::{Generation, InstallFields, InstallKind};

use super::{Installer, flat};
use crate::support::{Person, TestApp, json};

/// The token that the setup offers.
async fn offered(person: &Person) -> String {
    let page = person.page("/install/docker").await.ok();
    let select = page.text().split_once("name=\"token\"").expect("the field").1;
    let select = select.split_once("</select>").expect("its end").0;
    let chosen = select.split("<option").find(|option| option.contains(" selected")).expect("one is chosen");
    chosen.split_once("value=\"").unwrap().1.split_once('"').unwrap().0.to_owned()
}

async fn the_token_that_was_chosen_last_is_offered_first(app: TestApp) {
    let installer = Installer::new(&app).await;
    let (ada, chosen) = (&installer.person, &installer.token.id);
    let newest = ada.new_token("newest").await.id;
    assert_eq!(offered(ada).await, newest, "nothing was chosen yet");
    let fields = installer.fields(Generation::Next);
    ada.post("install/check", &flat(InstallKind::Docker, &fields)).await.ok();
    assert_eq!(offered(ada).await, *chosen);
    // What is not taken is no choice; a browser without scripts is no other one.
    let wrong = InstallFields { token: newest.clone(), name: "Not A Name".to_owned(), ..fields.clone() };
    ada.post("install/check", &flat(InstallKind::Docker, &wrong)).await;
    assert_eq!(offered(ada).await, *chosen);
    let other = InstallFields { token: newest.clone(), ..fields.clone() };
    let form = flat(InstallKind::Docker, &other);
    ada.post_form_without_script("/api/install/check", &form, "http://muster.test/install/docker").await;
    assert_eq!(offered(ada).await, newest);
    ada.post("install/check", &flat(InstallKind::Docker, &fields)).await.ok();

    // Others choose for themselves, also with the same browser.
    let kept = ada.cookie_named("muster_install").expect("the browser keeps it");
    let bob = app.administrator().await;
    bob.keeps_cookie("muster_install", &kept);
    assert_eq!(offered(&bob).await, newest);
    // Who cannot use it any more is offered another one.
    ada.acts("tokens/revoke", chosen).await.ok();
    assert_eq!(offered(ada).await, newest);
}

async fn commands_name_the_cluster_that_was_chosen_last(app: TestApp) {
    let installer = Installer::new(&app).await;
    let admin = &installer.person;
    let edge = app.delegate(&installer.token.value).with("delegateType", json!("ECS"));
    let id = edge.registered().await;
    admin.post("tokens/rotate", &[("id", &installer.token.id), ("name", "next")]).await.ok();
    let rotation = format!("/tokens/{}/rotation", installer.token.id);
    let delete = format!("/delegates/{id}/delete");
    let names = async |page: &str, cluster: &str| {
        let page = admin.page(page).await.ok();
        assert!(page.text().contains(&format!("--cluster {cluster} ")), "{cluster}: {}", page.text());
    };
    for page in [&rotation, &delete] {
        names(page, "CLUSTER").await;
    }
    let fields = InstallFields { cluster: "prod".to_owned(), ..installer.fields(Generation::Next) };
    admin.post("install/check", &flat(InstallKind::Ecs, &fields)).await.ok();
    for page in [&rotation, &delete] {
        names(page, "prod").await;
    }
    names(&format!("{rotation}?cluster=staging"), "staging").await;
    names(&format!("{rotation}?cluster=%24%28id%29"), "CLUSTER").await;
    let setup = admin.page("/install/ecs").await.ok();
    assert!(setup.text().contains("name=\"cluster\" type=\"text\" value=\"prod\""), "{}", setup.text());
}

on_both_databases!(the_token_that_was_chosen_last_is_offered_first, commands_name_the_cluster_that_was_chosen_last,);
