//! The files, through their form.

use std::{collections::BTreeMap, io::Read as _};

use flate2::read::MultiGzDecoder;
use muster::install::InstallFields;
use muster::{
    audit::Action,
    install::{Generation, InstallKind},
};
use muster_app::install::api::{download_path, install_page};

use super::{DOTS, Installer, kinds};
use crate::support::{Answer, Person, Role, StatusCode, TestApp, days};

/// Posts the form as a browser without scripts does.
async fn downloads(person: &Person, kind: InstallKind, fields: &InstallFields, file: &str) -> Answer {
    downloads_seen(person, kind, fields, file, "").await
}

/// The same, once a checksum was seen.
async fn downloads_seen(
    person: &Person,
    kind: InstallKind,
    fields: &InstallFields,
    file: &str,
    sha256: &str,
) -> Answer {
    let mut form = vec![("file", file), ("sha256", sha256)];
    form.extend(fields.pairs());
    person.post_form_without_script(&download_path(kind), &form, REVIEW).await
}

/// The page that the form stands on.
const REVIEW: &str = "http://muster.test/install/shell/review?name=edge";

/// Runs the line of a review that checks a file.
fn checks(name: &str, content: &[u8], sha256: &str) -> bool {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), content).unwrap();
    let line = format!("echo '{sha256}  {name}' | sha256sum -c");
    let ran = std::process::Command::new("sh").args(["-c", &line]).current_dir(folder.path()).output().unwrap();
    ran.status.success()
}

async fn what_is_downloaded_has_the_checksum_that_was_shown(app: TestApp) {
    let installer = Installer::new(&app).await;
    let person = &installer.person;
    let mut shown = Vec::new();
    for (kind, generation) in kinds() {
        let fields = installer.fields(generation);
        let review = installer.review(kind, &fields).await;
        let page = person.page(&install_page(&fields, kind, "review").to_string()).await.ok();
        let line = format!("echo '{}  {}' | sha256sum -c", review.sha256, review.download);
        assert!(page.text().contains(&line), "{kind:?} {generation:?}: {}", page.text());
        shown.push((kind, fields, review));
    }
    // Later, and of a manager that was started anew, too.
    app.advance(days(1));
    app.restart().await;
    for (kind, fields, review) in shown {
        let whole = downloads_seen(person, kind, &fields, "", &review.sha256).await.ok();
        assert!(checks(&review.download, &whole.body, &review.sha256), "{kind:?} {}", fields.generation);
        for file in &review.files {
            let one = downloads_seen(person, kind, &fields, &file.name, &file.sha256).await.ok();
            assert!(checks(&file.name, &one.body, &file.sha256), "{kind:?} {} {}", fields.generation, file.name);
            assert!(!checks(&file.name, b"another", &file.sha256));
        }
    }
}

async fn files_that_changed_since_their_checksum_was_seen_are_not_handed_out(app: TestApp) {
    let installer = Installer::new(&app).await;
    let (person, kind) = (&installer.person, InstallKind::Docker);
    let profile = person.new_profile("Canary", false).await;
    let fields = InstallFields { profile, ..installer.fields(Generation::First) };
    let seen = installer.review(kind, &fields).await.sha256;
    // What is chosen is the same: only the profile is called otherwise, as the files say.
    person.edits_profile(&fields.profile, "name", "Renamed").await.ok();
    let now = installer.review(kind, &fields).await.sha256;
    assert_ne!(now, seen);
    let answer = downloads_seen(person, kind, &fields, "", &seen).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/install/shell/review?name=edge"));
    assert!(answer.body.is_empty() && app.audit_of(Action::BundleDownloaded).await.is_empty());
    let page = person.page(&install_page(&fields, kind, "review").to_string()).await.ok();
    assert!(page.text().contains("The files have changed since this page was opened") && page.text().contains(&now));
    downloads_seen(person, kind, &fields, "", &now).await.ok();
}

/// The files of an archive.
pub fn unpack(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = tar::Archive::new(MultiGzDecoder::new(archive));
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        (entry.path().unwrap().display().to_string(), content)
    });
    entries.collect()
}

/// A file with another text in place of the seed of the delegate's key, which is another one each time.
pub fn with_seed(file: &str, seed: &str) -> String {
    let words = file.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '+' | '/'));
    let mut changed = file.to_owned();
    for word in words {
        match word.len() {
            // In base64url; what goes on with a sign of base64 is a token's value.
            43 if !file.contains(&format!("{word}=")) => changed = changed.replace(word, seed),
            // That in base64.
            58 => changed = changed.replace(&format!("{word}=="), seed),
            _ => {}
        }
    }
    changed
}

