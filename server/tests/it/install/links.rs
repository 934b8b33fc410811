//! Links that hand out the files once.

use axum::http::Method;
use futures_util::StreamExt as _;
use muster::install::{InstallFields, InstallLink, files::FETCH_PATH};
use muster::{
    audit::Action,
    id::InstallLinkId,
    install::{Generation, InstallKind},
};
use muster_app::install::api::install_page;
use muster_server::db::entity::install_link;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _, Set};

use super::{
    Installer,
    files::{unpack, with_seed},
    flat,
};
use crate::support::{
    Answer, Person, Role, StatusCode, TestApp,
    database::{everything_stored, holds},
    json,
    log::logged_while,
    seconds,
};

/// How long a link works.
const HOUR: u64 = 60 * 60;

/// Makes a link; gives its id.
async fn makes(person: &Person, kind: InstallKind, fields: &InstallFields) -> String {
    let answer = person.post("install/create-link", &flat(kind, fields)).await.ok();
    let page = install_page(fields, kind, "review").to_string();
    let id = answer.location().strip_prefix(&format!("{page}&link=")).and_then(|rest| rest.split('#').next());
    id.expect("the review, which shows the link").to_owned()
}

async fn sees(person: &Person, id: &str) -> InstallLink {
    person.ask("install/link", &[("id", id)]).await
}

/// The path and query of a line's URL.
fn path_in(line: &str) -> String {
    let (_, url) = line.split_once("'http://muster.test").expect("a URL in quotes");
    url.split('\'').next().unwrap().to_owned()
}

async fn fetches(person: &Person, path: &str) -> Answer {
    person.request(Method::GET, path, &[("accept", "*/*")], String::new()).await
}

async fn new_link(installer: &Installer) -> (String, String) {
    let id = makes(&installer.person, InstallKind::Docker, &installer.fields(Generation::Next)).await;
    let line = sees(&installer.person, &id).await.line.expect("a line");
    (id, path_in(&line))
}

async fn a_link_hands_the_files_out_once(app: TestApp) {
    let installer = Installer::new(&app).await;
    for (kind, generation, file) in [
        (InstallKind::Docker, Generation::Next, "docker-compose.yml"),
        (InstallKind::Docker, Generation::First, "harness-delegate-docker.tar.gz"),
    ] {
        let id = makes(&installer.person, kind, &installer.fields(generation)).await;
        let link = sees(&installer.person, &id).await;
        assert_eq!((link.used.is_none(), link.expires_at.since(app.now()).as_secs() / 60), (true, 59));
        let line = link.line.expect("a line");
        assert!(
            line.starts_with(&format!("curl -sS --fail-with-body -o {file}.part 'http://muster.test{FETCH_PATH}?key=")),
            "{line}"
        );

        let host = app.nobody();
        let answer = fetches(&host, &path_in(&line)).await.ok();
        assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"{file}\""));
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!((answer.header("set-cookie"), answer.header("content-encoding")), ("", ""));
        let content = match generation {
            Generation::Next => answer.body.to_vec(),
            Generation::First => {
                unpack(&answer.body).remove("harness-delegate-docker/launch-harness-delegate.sh").unwrap()
            }
        };
        assert!(holds(&content, installer.token.value.expose().as_bytes()));

        app.advance(seconds(4 * 60));
        let again = fetches(&host, &path_in(&line)).await;
        assert_eq!(again.status, StatusCode::GONE);
        assert!(again.text().starts_with("This link was used before."), "{}", again.text());
        let link = sees(&installer.person, &id).await;
        assert_eq!(link.line, None);
        let (at, from) = link.used.expect("it was used");
        assert_eq!((at.as_seconds() + 4 * 60, from), (app.now().as_seconds(), host.address.to_string()));

        let entry = app.audit_of(Action::BundleDownloaded).await.pop().unwrap();
        assert_eq!((entry.actor_kind.as_str(), entry.actor_id.map(|id| id.to_string())), ("INSTALL_LINK", Some(id)));
        assert_eq!(entry.actor_name, format!("an install link of {}", installer.person.email));
        assert_eq!((entry.address, entry.object_name.as_str()), (host.address.to_string(), "edge"));
        assert_eq!(entry.detail, format!("type Docker; delegate edge-fra-1; file {file}"));
    }
    let made = app.audit_of(Action::InstallLinkCreated).await;
    assert_eq!(made.len(), 2);
    assert_eq!((&made[0].actor_name, made[0].object_name.as_str()), (&installer.person.email, "edge"));
}

