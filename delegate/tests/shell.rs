//! The shell scripts of the bundle, run as a person runs them, with a stand-in for the delegate's program.

#![allow(clippy::unwrap_used)]

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/src/install/templates/shell");
/// Far more than anything here takes; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(60);
/// Tells what it was started with, and runs until it is told to stop.
const PROGRAM: &str = "#!/bin/sh\n[ \"$1\" != --version ] || { echo 'muster 0'; exit; }\ncat /proc/$$/environ >environment.new\nmv environment.new environment\n\
                       echo started >&2\ntrap 'exit 0' TERM\nwhile :; do sleep 0.02; done\n";

/// An unpacked bundle.
struct Bundle {
    _root: tempfile::TempDir,
    folder: PathBuf,
}

impl Bundle {
    fn unpack(name: &str) -> Self {
        let root = tempfile::tempdir().unwrap();
        let folder = fs::canonicalize(root.path()).unwrap().join(name);
        fs::create_dir(&folder).unwrap();
        for entry in fs::read_dir(SCRIPTS).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
        }
        for (name, content, mode) in [("muster", PROGRAM, 0o755), ("config-delegate.yml", "", 0o600)] {
            fs::write(folder.join(name), content).unwrap();
            fs::set_permissions(folder.join(name), fs::Permissions::from_mode(mode)).unwrap();
        }
        Self { _root: root, folder }
    }

    /// A script of the bundle, without a terminal, and with nothing but this in its environment.
    fn command(&self, script: &str, environment: &[(&str, &str)]) -> Command {
        let mut command = Command::new(self.folder.join(script));
        command.current_dir("/").stdin(Stdio::null()).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        command.envs(environment.iter().copied());
        command
    }

    fn run(&self, script: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
        self.command(script, environment).args(arguments).output().unwrap()
    }

    fn succeeds(&self, script: &str, arguments: &[&str], environment: &[(&str, &str)]) -> String {
        let output = self.run(script, arguments, environment);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a script that has to fail; returns what it says.
    fn fails(&self, script: &str, arguments: &[&str], environment: &[(&str, &str)]) -> String {
        let output = self.run(script, arguments, environment);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// What the program was started with.
    fn environment(&self) -> BTreeMap<String, String> {
        let path = self.folder.join("environment");
        let began = Instant::now();
        while !path.exists() {
            assert!(began.elapsed() < PATIENCE, "the program was never started");
            std::thread::yield_now();
        }
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        text.split_terminator('\0')
            .map(|variable| variable.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap())
            .collect()
    }

    fn pid(&self) -> String {
        fs::read_to_string(self.folder.join("delegate.pid")).unwrap().trim().to_owned()
    }
}

impl Drop for Bundle {
    fn drop(&mut self) {
        if let Ok(pid) = fs::read_to_string(self.folder.join("delegate.pid")) {
            let _ = Command::new("kill").args(["-KILL", pid.trim()]).stderr(Stdio::null()).status();
        }
    }
}

fn scripts() -> Vec<PathBuf> {
    let all = fs::read_dir(SCRIPTS).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.extension().is_some_and(|extension| extension == "sh")).collect()
}

#[test]
fn every_shell_reads_every_script() {
    assert_eq!(scripts().len(), 4);
    for script in scripts() {
        for shell in ["sh", "bash"] {
            let status = Command::new(shell).arg("-n").arg(&script).status().unwrap();
            assert!(status.success(), "{shell} {}", script.display());
        }
    }
}

#[test]
fn started_twice_it_runs_once_and_stopped_twice_it_is_stopped() {
    let bundle = Bundle::unpack("a folder with $(spaces) and 'quotes'");
    assert!(bundle.succeeds("start.sh", &[], &[]).starts_with("The delegate runs (process "));
    let pid = bundle.pid();
    assert!(bundle.succeeds("start.sh", &[], &[]).starts_with(&format!("The delegate already runs (process {pid})")));
    assert_eq!(bundle.pid(), pid);
    assert_eq!(bundle.succeeds("stop.sh", &[], &[]), "The delegate has stopped.\n");
    assert_eq!(bundle.succeeds("stop.sh", &[], &[]), "The delegate does not run.\n");
}

/// What a program for these processors begins with: a header whose table of sections begins at 4096.
fn elf(machine: u8) -> Vec<u8> {
    let mut bytes = vec![0; 4096];
    bytes[..8].copy_from_slice(b"\x7fELF\x02\x01\x01\0");
    (bytes[16], bytes[18], bytes[41]) = (2, machine, 0x10);
    bytes
}

