//! What is handed out as a whole.

use std::{collections::BTreeMap, io::Read as _};

use flate2::read::MultiGzDecoder;
use muster::install::{Bundle, Language};

use super::*;
use crate::{
    install::{archive, artifact::Artifact},
    program::{self, Program},
};

fn unpack(archive: &[u8]) -> BTreeMap<String, (u32, Vec<u8>)> {
    let mut archive = tar::Archive::new(MultiGzDecoder::new(archive));
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        assert_eq!(entry.header().mtime().unwrap(), archive::DATE, "tar warns of files from 1970");
        (entry.path().unwrap().display().to_string(), (entry.header().mode().unwrap(), content))
    });
    entries.collect()
}

#[test]
fn every_kind_has_a_bundle_under_the_name_that_people_know() {
    let wholes: Vec<(String, &str, &str)> = plans()
        .iter()
        .map(|plan| (label(plan), Bundle::of(&plan.chosen).name(), Bundle::of(&plan.chosen).folder()))
        .collect();
    let expected = [
        ("shell-next", "harness-delegate.tar.gz", "harness-delegate"),
        ("shell-first", "harness-delegate.tar.gz", "harness-delegate"),
        ("docker-next", "docker-compose.yml", ""),
        ("docker-first", "harness-delegate-docker.tar.gz", "harness-delegate-docker"),
        ("kubernetes-next", "harness-delegate.yaml", ""),
        ("kubernetes-first", "harness-delegate-kubernetes.tar.gz", "harness-delegate-kubernetes"),
        ("ecs-next", "task-spec.json", ""),
        ("ecs-first", "harness-delegate-ecs.tar.gz", "harness-delegate-ecs"),
        ("helm-next", "harness-delegate-helm.tar.gz", "harness-delegate-helm"),
        ("helm-first", "harness-delegate-helm.tar.gz", "harness-delegate-helm"),
        ("ecs-next-fargate", "harness-delegate-ecs.tar.gz", "harness-delegate-ecs"),
        ("ecs-first-fargate", "harness-delegate-ecs.tar.gz", "harness-delegate-ecs"),
    ];
    assert_eq!(wholes, expected.map(|(label, name, folder)| (label.to_owned(), name, folder)));
}

#[test]
fn what_is_alone_is_the_first_of_the_files() {
    for plan in plans() {
        if let Bundle::File(name) = Bundle::of(&plan.chosen) {
            assert_eq!(render(&plan).unwrap()[0].name, name, "{}", label(&plan));
        }
    }
}

#[tokio::test]
async fn archives_hold_everything_with_its_mode() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("program");
    std::fs::write(&program, b"binary").unwrap();
    for plan in plans() {
        let Bundle::Archive { folder, .. } = Bundle::of(&plan.chosen) else { continue };
        let artifacts = render(&plan).unwrap();
        let program = Program::at(program.clone());
        let packed = archive::pack(folder, &artifacts, plan.chosen.kind, &program).await.unwrap();
        let mut found = unpack(&packed.concat());
        for Artifact { name, mode, language, text } in artifacts {
            let (found, content) = found.remove(&format!("{folder}/{name}")).expect(name);
            assert_eq!((found, content.as_slice()), (mode, text.as_bytes()), "{name}");
            assert!(!text.is_empty() && text.ends_with('\n'), "{name}");
            let secret = text.contains(plan.token.hex().as_str());
            assert!(!secret || mode & 0o077 == 0, "{name} holds the token, and others can read it");
            assert_eq!(mode & 0o100 != 0, language == Language::Shell, "{name}");
        }
        match plan.chosen.kind {
            InstallKind::Shell => {
                assert_eq!(program::NAME, format!("{folder}/muster"));
                assert_eq!(found.remove(program::NAME), Some((0o755, b"binary".to_vec())));
            }
            InstallKind::Helm => {
                let chart = format!("{folder}/muster-delegate/");
                for name in ["Chart.yaml", "values.yaml", "values.schema.json", "templates/delegate.yaml"] {
                    assert!(found.contains_key(&format!("{chart}{name}")), "{name}");
                }
                found.retain(|name, _| !name.starts_with(&chart) || name.contains("/ci/"));
            }
            _ => {}
        }
        assert!(found.is_empty(), "{found:?}");
    }
}
