//! Where things are: the workspace, cargo's target folder and the site, by the names in `Leptos.toml`.

use crate::run::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The target that a release is built for, a static one; none where the host is of a kind that has no such build, and
/// builds for itself.
pub const RELEASE_TARGET: Option<&str> = if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
    Some("x86_64-unknown-linux-musl")
} else if cfg!(all(target_os = "linux", target_arch = "aarch64")) {
    Some("aarch64-unknown-linux-musl")
} else {
    None
};

/// What is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Quick to compile.
    Dev,
    /// As it is shipped, but for what takes long to compile: what the tests test.
    Tested,
    /// As it is shipped: small and fast.
    Release,
}

impl Profile {
    /// What cargo calls it.
    pub fn name(self) -> &'static str {
        match self {
            Profile::Dev => "dev",
            Profile::Tested => "tested",
            Profile::Release => "release",
        }
    }

    /// The suffix of the site's folder, which is the same for what is shipped and what is tested. Embedded assets can neither
    /// go stale nor mix.
    pub fn site(self) -> &'static str {
        match self {
            Profile::Dev => "dev",
            Profile::Tested | Profile::Release => "release",
        }
    }
}

/// The paths of one checkout.
pub struct Layout {
    pub root: PathBuf,
    pub target: PathBuf,
    options: LeptosOptions,
}

/// The part of `Leptos.toml` that building needs.
#[derive(Debug, PartialEq, Eq)]
struct LeptosOptions {
    output_name: String,
    site_root: String,
    site_pkg_dir: String,
}

impl Layout {
    pub fn find() -> Result<Self> {
        // Cargo says where xtask is when it runs it; the path compiled in is for a binary started by hand.
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&manifest).parent().ok_or("xtask lies outside the workspace")?.to_path_buf();
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        let file = root.join("Leptos.toml");
        let text = std::fs::read_to_string(&file).map_err(|error| format!("Leptos.toml: {error}"))?;
        Ok(Self { root, target, options: LeptosOptions::parse(&text)? })
    }

    pub fn output_name(&self) -> &str {
        &self.options.output_name
    }

    /// The folder whose files become the binary's assets. `server/build.rs` knows the same path.
    pub fn site(&self, profile: Profile) -> PathBuf {
        self.root.join(format!("{}-{}", self.options.site_root, profile.site()))
    }

    /// Where the WebAssembly, its JavaScript and the style sheet lie, relative to the site.
    pub fn pkg(&self) -> &Path {
        Path::new(&self.options.site_pkg_dir)
    }

    pub fn binary(&self, profile: Profile) -> PathBuf {
        // Built for the target that is named, cargo puts it into the target's own folder.
        let folder = match (profile, RELEASE_TARGET) {
            (Profile::Dev, _) => PathBuf::from("debug"),
            (profile, None) => PathBuf::from(profile.name()),
            (profile, Some(target)) => Path::new(target).join(profile.name()),
        };
        self.target.join(folder).join(format!("muster{}", std::env::consts::EXE_SUFFIX))
    }

    pub fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }

    /// A cargo call from the workspace root, in an environment that does not make it rebuild.
    pub fn cargo(&self) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root);
        // `cargo run` describes xtask to xtask in these. Build scripts such as ring's watch them, so passing them on
        // would rebuild half the tree at every change between `cargo xtask` and plain cargo.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text.starts_with("CARGO_BIN_") {
                command.env_remove(&name);
            }
        }
        command
    }

    /// A path for messages: from the workspace root where it lies inside.
    pub fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }
}

impl LeptosOptions {
    fn parse(text: &str) -> Result<Self> {
        let table: toml::Table = text.parse().map_err(|error| format!("Leptos.toml: {error}"))?;
        // The section that Leptos insists on.
        let path = ["package", "metadata", "leptos"];
        let section = path.iter().try_fold(&table, |table, key| table.get(*key)?.as_table());
        let section = section.ok_or("Leptos.toml: the section [package.metadata.leptos] is missing")?;
        let get = |key: &str| {
            let value = section.get(key).and_then(|value| value.as_str());
            value.map(str::to_owned).ok_or_else(|| format!("Leptos.toml: `{key}` is missing or not a string"))
        };
        Ok(Self { output_name: get("output-name")?, site_root: get("site-root")?, site_pkg_dir: get("site-pkg-dir")? })
    }
}

#[cfg(test)]
mod tests {
    use super::LeptosOptions;

    #[test]
    fn reads_the_workspace_s_own_file() {
        let options = LeptosOptions::parse(include_str!("../../Leptos.toml")).unwrap();
        assert_eq!(options.output_name, "muster");
        assert_eq!(options.site_root, "target/site");
        assert_eq!(options.site_pkg_dir, "pkg");
    }

    #[test]
    fn names_the_option_that_is_missing() {
        let error = LeptosOptions::parse("[package.metadata.leptos]\noutput-name = \"muster\"").unwrap_err();
        assert!(error.contains("site-root"), "{error}");
    }
}