#[test]
fn c28_a_program_that_cannot_run_here_says_why() {
    let (other, other_name, mine) =
        if cfg!(target_arch = "aarch64") { (0x3e, "x86-64", 0xb7) } else { (0xb7, "aarch64", 0x3e) };
    let bundle = Bundle::unpack("a folder's");
    let program = bundle.folder.join("muster");
    let fails = |content: &[u8], mode| {
        fs::write(&program, content).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(mode)).unwrap();
        bundle.fails("start.sh", &[], &[])
    };
    let host = std::env::consts::ARCH;
    let error = fails(&elf(other), 0o755);
    assert!(error.starts_with(&format!("This archive is for {other_name}, this host is {host}: ")), "{error}");
    let error = fails(&elf(mine)[..1000], 0o755);
    assert!(error.contains("muster is cut off after 1000 bytes. Unpack the archive anew"), "{error}");
    let error = fails(b"", 0o755);
    assert!(error.contains("muster is empty. Unpack the archive anew"), "{error}");
    let error = fails(b"#!/bin/sh\nexit 1\n", 0o755);
    assert!(error.contains("muster does not run. Unpack the archive anew"), "{error}");
    let error = fails(PROGRAM.as_bytes(), 0o644);
    assert!(error.contains("muster cannot be executed. Allow it: chmod +x "), "{error}");
    assert!(!bundle.folder.join("delegate.pid").exists() && !bundle.folder.join("environment").exists());
}

#[test]
fn c28_a_mount_that_starts_nothing_is_named() {
    let bundle = Bundle::unpack("harness-delegate");
    let target = bundle.folder.join("mounted here");
    fs::create_dir(&target).unwrap();
    let script = "mount -t tmpfs -o noexec none \"$1\" && cp muster start.sh config-delegate.yml \"$1\" || exit 7; sh \"$1/start.sh\"";
    let output = Command::new("unshare")
        .args(["-rm", "sh", "-c", script, "sh"])
        .arg(&target)
        .current_dir(&bundle.folder)
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    if output.status.code() != Some(1) || error.contains("unshare: ") {
        eprintln!("NOT TESTED: nothing can be mounted here: {error}");
        return;
    }
    let says = format!("the file system {} is mounted noexec.", target.display());
    assert!(error.contains(&says) && !error.contains("chmod"), "{error}");
}

/// A host with systemd, as far as install-service.sh looks at it: `active` is what its services turn out to be.
fn install_on(bundle: &Bundle, active: bool, enforcing: bool) -> Output {
    let host = bundle.folder.join("host");
    fs::create_dir_all(host.join("units")).unwrap();
    let state = if active { "exit 0" } else { "exit 3" };
    let systemctl =
        format!("case $1 in is-active) {state} ;; --no-pager) echo 'muster: Permission denied' >&2; exit 3 ;; esac");
    let selinux = if enforcing { "echo Enforcing" } else { "echo Permissive" };
    for (name, script) in [("systemctl", systemctl.as_str()), ("getenforce", selinux), ("id", "echo 0"), ("sleep", "")]
    {
        fs::write(host.join(name), format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(host.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let script = bundle.folder.join("install-service.sh");
    let text = fs::read_to_string(&script).unwrap();
    let text = text.replace("/etc/systemd/system", host.join("units").to_str().unwrap());
    fs::write(&script, text.replace("/run/systemd/system", host.to_str().unwrap())).unwrap();
    let path = format!("{}:{}", host.display(), std::env::var("PATH").unwrap());
    bundle.command("install-service.sh", &[]).env("PATH", path).output().unwrap()
}

#[test]
fn c28_a_service_is_installed_once_it_stays() {
    let bundle = Bundle::unpack("harness-delegate");
    let output = install_on(&bundle, true, false);
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8(output.stdout).unwrap().contains(" is the service harness-delegate, and runs as "));
    for (enforcing, says) in [
        (false, "The service harness-delegate does not run. The reason is above, or here: journalctl -u"),
        (true, "semanage fcontext -a -t bin_t "),
    ] {
        let bundle = Bundle::unpack("harness-delegate");
        let output = install_on(&bundle, false, enforcing);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), output.stdout.len()),
            (Some(1), "The delegate does not run.\n".len()),
            "{error}"
        );
        assert!(error.contains("muster: Permission denied") && error.contains(says), "{error}");
        assert_eq!(error.contains("SELinux is enforcing here"), enforcing, "{error}");
    }
}

#[test]
fn a_stored_proxy_reaches_the_delegate_as_it_was_given() {
    let bundle = Bundle::unpack("harness-delegate");
    for hostile in
        ["p'w\"$(touch x)`touch x`\\ \\n &;|<>*?~#=", "'", "''", "\"", "'\\''", " a b ", "ü€😀", "%s\\0", "-"]
    {
        let given = [
            ("PROXY_HOST", "proxy.example.com"),
            ("PROXY_PORT", "3128"),
            ("PROXY_SCHEME", "https"),
            ("PROXY_USER", hostile),
            ("PROXY_PASSWORD", hostile),
            ("NO_PROXY", hostile),
            ("PROXY_MANAGER", "false"),
        ];
        let said = bundle.succeeds("setup-proxy.sh", &[], &given);
        let expected = "proxy.config. Restart the delegate: ./stop.sh && ./start.sh\n";
        assert!(said.starts_with("The proxy is stored in ") && said.ends_with(expected), "{said}");
        let file = bundle.folder.join("proxy.config");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

        let mut delegate = bundle.command("start.sh", &[("PROXY_HOST", "other")]).arg("--foreground").spawn().unwrap();
        let environment = bundle.environment();
        end(&mut delegate);
        for (name, value) in given {
            assert_eq!(environment.get(name).map(String::as_str), Some(value), "{name}");
        }

        // Other scripts may read the file as a shell does.
        let print = "set -a; . \"$0\"; exec cat /proc/self/environ";
        let sourced = Command::new("sh")
            .args(["-c", print])
            .arg(&file)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .output()
            .unwrap();
        let sourced = String::from_utf8(sourced.stdout).unwrap();
        for (name, value) in given {
            assert!(sourced.split('\0').any(|variable| variable == format!("{name}={value}")), "{name} in {sourced:?}");
        }
        assert!(!bundle.folder.join("x").exists() && !Path::new("/x").exists());
    }
    bundle.succeeds("setup-proxy.sh", &["--remove"], &[]);
    let mut delegate = bundle.command("start.sh", &[]).arg("--foreground").spawn().unwrap();
    assert!(!bundle.environment().contains_key("PROXY_HOST"));
    end(&mut delegate);
}

