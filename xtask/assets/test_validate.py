"""validate.py refuses what its readers refuse, and lets the rest pass. Run by `cargo xtask test`."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: edge, labels: {harness.io/name: edge}}
spec:
  selector: {matchLabels: {harness.io/name: edge}}
  template:
    metadata: {labels: {harness.io/name: edge}}
    spec:
      containers:
        - name: delegate
          image: muster-delegate:1
          envFrom: [{configMapRef: {name: more, optional: true}}]
          env:
            - {name: DELEGATE_NAME, value: edge}
            - {name: DELEGATE_DESCRIPTION, value: "$$(DELEGATE_NAME) of $(DELEGATE_NAME), $$1, $(NONE)"}
            - {name: DELEGATE_TOKEN, valueFrom: {secretKeyRef: {name: edge-account-token, key: DELEGATE_TOKEN}}}
---
apiVersion: v1
kind: Secret
metadata: {name: edge-account-token}
data: {DELEGATE_TOKEN: MDEyMw==}
"""

COMPOSE = """\
version: "3.7"
services:
  harness-ng-delegate:
    image: muster-delegate:1
    restart: unless-stopped
    deploy: {resources: {limits: {cpus: "0.5", memory: 256M}}}
    environment:
      - DELEGATE_NAME=edge
      - DELEGATE_DESCRIPTION=a=b $$HOME
"""

TASK = {
    "family": "harness-delegate-task-spec",
    "requiresCompatibilities": ["EC2"],
    "containerDefinitions": [
        {
            "name": "ecs-delegate",
            "image": "muster-delegate:1",
            "memory": 256,
            "environment": [{"name": "DELEGATE_NAME", "value": "edge"}],
        }
    ],
}
SERVICE = {"serviceName": "edge", "taskDefinition": TASK["family"], "launchType": "FARGATE", "desiredCount": 1}


def validate(text, kind, *options):
    """The exit code, what was printed, and what was said."""
    with tempfile.TemporaryDirectory() as folder:
        # systemd knows a unit by its name.
        file = Path(folder, "test.service")
        file.write_text(text)
        command = [sys.executable, "-I", "-B", str(Path(__file__).with_name("validate.py")), kind, str(file), *options]
        result = subprocess.run(command, capture_output=True, text=True)
    return result.returncode, result.stdout, result.stderr


