//! Readers of install files: each gives the environment that a delegate gets from them.

use std::{
    collections::BTreeMap,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use tempfile::TempDir;

/// Variables by their names.
pub type Environment = BTreeMap<String, String>;

/// The documents of a YAML file.
pub fn yaml(text: &str) -> Vec<Value> {
    serde_saphyr::from_multiple(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The only document of a YAML file.
#[track_caller]
pub fn yaml_one(text: &str) -> Value {
    let mut documents = yaml(text);
    assert_eq!(documents.len(), 1, "{text}");
    documents.remove(0)
}

/// The same with every text replaced: what is left is the shape.
pub fn shape(value: &Value) -> Value {
    match value {
        Value::String(_) => Value::from("text"),
        Value::Array(values) => values.iter().map(shape).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), shape(value))).collect(),
        other => other.clone(),
    }
}

/// A text in a document; `path` is a JSON pointer.
#[track_caller]
pub fn at<'a>(value: &'a Value, path: &str) -> &'a str {
    let found = value.pointer(path).unwrap_or_else(|| panic!("{path} is not in {value:#}"));
    found.as_str().unwrap_or_else(|| panic!("{path} is no text: {found}"))
}

/// A folder with programs of the test's own, which come before all others.
pub struct Programs {
    folder: TempDir,
}

