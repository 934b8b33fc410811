//! How the files look, held by snapshots.

use muster::install::Permissions;

use super::*;

#[test]
fn files_look_as_they_did() {
    for plan in plans() {
        for artifact in render(&plan).unwrap() {
            // What is the same for everybody is its own snapshot.
            if matches!(artifact.name, "start.sh" | "stop.sh" | "setup-proxy.sh" | "install-service.sh")
                || artifact.name.ends_with(".service")
            {
                continue;
            }
            insta::assert_snapshot!(format!("{}-{}", label(&plan), artifact.name), artifact.text.as_str());
        }
    }
}

#[test]
fn permissions_look_as_they_did() {
    for generation in Generation::ALL {
        for permissions in Permissions::ALL {
            let mut plan = plan(InstallKind::Kubernetes, generation);
            plan.chosen.permissions = permissions;
            let text = text(&plan, "harness-delegate.yaml");
            let end = text.find("\n---\n# ").expect("what follows the permissions begins with a comment");
            insta::assert_snapshot!(format!("{}-{}", label(&plan), permissions.slug()), &text[..end]);
        }
    }
}

#[test]
fn no_template_goes_around_its_language() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/install/templates");
    let mut pending = vec![folder];
    let mut seen = 0;
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            seen += 1;
            for part in text.split("{{").skip(1) {
                let expression = part.split("}}").next().unwrap_or_default();
                assert!(!expression.contains('|'), "{} filters {expression}", path.display());
            }
        }
    }
    assert!(seen > 10);
}

#[test]
fn a_hidden_token_is_nowhere() {
    for mut plan in plans() {
        let clear = plan.token.clone();
        plan.token = TokenText::Hidden;
        for artifact in render(&plan).unwrap() {
            for form in [clear.hex(), clear.base64()] {
                assert!(!artifact.text.contains(form.as_str()), "{} {}", label(&plan), artifact.name);
            }
        }
        let first = &render(&plan).unwrap()[0];
        assert!(first.text.contains('•'), "{} shows where the token belongs", label(&plan));
    }
}