class Readers(unittest.TestCase):
    def passes(self, text, kind, *options):
        code, _, words = validate(text, kind, *options)
        self.assertEqual((code, words), (0, ""))

    def refuses(self, words, text, kind, *options):
        code, _, said = validate(text, kind, *options)
        self.assertEqual(code, 1, text)
        self.assertIn(words, said)
        self.assertNotIn("Traceback", said)

    def test_kubernetes(self):
        self.passes(DEPLOYMENT, "kubernetes")
        for words, old, new in [
            ("replica", "spec:\n  sel", "spec:\n  replica: 1\n  sel"),
            ("stands twice", "kind: Secret", "kind: Secret\nkind: Secret"),
            ("is not of type 'string'", "value: edge}", "value: 7}"),
            ("is no name", "{name: edge-account-token}", "{name: Edge}"),
            ("does not find its own pods", "{matchLabels: {harness.io/name: edge", "{matchLabels: {harness.io/name: x"),
            ("has the value 'a b'", "labels: {harness.io/name: edge}}\nspec", "labels: {harness.io/name: a b}}\nspec"),
            ("is not base64", "MDEyMw==", "0123-"),
            ("Couldn't find schema", "apps/v1", "extensions/v1beta1"),
            ("not YAML", "kind: Secret", "kind: 'Secret"),
            ("not a manifest", "kind: Secret", ""),
        ]:
            with self.subTest(words):
                self.assertIn(old, DEPLOYMENT)
                self.refuses(words, DEPLOYMENT.replace(old, new), "kubernetes")
        self.refuses("no manifest", "---\n", "kubernetes")

    def test_compose(self):
        self.passes(COMPOSE, "compose")
        for words, old, new in [
            ('version: "3.7"', '"3.7"', "3.7"),
            ("is not of type 'string'", 'cpus: "0.5"', "cpus: 0.5"),
            ("'restarts' does not match", "restart:", "restarts:"),
            ("stands twice", "restart: unless-stopped", "restart: always\n    restart: always"),
            ("has a $", "$$HOME", "$(HOME)"),
        ]:
            with self.subTest(words):
                self.assertIn(old, COMPOSE)
                self.refuses(words, COMPOSE.replace(old, new), "compose")

    def test_ecs(self):
        self.passes(json.dumps(TASK), "ecs")
        self.passes(json.dumps(SERVICE), "ecs", "--service")
        for words, text in [
            ("Missing required parameter", json.dumps({"family": "x"})),
            ("Unknown parameter", json.dumps({**TASK, "colour": "red"})),
            ("Invalid type", json.dumps({**TASK, "containerDefinitions": [{"memory": "much"}]})),
            ("is none of", json.dumps({**TASK, "networkMode": "wifi"})),
            ("stands twice", '{"family": "a", "family": "b"}'),
            ("not JSON", "{"),
        ]:
            with self.subTest(words):
                self.refuses(words, text, "ecs")
        self.refuses("is none of", json.dumps({**SERVICE, "launchType": "MOON"}), "ecs", "--service")

    def test_shell(self):
        self.passes("#!/bin/sh\necho \"$1\"\n", "shell")
        self.refuses("SC2086", "#!/bin/bash\necho $1\n", "shell")
        self.refuses("SC2086", "echo $1\n", "shell")
        self.refuses("yntax error", "#!/bin/bash\nif true; then\n", "shell")

    def test_dockerfile(self):
        self.passes("FROM debian:bookworm-slim\nUSER 1\n", "dockerfile")
        self.refuses("DL3007", "FROM debian:latest\n", "dockerfile")

    def test_unit(self):
        unit = "[Unit]\nDescription=Test\n[Service]\nExecStart=/usr/local/bin/muster serve\n"
        self.passes(unit, "unit")
        self.refuses("ProtectSytem", unit + "ProtectSytem=strict\n", "unit")
        self.refuses("ExecStart", "[Unit]\nDescription=Test\n[Service]\nType=simple\n", "unit")

    def test_a_file_that_is_not_there(self):
        command = [sys.executable, "-I", "-B", str(Path(__file__).with_name("validate.py")), "shell", "/nonexistent"]
        result = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(result.returncode, 1)
        self.assertIn("No such file", result.stderr)
        self.assertNotIn("Traceback", result.stderr)


class Environment(unittest.TestCase):
    def of(self, text):
        code, printed, words = validate(text, "environment")
        self.assertEqual((code, words), (0, ""))
        return json.loads(printed)

    def test_of_manifests(self):
        self.assertEqual(
            self.of(DEPLOYMENT),
            {
                "DELEGATE_NAME": "edge",
                "DELEGATE_DESCRIPTION": "$(DELEGATE_NAME) of edge, $1, $(NONE)",
                "DELEGATE_TOKEN": "0123",
            },
        )
        code, _, words = validate(DEPLOYMENT.replace("name: edge-account-token}\n", "name: other}\n"), "environment")
        self.assertEqual(code, 1)
        self.assertIn("Secret/edge-account-token is not among the manifests", words)

    def test_of_a_compose_file(self):
        self.assertEqual(self.of(COMPOSE), {"DELEGATE_NAME": "edge", "DELEGATE_DESCRIPTION": "a=b $HOME"})
        code, _, words = validate(COMPOSE.replace("$$HOME", "$HOME"), "environment")
        self.assertEqual(code, 1)
        self.assertIn("from the surroundings", words)

    def test_of_a_task(self):
        self.assertEqual(self.of(json.dumps(TASK)), {"DELEGATE_NAME": "edge"})


if __name__ == "__main__":
    unittest.main()