/// The files are those of the review, with the token's value in place of the dots.
async fn what_is_downloaded_is_what_was_shown(app: TestApp) {
    let installer = Installer::new(&app).await;
    let value = installer.token.value.expose();
    for (kind, generation) in kinds() {
        let fields = installer.fields(generation);
        let review = installer.review(kind, &fields).await;
        let whole = downloads(&installer.person, kind, &fields, "").await.ok();
        let disposition = format!("attachment; filename=\"{}\"", review.download);
        assert_eq!(whole.header("content-disposition"), disposition);
        assert_eq!(whole.header("cache-control"), "no-store");
        let mut packed = if review.folder.is_empty() {
            BTreeMap::new()
        } else {
            assert_eq!(whole.header("content-type"), "application/gzip");
            unpack(&whole.body)
        };
        for file in &review.files {
            let alone = downloads(&installer.person, kind, &fields, &file.name).await.ok();
            assert_eq!(alone.header("content-disposition"), format!("attachment; filename=\"{}\"", file.name));
            let clear = if kind == InstallKind::Kubernetes && generation == Generation::Next {
                use base64::{Engine as _, engine::general_purpose::STANDARD};
                STANDARD.encode(value.as_bytes())
            } else {
                value.to_string()
            };
            let expected = file.text.replace(DOTS, &clear);
            assert_eq!(with_seed(alone.text(), &clear), expected, "{kind:?} {generation:?}");
            if kind != InstallKind::Shell && file.text.contains("DELEGATE_KEY_SEED") {
                assert_ne!(alone.text(), expected, "{kind:?}: the seed is no dots and no token");
            }
            if review.folder.is_empty() {
                let is_whole = file.name == review.download;
                assert!(!is_whole || with_seed(whole.text(), &clear) == with_seed(alone.text(), &clear));
            } else {
                let packed = packed.remove(&format!("{}/{}", review.folder, file.name)).expect("it is packed");
                assert_eq!(with_seed(std::str::from_utf8(&packed).unwrap(), &clear), expected);
            }
        }
        packed.retain(|name, _| !name.contains("/muster-delegate/"));
        if kind == InstallKind::Shell {
            assert_eq!(packed.remove("harness-delegate/muster").as_deref(), Some(&b"the program"[..]));
        }
        assert!(packed.is_empty(), "{:?}", packed.keys());
    }
}

async fn a_download_is_in_the_audit_trail(app: TestApp) {
    let installer = Installer::new(&app).await;
    let fields = installer.fields(Generation::Next);
    downloads(&installer.person, InstallKind::Shell, &fields, "").await.ok();
    downloads(&installer.person, InstallKind::Docker, &fields, "docker-run.sh").await.ok();
    let entries = app.audit_of(Action::BundleDownloaded).await;
    let details: Vec<&str> = entries.iter().map(|entry| entry.detail.as_str()).collect();
    assert_eq!(
        details,
        [
            "type Shell Script; delegate edge-fra-1; file harness-delegate.tar.gz",
            "type Docker; delegate edge-fra-1; file docker-run.sh",
        ]
    );
    for entry in entries {
        assert_eq!((&entry.actor_name, entry.object_name.as_str()), (&installer.person.email, "edge"));
        assert_eq!(entry.address, installer.person.address.to_string());
    }
}

async fn what_cannot_be_taken_leads_back_to_the_setup(app: TestApp) {
    let installer = Installer::new(&app).await;
    let fields = InstallFields { name: "Not A Name".to_owned(), ..installer.fields(Generation::First) };
    for kind in InstallKind::ALL {
        let answer = downloads(&installer.person, kind, &fields, "").await;
        assert_eq!(
            (answer.status, answer.location()),
            (StatusCode::SEE_OTHER, &*install_page(&fields, kind, "").to_string())
        );
        let session = app.sessions().await.pop().unwrap().data;
        assert!(session.contains("\"/api/install/check\"") && session.contains("\"field\":\"name\""), "{session:.500}");
        assert!(session.contains("\"tags\":\"eu\""), "what was typed is kept: {session:.500}");
    }
    let fields = InstallFields { description: "ü".repeat(100_000), ..fields };
    let answer = downloads(&installer.person, InstallKind::Shell, &fields, "").await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/install/shell"), "no URL is too long");
    assert!(app.audit_of(Action::BundleDownloaded).await.is_empty());
}

/// A script that copies a file asks for no page.
async fn a_script_is_told_what_is_wrong(app: TestApp) {
    let installer = Installer::new(&app).await;
    let fields = installer.fields(Generation::Next);
    let posts = async |person: &Person, path: &str, fields: &InstallFields, file: &str| {
        let mut form = vec![("file", file)];
        form.extend(fields.pairs());
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "*/*")];
        let body = serde_urlencoded::to_string(&form).unwrap();
        person.request(axum::http::Method::POST, path, &headers, body).await
    };
    let path = download_path(InstallKind::Docker);
    posts(&installer.person, &path, &fields, "docker-compose.yml").await.ok();
    let revoked = InstallFields { token: "x".to_owned(), ..fields.clone() };
    for (path, fields, file, status, sentence) in [
        (path.as_str(), &revoked, "", StatusCode::UNPROCESSABLE_ENTITY, "Choose a token that is active.\n"),
        (&path, &fields, "../config", StatusCode::NOT_FOUND, "There is no install file of this name.\n"),
        ("/install/snap/download", &fields, "", StatusCode::NOT_FOUND, "There is no such way to install a delegate.\n"),
    ] {
        let answer = posts(&installer.person, path, fields, file).await;
        assert_eq!((answer.status, answer.text()), (status, sentence));
    }
    let answer = posts(&app.person(Role::Viewer).await, &path, &fields, "").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let answer = posts(&app.nobody(), &path, &fields, "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

async fn only_managers_get_files(app: TestApp) {
    let installer = Installer::new(&app).await;
    let fields = installer.fields(Generation::Next);
    for person in [app.nobody(), app.person(Role::Viewer).await] {
        let answer = downloads(&person, InstallKind::Shell, &fields, "").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.location(), install_page(&fields, InstallKind::Shell, "").to_string());
        assert!(answer.body.is_empty());
    }
    assert!(app.audit_of(Action::BundleDownloaded).await.is_empty());
    downloads(&app.person(Role::DelegateManager).await, InstallKind::Shell, &fields, "").await.ok();
}

on_both_databases!(
    what_is_downloaded_is_what_was_shown,
    a_download_is_in_the_audit_trail,
    what_cannot_be_taken_leads_back_to_the_setup,
    a_script_is_told_what_is_wrong,
    only_managers_get_files,
    what_is_downloaded_has_the_checksum_that_was_shown,
    files_that_changed_since_their_checksum_was_seen_are_not_handed_out,
);