async fn a_link_for_several_hosts_names_each_after_its_own(app: TestApp) {
    let installer = Installer::new(&app).await;
    let fields = installer.fields(Generation::Next);
    for (kind, hosts) in
        [(InstallKind::Docker, "0"), (InstallKind::Docker, "101"), (InstallKind::Helm, "2"), (InstallKind::Docker, "x")]
    {
        let form = [&flat(kind, &fields)[..], &[("hosts", hosts)]].concat();
        let (status, body) = installer.person.post("install/create-link", &form).await.pair();
        assert_eq!((status, &body["Problem"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("hosts")), "{hosts}");
    }
    let form = [&flat(InstallKind::Docker, &fields)[..], &[("hosts", "2")]].concat();
    let answer = installer.person.post("install/create-link", &form).await.ok();
    let (_, id) = answer.location().split_once("&link=").unwrap();
    let id = id.split('#').next().unwrap().to_owned();
    let line = sees(&installer.person, &id).await.line.expect("a line");
    assert!(line.contains("'&host='\"$(hostname)\""), "{line}");

    let (host, path) = (app.nobody(), path_in(&line));
    assert_eq!(fetches(&host, &path).await.status, StatusCode::BAD_REQUEST);
    for (name, fetched) in [("Web-1.example.com", 1), ("web-2", 2)] {
        let answer = fetches(&host, &format!("{path}&host={name}")).await.ok();
        let own = name.to_lowercase();
        let own = format!("edge-fra-1-{}", own.split('.').next().unwrap());
        assert!(holds(&answer.body, own.as_bytes()), "{}", answer.text());
        let link = sees(&installer.person, &id).await;
        assert_eq!((link.hosts, link.fetched, link.line.is_some()), (2, fetched, fetched < 2));
    }
    assert_eq!(fetches(&host, &format!("{path}&host=web-2")).await.status, StatusCode::GONE, "it is used up");
    let details: Vec<String> = app.audit_of(Action::BundleDownloaded).await.into_iter().map(|one| one.detail).collect();
    assert_eq!(
        details,
        ["web-1", "web-2"].map(|host| format!("type Docker; delegate edge-fra-1-{host}; file docker-compose.yml"))
    );
}

async fn of_two_at_once_one_gets_the_files(app: TestApp) {
    let installer = Installer::new(&app).await;
    for _ in 0..5 {
        let (_, path) = new_link(&installer).await;
        let [one, other] = [app.nobody(), app.nobody()];
        let (one, other) = tokio::join!(fetches(&one, &path), fetches(&other, &path));
        let mut statuses = [one.status, other.status];
        statuses.sort();
        assert_eq!(statuses, [StatusCode::OK, StatusCode::GONE]);
    }
    assert_eq!(app.audit_of(Action::BundleDownloaded).await.len(), 5);
}

async fn c31_the_same_host_can_fetch_again_for_a_while(app: TestApp) {
    let installer = Installer::new(&app).await;
    let (id, path) = new_link(&installer).await;
    let host = app.nobody();
    let first = fetches(&host, &path).await.ok();
    app.advance(seconds(2 * 60));
    let again = fetches(&host, &path).await.ok();
    assert_eq!(with_seed(again.text(), "seed"), with_seed(first.text(), "seed"));
    assert_eq!(fetches(&app.nobody(), &path).await.status, StatusCode::GONE, "nobody else");
    let (at, from) = sees(&installer.person, &id).await.used.expect("it was used");
    assert_eq!((app.now().since(at).as_secs(), from), (2 * 60, host.address.to_string()), "the first time counts");
    app.advance(seconds(2 * 60));
    assert_eq!(fetches(&host, &path).await.status, StatusCode::GONE);
    assert_eq!(app.audit_of(Action::BundleDownloaded).await.len(), 2, "each time is on record");
}

async fn c31_a_link_whose_answer_was_torn_is_good_again(app: TestApp) {
    let installer = Installer::new(&app).await;
    for (kind, generation) in [(InstallKind::Docker, Generation::Next), (InstallKind::Shell, Generation::Next)] {
        let id = makes(&installer.person, kind, &installer.fields(generation)).await;
        let path = path_in(&sees(&installer.person, &id).await.line.expect("a line"));
        let torn = app.nobody().open(Method::GET, &path, &[], String::new()).await;
        assert_eq!(torn.status(), StatusCode::OK);
        assert!(sees(&installer.person, &id).await.used.is_some());
        let mut pieces = torn.into_body().into_data_stream();
        if kind == InstallKind::Shell {
            pieces.next().await.expect("a first piece").unwrap();
        }
        drop(pieces);
        while sees(&installer.person, &id).await.used.is_some() {
            tokio::task::yield_now().await;
        }
        // From elsewhere, and later than the same host could.
        app.advance(seconds(10 * 60));
        fetches(&app.nobody(), &path).await.ok();
        assert_eq!(fetches(&app.nobody(), &path).await.status, StatusCode::GONE);
    }
}

async fn c31_a_part_of_the_file_is_not_to_be_had(app: TestApp) {
    let installer = Installer::new(&app).await;
    let (id, path) = new_link(&installer).await;
    let answer = app.nobody().request(Method::GET, &path, &[("range", "bytes=0-99")], String::new()).await;
    assert_eq!(answer.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert!(answer.text().starts_with("This link hands out the whole file."), "{}", answer.text());
    assert_eq!(sees(&installer.person, &id).await.used, None);
    fetches(&app.nobody(), &path).await.ok();
}

async fn a_link_lives_an_hour(app: TestApp) {
    let installer = Installer::new(&app).await;
    let (id, path) = new_link(&installer).await;
    let expires_at = sees(&installer.person, &id).await.expires_at;
    app.set_clock(expires_at);
    assert_eq!(sees(&installer.person, &id).await.line, None);
    let answer = fetches(&app.nobody(), &path).await;
    assert_eq!(answer.status, StatusCode::GONE);
    assert!(answer.text().starts_with("This link has expired."), "{}", answer.text());
    let (_, path) = new_link(&installer).await;
    app.advance(seconds(HOUR - 60));
    fetches(&app.nobody(), &path).await.ok();
}

async fn a_link_is_worth_nothing_without_its_token(app: TestApp) {
    let installer = Installer::new(&app).await;
    let (id, path) = new_link(&installer).await;
    installer.person.acts("tokens/revoke", &installer.token.id).await.ok();
    let answer = fetches(&app.nobody(), &path).await;
    assert_eq!(answer.status, StatusCode::GONE);
    assert!(answer.text().starts_with("The token or the profile of this link is gone."), "{}", answer.text());
    assert_eq!(sees(&installer.person, &id).await.used, None);
    assert!(app.audit_of(Action::BundleDownloaded).await.is_empty());
}

async fn a_wrong_key_is_told_so(app: TestApp) {
    let installer = Installer::new(&app).await;
    let (_, path) = new_link(&installer).await;
    let mut wrong = path.clone();
    wrong.pop();
    for path in
        [FETCH_PATH, &format!("{FETCH_PATH}?key="), &wrong, &format!("{path}&key=x"), &format!("{FETCH_PATH}?key=%00")]
    {
        let answer = fetches(&app.nobody(), path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.text().starts_with("This link is not known."), "{}", answer.text());
    }
    fetches(&app.nobody(), &path).await.ok();
}

/// Programs that look at links before people follow them must not use them up.
async fn looking_at_a_link_does_not_use_it_up(app: TestApp) {
    let installer = Installer::new(&app).await;
    let (id, path) = new_link(&installer).await;
    let answer = app.nobody().request(Method::HEAD, &path, &[], String::new()).await;
    assert_eq!((answer.status, answer.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET"));
    assert_eq!(sees(&installer.person, &id).await.used, None);
    fetches(&app.nobody(), &path).await.ok();
}

async fn only_the_session_that_made_a_link_sees_it(app: TestApp) {
    let installer = Installer::new(&app).await;
    let (id, _) = new_link(&installer).await;
    let again = installer.person.with_cookie(None);
    again.sign_in().await;
    for person in [&again, &app.person(Role::DelegateManager).await] {
        let link = sees(person, &id).await;
        assert_eq!((link.line, link.used), (None, None));
    }
    let viewer = app.person(Role::Viewer).await;
    assert_eq!(viewer.call("install/link", &[("id", &id)]).await, (StatusCode::FORBIDDEN, json!("Forbidden")));
    assert!(sees(&installer.person, &id).await.line.is_some());
}

async fn the_key_is_neither_logged_nor_stored(app: TestApp) {
    let installer = Installer::new(&app).await;
    let (key, logged) = logged_while(async {
        let (_, path) = new_link(&installer).await;
        fetches(&app.nobody(), &path).await.ok();
        fetches(&app.nobody(), &path).await;
        path.split_once("key=").unwrap().1.to_owned()
    })
    .await;
    assert_eq!(key.len(), 43);
    assert!(!holds(&logged, key.as_bytes()));
    assert!(holds(&logged, FETCH_PATH.as_bytes()), "the request is logged: {}", String::from_utf8_lossy(&logged));
    let stored = everything_stored(&app).await;
    assert!(!holds(&stored, key.as_bytes()));
    assert!(!holds(&stored, installer.token.value.expose().as_bytes()));
}

async fn links_are_bounded_and_old_ones_go(app: TestApp) {
    let installer = Installer::new(&app).await;
    let (id, _) = new_link(&installer).await;
    let id: InstallLinkId = id.parse().unwrap();
    let count = async || install_link::Entity::find().count(app.state().db.read()).await.unwrap();
    let change = app.state().db.write().await.unwrap();
    let row = install_link::Entity::find_by_id(id.0).one(&*change).await.unwrap().unwrap();
    for number in 1..1000_u16 {
        let mut copy = row.clone().into_active_model();
        copy.id = Set(InstallLinkId::new(app.now(), &muster_server::random::bytes()).0);
        copy.digest = Set(format!("digest {number}"));
        copy.insert(&*change).await.unwrap();
    }
    change.commit().await.unwrap();
    let fields = installer.fields(Generation::Next);
    let (status, body) = installer.person.call("install/create-link", &flat(InstallKind::Docker, &fields)).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(body["Problem"]["message"].as_str().unwrap().starts_with("1000 links wait to be used."), "{body}");

    app.advance(seconds(HOUR));
    makes(&installer.person, InstallKind::Docker, &fields).await;
    assert_eq!(count().await, 1001);
    app.advance(seconds(25 * HOUR));
    makes(&installer.person, InstallKind::Docker, &fields).await;
    assert_eq!(count().await, 1);
}

on_both_databases!(
    c31_the_same_host_can_fetch_again_for_a_while,
    c31_a_link_whose_answer_was_torn_is_good_again,
    c31_a_part_of_the_file_is_not_to_be_had,
    a_link_hands_the_files_out_once,
    a_link_for_several_hosts_names_each_after_its_own,
    of_two_at_once_one_gets_the_files,
    a_link_lives_an_hour,
    a_link_is_worth_nothing_without_its_token,
    a_wrong_key_is_told_so,
    looking_at_a_link_does_not_use_it_up,
    only_the_session_that_made_a_link_sees_it,
    the_key_is_neither_logged_nor_stored,
    links_are_bounded_and_old_ones_go,
);