impl Programs {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Adds a bash script under a name.
    pub fn add(&self, name: &str, script: &str) {
        let mut file = std::fs::File::create(self.path(name)).unwrap();
        write!(file, "#!/bin/bash\n{script}\n").unwrap();
        file.set_permissions(std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Runs a script with bash; gives whether it succeeded, and what it wrote.
    pub fn bash(&self, script: &Path) -> (bool, String) {
        let search = format!("{}:/usr/local/bin:/usr/bin:/bin", self.folder.path().display());
        let output = Command::new("bash")
            .arg(script)
            .env_clear()
            .env("PATH", search)
            .env("HERE", self.folder.path())
            .current_dir(self.folder.path())
            .output()
            .expect("bash is there");
        (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    }
}

/// The arguments with which a script runs `docker run`.
pub fn docker_run(script: &str) -> Vec<String> {
    let programs = Programs::new();
    programs.add("docker", r#"[ "$1" != run ] || printf '%s\0' "$@" >"$HERE/arguments""#);
    programs.add("hostname", "echo host-1.example.com");
    std::fs::write(programs.path("script.sh"), script).unwrap();
    let (success, output) = programs.bash(&programs.path("script.sh"));
    assert!(success, "{output}\n{script}");
    let arguments = std::fs::read(programs.path("arguments")).unwrap();
    let arguments = String::from_utf8(arguments).expect("the arguments are text");
    arguments.strip_suffix('\0').unwrap().split('\0').map(str::to_owned).collect()
}

/// The variables among the arguments of `docker run`.
pub fn of_docker_run(arguments: &[String]) -> Environment {
    let variables = arguments.windows(2).filter(|pair| pair[0] == "-e");
    variables.map(|pair| assignment(&pair[1])).collect()
}

fn assignment(text: &str) -> (String, String) {
    let (name, value) = text.split_once('=').unwrap_or_else(|| panic!("{text} assigns nothing"));
    (name.to_owned(), value.to_owned())
}

/// What Docker Compose makes of a text: `$$` is a dollar, and any other dollar begins a variable.
pub fn interpolated(text: &str) -> String {
    let marked = text.replace("$$", "\u{0}");
    assert!(!marked.contains('$'), "compose would replace a variable in {text}");
    marked.replace('\u{0}', "$")
}

/// The variables of the only service of a compose file.
pub fn of_compose(text: &str) -> Environment {
    let service = &yaml_one(text)["services"]["harness-ng-delegate"];
    let variables = service["environment"].as_array().expect("a list").iter();
    variables.map(|one| assignment(&interpolated(one.as_str().expect("a text")))).collect()
}

/// The variables of the only container of a task of ECS.
pub fn of_task(text: &str) -> Environment {
    let task: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let containers = task["containerDefinitions"].as_array().expect("a list");
    assert_eq!(containers.len(), 1);
    let variables = containers[0]["environment"].as_array().expect("a list").iter();
    variables.map(|one| (at(one, "/name").to_owned(), at(one, "/value").to_owned())).collect()
}

/// The object of a kind.
#[track_caller]
pub fn object<'a>(objects: &'a [Value], kind: &str) -> &'a Value {
    let found: Vec<&Value> = objects.iter().filter(|object| object["kind"] == kind).collect();
    assert_eq!(found.len(), 1, "objects of kind {kind}");
    found[0]
}

/// The variables that a container gets from the manifests of a cluster.
pub fn of_manifests(text: &str) -> Environment {
    let objects = yaml(text);
    let workload = objects.iter().find(|object| matches!(at(object, "/kind"), "StatefulSet" | "Deployment"));
    let pod = &workload.expect("a workload")["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    let secret = |name: &str, key: &str| {
        let secret = objects.iter().find(|object| object["kind"] == "Secret" && object["metadata"]["name"] == name);
        decoded(&secret.unwrap_or_else(|| panic!("there is no Secret {name}"))["data"][key])
    };
    let mut environment = Environment::new();
    for source in container["envFrom"].as_array().into_iter().flatten() {
        let name = at(source, "/secretRef/name");
        let secret = objects.iter().find(|object| object["kind"] == "Secret" && object["metadata"]["name"] == name);
        let data = secret.expect("the Secret")["data"].as_object().expect("data");
        environment.extend(data.iter().map(|(key, value)| (key.clone(), decoded(value))));
    }
    for variable in container["env"].as_array().expect("a list") {
        let value = match &variable["valueFrom"] {
            Value::Null => expanded(at(variable, "/value"), &environment),
            from if from.get("fieldRef").is_some() => "a fact of the pod".to_owned(),
            from => secret(at(from, "/secretKeyRef/name"), at(from, "/secretKeyRef/key")),
        };
        environment.insert(at(variable, "/name").to_owned(), value);
    }
    environment
}

fn decoded(value: &Value) -> String {
    let bytes = STANDARD.decode(value.as_str().expect("a text")).expect("base64");
    String::from_utf8(bytes).unwrap()
}

/// What Kubernetes makes of a variable's value: `$(NAME)` is a variable that was set before, `$$` is a dollar.
fn expanded(text: &str, environment: &Environment) -> String {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            expanded.push('$');
            rest = after;
            continue;
        }
        let reference = after.strip_prefix('(').and_then(|inside| inside.split_once(')'));
        rest = match reference {
            Some((name, after)) => {
                let value = environment.get(name).cloned();
                expanded.push_str(&value.unwrap_or_else(|| format!("$({name})")));
                after
            }
            None => {
                expanded.push('$');
                after
            }
        };
    }
    expanded + rest
}

/// The program that checks files against schemas, where one is named.
pub fn validator() -> Option<PathBuf> {
    let program = std::env::var_os("MUSTER_VALIDATE").map(PathBuf::from);
    if program.is_none() {
        eprintln!("NOT CHECKED against schemas: MUSTER_VALIDATE is not set. `cargo xtask test` sets it.");
    }
    program
}

/// Runs the validator on a file; gives what it prints.
#[track_caller]
pub fn validated(program: &Path, arguments: &[&str], name: &str, text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, text).unwrap();
    let (before, after) =
        arguments.split_at(arguments.iter().position(|one| one.starts_with("--")).unwrap_or(arguments.len()));
    let output = Command::new(program).args(before).arg(&file).args(after).output().expect("MUSTER_VALIDATE runs");
    let reasons = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?} {name}: {reasons}\n{text}");
    String::from_utf8(output.stdout).unwrap()
}

/// The folder of our chart.
pub fn chart() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/helm/muster-delegate")
}