fn end(delegate: &mut Child) {
    // How it ends is not what is looked at here.
    delegate.kill().unwrap();
    delegate.wait().unwrap();
}

#[test]
fn a_wrong_proxy_is_named_and_never_repeated() {
    let bundle = Bundle::unpack("harness-delegate");
    let host = ("PROXY_HOST", "proxy");
    for (wrong, says) in [
        (("PROXY_HOST", ""), "PROXY_HOST is not set"),
        (("PROXY_HOST", "http://zq"), "The host (PROXY_HOST) is wrong"),
        (("PROXY_HOST", "zq:3128"), "The host (PROXY_HOST) is wrong"),
        (("PROXY_HOST", "[zq]"), "The host (PROXY_HOST) is wrong"),
        (("PROXY_PORT", "0"), "The port (PROXY_PORT) is wrong"),
        (("PROXY_PORT", "65536"), "The port (PROXY_PORT) is wrong"),
        (("PROXY_PORT", "zq"), "The port (PROXY_PORT) is wrong"),
        (("PROXY_SCHEME", "socks5"), "The scheme (PROXY_SCHEME) is wrong"),
        (("PROXY_PASSWORD", "zq\nPROXY_HOST=evil"), "must not contain line ends"),
        (("PROXY_MANAGER", "zq"), "PROXY_MANAGER is wrong"),
    ] {
        let error = bundle.fails("setup-proxy.sh", &[], &[host, wrong]);
        assert!(error.contains(says) && !error.contains("zq"), "{wrong:?} {error}");
    }
    assert!(!bundle.folder.join("proxy.config").exists());
    for good in ["[2001:db8::1]", "192.0.2.7", "proxy_1.example.com"] {
        bundle.succeeds("setup-proxy.sh", &[], &[("PROXY_HOST", good)]);
    }
    fs::write(bundle.folder.join("proxy.config"), "# mine\nPROXY_HOST=bare\nPATH=zq\n").unwrap();
    let error = bundle.fails("start.sh", &[], &[]);
    assert!(error.starts_with("Line 3 of ") && !error.contains("zq"), "{error}");
}

#[test]
fn what_a_service_runs_is_stopped_by_the_service() {
    let bundle = Bundle::unpack("harness-delegate");
    let service = ("MUSTER_SERVICE", "edge-1.service");
    let mut delegate = bundle.command("start.sh", &[service]).arg("--foreground").spawn().unwrap();
    bundle.environment();
    let error = bundle.fails("stop.sh", &[], &[]);
    assert!(
        error.contains("runs as the service edge-1.service. Stop it so: sudo systemctl stop edge-1.service"),
        "{error}"
    );
    assert!(delegate.try_wait().unwrap().is_none(), "it was left alone");
    end(&mut delegate);
}

#[test]
fn the_unit_file_is_for_the_folder_and_its_owner() {
    let bundle = Bundle::unpack("50% & a | \"b\"");
    let unit = bundle.succeeds("install-service.sh", &["--print"], &[]);
    let owner = Command::new("stat").args(["-c", "%U"]).arg(&bundle.folder).output().unwrap();
    let owner = String::from_utf8(owner.stdout).unwrap();
    let folder = bundle.folder.to_str().unwrap().replace('%', "%%");
    for line in [
        &format!("WorkingDirectory={folder}"),
        &format!("User={}", owner.trim()),
        "Restart=on-failure",
        "RestartSec=10",
    ] {
        assert_eq!(unit.lines().filter(|one| *one == line).count(), 1, "{line} in {unit}");
    }
    assert!(!unit.lines().any(|line| !line.starts_with('#') && line.contains('@')), "{unit}");

    for name in ["../x", "a b", "-x", ".x", "x@y"] {
        let error = bundle.fails("install-service.sh", &["--print", name], &[]);
        assert!(error.starts_with("The service's name is wrong") || error.starts_with("Unknown option"), "{error}");
    }
    let nowhere = Bundle::unpack("back\\slash");
    assert!(nowhere.fails("install-service.sh", &["--print"], &[]).starts_with("systemd cannot start anything in "));
}
