//! The bundle of a shell delegate: scripts, configuration, and the program itself.

use std::{
    fs::File,
    io::{self, Write as _},
    path::Path,
};

use flate2::{Compression, write::GzEncoder};
use zeroize::Zeroizing;

use super::InstallPlan;

const START: &str = include_str!("templates/shell/start.sh");
const STOP: &str = include_str!("templates/shell/stop.sh");
const FOLDER: &str = "harness-delegate";

/// The archive, compressed.
///
/// # Errors
/// Where the program cannot be read.
pub fn bundle(plan: &InstallPlan, program: &Path) -> io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let config = config(plan);
    for (name, mode, content) in [
        ("start.sh", 0o755, START.as_bytes()),
        ("stop.sh", 0o755, STOP.as_bytes()),
        // It holds the token.
        ("config-delegate.yml", 0o600, config.as_bytes()),
    ] {
        let mut header = header(content.len() as u64, mode);
        archive.append_data(&mut header, format!("{FOLDER}/{name}"), content)?;
    }
    let program = File::open(program)?;
    let mut header = header(program.metadata()?.len(), 0o755);
    archive.append_data(&mut header, format!("{FOLDER}/muster"), program)?;
    let mut compressed = archive.into_inner()?;
    compressed.flush()?;
    compressed.finish()
}

fn header(size: u64, mode: u32) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(mode);
    header.set_cksum();
    header
}

/// The configuration. Each value is written as a JSON string, which is a YAML string, too (YAML 1.2, section 1.3).
fn config(plan: &InstallPlan) -> Zeroizing<String> {
    let token = plan.token.expose();
    let tags = plan.tags.to_string();
    let fields = [
        ("accountId", plan.account.as_str()),
        ("delegateToken", &token),
        ("managerUrl", &plan.manager_url),
        ("delegateName", plan.name.as_str()),
        ("delegateType", plan.kind.code()),
        ("delegateProfile", &plan.profile),
        ("delegateTags", &tags),
        ("description", &plan.description),
    ];
    let mut text = Zeroizing::new(String::from("# The configuration of this delegate. Restart it after a change.\n"));
    for (name, value) in fields {
        text.push_str(&format!("{name}: {}\n", quoted(value)));
    }
    text.push_str("heartbeatIntervalMs: 10000\npollForTasks: true\n");
    text
}

fn quoted(text: &str) -> String {
    // YAML takes these for line ends, JSON leaves them as they are. Control characters are refused before.
    serde_json::Value::from(text).to_string().replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;
    use muster::{
        delegate::{DelegateType, InstallName},
        text::Selectors,
        token::TokenValue,
    };
    use muster_delegate::Settings;
    use proptest::prelude::*;

    use super::*;

    fn plan() -> InstallPlan {
        InstallPlan {
            account: "0199".into(),
            manager_url: "http://127.0.0.1:3000".into(),
            name: InstallName::parse("edge-1").unwrap(),
            kind: DelegateType::ShellScript,
            profile: "Primary".into(),
            token: TokenValue::from_bytes([7; 16]),
            description: "At the edge".into(),
            tags: Selectors::parse("linux, amd64").unwrap(),
        }
    }

    #[test]
    fn the_configuration_reads_well() {
        insta::assert_snapshot!(config(&plan()).as_str());
    }

    #[test]
    fn the_archive_holds_everything_with_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program");
        std::fs::write(&program, b"binary").unwrap();
        let bytes = bundle(&plan(), &program).unwrap();
        let mut archive = tar::Archive::new(GzDecoder::new(bytes.as_slice()));
        let mut found = Vec::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            assert!(!content.is_empty());
            found.push((entry.path().unwrap().display().to_string(), entry.header().mode().unwrap()));
        }
        let expected = [("start.sh", 0o755), ("stop.sh", 0o755), ("config-delegate.yml", 0o600), ("muster", 0o755)];
        assert_eq!(found, expected.map(|(name, mode)| (format!("harness-delegate/{name}"), mode)));
    }

    proptest! {
        #[test]
        fn hostile_text_stays_in_its_place(profile in "\\PC{1,60}", description in "(\\PC|[\"\\\\:#\n\t{}\\[\\]$`'\u{2028}\u{2029}]){0,60}") {
            let plan = InstallPlan { profile: profile.clone(), description: description.clone(), ..plan() };
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("config-delegate.yml");
            std::fs::write(&path, config(&plan).as_str()).unwrap();
            let settings = Settings::load(Some(&path), |_| None).unwrap();
            prop_assert_eq!(settings.profile.trim(), profile.trim());
            prop_assert_eq!(settings.description.trim(), description.trim());
        }
    }
}
