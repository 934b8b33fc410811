"""The Helm charts of deploy/helm, rendered by Helm and read as Kubernetes reads them. Run by `cargo xtask test`."""

import base64
import json
import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import validate  # noqa: E402  (beside this file, which an isolated Python does not search)

CHARTS = Path(__file__).parents[2] / "deploy" / "helm"
TOKEN = "00112233445566778899aabbccddeeff"
KEY = base64.b64encode(bytes(32)).decode()

# The least that each generation of values has.
NEXT = {
    "accountId": "a1b2c3d4",
    "delegateToken": TOKEN,
    "delegateName": "edge",
    "managerEndpoint": "https://muster.example.com",
}
FIRST = {
    "accountId": "-A1_b2c3d4",
    "delegateToken": TOKEN,
    "delegateName": "edge",
    "managerHostAndPort": "https://muster.example.com",
}

# What would break out of YAML, of a template, of a shell, or make Kubernetes put in another variable.
HOSTILE = [
    '"', "'", "\\", "a: b", "a #b", "- a", "{a}", "[a", "&a *b", "!!int 1", "%", "@", "`", "|", ">", "\ta", "a\nb: c\n",
    "---\nkind: Pod", "$(DELEGATE_TOKEN)", "$$(DELEGATE_TOKEN)", "$", "$$", "$${a}", "$(date)", "`date`", "{{", "{{ . }}",
    "007", "1e3", "0x1f", "true", "null", "~", "2001-01-01", "é ß 漢字 🚚", "\u2028\u2029\u0085", "\u200b", "\u00a0a",
]


def render(chart, values, namespace="default"):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        # JSON leaves no doubt about what is text. But for these characters it is YAML, too.
        text = json.dumps(values, ensure_ascii=False)
        file.write(re.sub("[\x85\u2028\u2029]", lambda match: f"\\u{ord(match[0]):04x}", text))
        file.flush()
        rendered = validate.template(CHARTS / chart, Path(file.name), "rel", namespace)
    validate.kubernetes(rendered)
    return rendered


def objects(chart, values, namespace="default"):
    return {(one["kind"], one["metadata"]["name"]): one for one in validate.documents(render(chart, values, namespace))}


def pod(found):
    [one] = [one for (kind, _), one in found.items() if kind in ("Deployment", "StatefulSet")]
    return one["spec"]["template"]["spec"]


class Examples(unittest.TestCase):
    def test_every_file_of_values_renders(self):
        files = sorted(CHARTS.glob("*/ci/*.yaml"))
        self.assertGreaterEqual(len(files), 7)
        for file in files:
            with self.subTest(str(file.relative_to(CHARTS))):
                validate.helm(file.parents[1], file, "rel", "default")


class Delegate(unittest.TestCase):
    def refuses(self, values, words):
        with self.assertRaises(validate.Refused) as refused:
            render("muster-delegate", values)
        self.assertIn(words, str(refused.exception))
        self.assertNotIn(TOKEN, str(refused.exception))

    def test_the_next_generation_is_a_deployment_with_checks(self):
        values = {**NEXT, "delegateProfile": "Primary", "tags": ["a", "b"], "initScript": "echo 1\n"}
        found = objects("muster-delegate", values)
        self.assertIn(("Deployment", "edge"), found)
        [container] = pod(found)["containers"]
        self.assertEqual(container["args"], ["muster", "delegate", "run"])
        for probe in ("startupProbe", "livenessProbe"):
            self.assertEqual(container[probe]["httpGet"], {"path": "/api/health", "port": "health"})
        self.assertEqual(container["ports"], [{"name": "health", "containerPort": 3460}])
        secret = found["Secret", "edge-account-token"]
        self.assertEqual(secret["data"], {"DELEGATE_TOKEN": base64.b64encode(TOKEN.encode()).decode()})
        self.assertEqual(
            validate.environment(render("muster-delegate", values, "ns")),
            {
                "ACCOUNT_ID": "a1b2c3d4",
                "DELEGATE_TOKEN": TOKEN,
                "MANAGER_HOST_AND_PORT": "https://muster.example.com",
                "DELEGATE_NAME": "edge",
                "DELEGATE_TYPE": "HELM_DELEGATE",
                "DELEGATE_PROFILE": "Primary",
                "DELEGATE_TAGS": "a,b",
                "DELEGATE_NAMESPACE": "ns",
                "NEXT_GEN": "true",
                "DEPLOY_MODE": "KUBERNETES",
                "INIT_SCRIPT": "echo 1\n",
            },
        )

    def test_the_first_generation_is_a_stateful_set_by_the_account_s_short_name(self):
        encoded = {"proxyUser": "dXNlcg==", "proxyPassword": "cGFzcyQoeCk="}
        values = {**FIRST, "proxyHost": "proxy", "proxyPort": 3128, "proxyScheme": "http", "noProxy": "a,b", **encoded}
        found = objects("muster-delegate", values)
        self.assertIn(("StatefulSet", "edge-a1b2c3"), found)
        [container] = pod(found)["containers"]
        self.assertNotIn("livenessProbe", container)
        environment = validate.environment(render("muster-delegate", values))
        self.assertEqual(environment["NEXT_GEN"], "false")
        self.assertEqual(environment["PROXY_PORT"], "3128")
        self.assertEqual((environment["PROXY_USER"], environment["PROXY_PASSWORD"]), ("user", "pass$(x)"))
        self.assertIn(("StatefulSet", "edge-xicobc"), objects("muster-delegate", {**FIRST, "accountIdShort": "xicobc"}))

    def test_nextgen_decides_where_it_is_said(self):
        self.assertIn(("Deployment", "edge"), objects("muster-delegate", {**FIRST, "nextGen": True}))
        self.assertIn(("StatefulSet", "edge-a1b2c3"), objects("muster-delegate", {**NEXT, "nextGen": False}))

    def test_no_text_breaks_out(self):
        places = {
            "accountId": "ACCOUNT_ID",
            "delegateProfile": "DELEGATE_PROFILE",
            "tags": "DELEGATE_TAGS",
            "description": "DELEGATE_DESCRIPTION",
            "initScript": "INIT_SCRIPT",
            "deployMode": "DEPLOY_MODE",
            "noProxy": "NO_PROXY",
            "proxyHost": "PROXY_HOST",
        }
        # All in one, then each on its own: in one, a text could hide what the next one does.
        for texts in [HOSTILE[index:] + HOSTILE[:index] for index in range(0, len(HOSTILE), 4)]:
            values = {**NEXT, **dict(zip(places, texts))}
            with self.subTest(values):
                environment = validate.environment(render("muster-delegate", values))
                for value, variable in places.items():
                    self.assertEqual(environment[variable], values[value])
                self.assertEqual(environment["DELEGATE_TOKEN"], TOKEN)

    def test_a_hostile_token_stays_in_its_secret(self):
        for text in ['"', "a\nb: c", "$(ACCOUNT_ID)", "{{ . }}", "é"]:
            values = {**NEXT, "delegateToken": text}
            self.assertEqual(validate.environment(render("muster-delegate", values))["DELEGATE_TOKEN"], text)

    def test_a_secret_of_one_s_own_replaces_the_chart_s(self):
        found = objects("muster-delegate", {**NEXT, "existingDelegateToken": "mine"})
        self.assertNotIn("Secret", {kind for kind, _ in found})
        [token] = [one for one in pod(found)["containers"][0]["env"] if one["name"] == "DELEGATE_TOKEN"]
        self.assertEqual(token["valueFrom"]["secretKeyRef"], {"name": "mine", "key": "DELEGATE_TOKEN"})

    def test_another_token_makes_other_pods(self):
        def mark(values):
            found = objects("muster-delegate", values)
            return found["Deployment", "edge"]["spec"]["template"]["metadata"]["annotations"]["checksum/secrets"]

        self.assertEqual(mark(NEXT), mark(NEXT))
        self.assertNotEqual(mark(NEXT), mark({**NEXT, "delegateToken": TOKEN[::-1]}))

    def test_permissions(self):
        for kind, role, binding in [
            ("CLUSTER_ADMIN", "cluster-admin", "ClusterRoleBinding"),
            ("CLUSTER_VIEWER", "view", "ClusterRoleBinding"),
            ("NAMESPACE_ADMIN", "admin", "RoleBinding"),
        ]:
            found = objects("muster-delegate", {**NEXT, "k8sPermissionsType": kind}, "ns")
            [one] = [one for (found_kind, _), one in found.items() if found_kind == binding]
            self.assertEqual((one["roleRef"]["kind"], one["roleRef"]["name"]), ("ClusterRole", role))
            self.assertEqual(one["subjects"], [{"kind": "ServiceAccount", "name": "edge", "namespace": "ns"}])
        found = objects("muster-delegate", {**NEXT, "k8sPermissionsType": "CUSTOM"})
        self.assertFalse([kind for kind, _ in found if kind.endswith("Binding")])

    def test_resources(self):
        def resources(**values):
            return pod(objects("muster-delegate", {**NEXT, **values}))["containers"][0]["resources"]

        small = {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}}
        self.assertEqual(resources(), small)
        large = {"requests": {"cpu": "0.5", "memory": "2048Mi"}, "limits": {"memory": "2048Mi"}}
        self.assertEqual(resources(cpu=0.5, memory=2048), large)
        self.assertEqual(resources(memory=30000000)["limits"], {"memory": "30000000Mi"})
        self.assertEqual(resources(memory="1Gi")["requests"], {"cpu": "100m", "memory": "1Gi"})
        self.assertEqual(resources(resources={"limits": {"cpu": 1}}), {"limits": {"cpu": 1}})

    def test_c28_pods_go_where_the_image_runs_and_pull_it_with_a_secret(self):
        spec = pod(objects("muster-delegate", {**NEXT, "imagePullSecret": "registry"}))
        self.assertEqual(spec["nodeSelector"], {"kubernetes.io/arch": "amd64"})
        self.assertEqual(spec["imagePullSecrets"], [{"name": "registry"}])
        upgrader = {"enabled": True, "kubectlImage": "registry.example.com/kubectl:1"}
        found = objects("muster-delegate", {**NEXT, "imagePullSecret": "registry", "upgrader": upgrader})
        [job] = [one for (kind, _), one in found.items() if kind == "CronJob"]
        spec = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        self.assertEqual(spec["imagePullSecrets"], [{"name": "registry"}])
        values = {**NEXT, "nodeSelector": {"kubernetes.io/arch": None}, "delegatePodSecurityContext": None}
        self.assertNotIn("nodeSelector", pod(objects("muster-delegate", {**values, "upgrader": upgrader})))

    def test_c28_openshift_chooses_the_user(self):
        none = dict.fromkeys(["runAsUser", "runAsGroup", "fsGroup"])
        security = pod(objects("muster-delegate", {**NEXT, "delegatePodSecurityContext": none}))["securityContext"]
        self.assertEqual(security, {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}})

    def test_the_upgrader_needs_an_image(self):
        values = {**NEXT, "upgrader": {"enabled": True}}
        self.assertNotIn("CronJob", {kind for kind, _ in objects("muster-delegate", values)})
        values["upgrader"]["kubectlImage"] = "registry.example.com/kubectl:1"
        found = objects("muster-delegate", {**values, "delegateName": "a" * 60})
        [job] = [one for (kind, _), one in found.items() if kind == "CronJob"]
        self.assertEqual(job["spec"]["concurrencyPolicy"], "Forbid")

    def test_what_is_missing_or_wrong_is_said(self):
        for name in NEXT:
            with self.subTest(name):
                self.refuses({key: value for key, value in NEXT.items() if key != name}, f"{name} is missing")
        for values, words in [
            ({"accountId": 12345678}, "/accountId"),
            ({"delegateToken": 11112222333344445555666677778888}, "/delegateToken"),
            ({"delegateName": "Edge"}, "/delegateName"),
            ({"delegateName": "edge-"}, "/delegateName"),
            ({"delegateName": "a" * 64}, "/delegateName"),
            ({"managerEndpoint": "muster.example.com"}, "/managerEndpoint"),
            ({"k8sPermissionsType": "ROOT"}, "/k8sPermissionsType"),
            ({"replicas": "two"}, "/replicas"),
            ({"memory": "much"}, "/memory"),
            ({"accountIdShort": "XICOBC"}, "/accountIdShort"),
            ({"proxyHost": "proxy", "proxyUser": "not base64!"}, "proxyUser has to be in base64"),
            ({"nextGen": False, "delegateName": "a" * 60}, "delegateName is too long"),
        ]:
            with self.subTest(values):
                self.refuses({**NEXT, **values}, words)


class Manager(unittest.TestCase):
    def refuses(self, values, words):
        with self.assertRaises(validate.Refused) as refused:
            render("muster", values)
        self.assertIn(words, str(refused.exception))

    def test_by_itself_it_is_one_manager_on_sqlite(self):
        found = objects("muster", {})
        manager = found["StatefulSet", "rel-muster"]
        self.assertEqual(manager["spec"]["replicas"], 1)
        [claim] = manager["spec"]["volumeClaimTemplates"]
        [container] = pod(found)["containers"]
        self.assertEqual(container["volumeMounts"], [{"name": claim["metadata"]["name"], "mountPath": "/data"}])
        for probe, path in [("livenessProbe", "/healthz"), ("startupProbe", "/healthz"), ("readinessProbe", "/readyz")]:
            self.assertEqual(container[probe]["httpGet"], {"path": path, "port": "http"})
        self.assertEqual(
            validate.environment(render("muster", {})),
            {"MUSTER_LISTEN": "0.0.0.0:3000", "MUSTER_DATA_DIR": "/data", "MUSTER_LOG": "info"},
        )
        service = found["Service", "rel-muster"]["spec"]
        labels = manager["spec"]["template"]["metadata"]["labels"]
        self.assertLessEqual(service["selector"].items(), labels.items())

    def test_c28_it_goes_where_the_image_runs_as_a_user_that_openshift_chooses(self):
        self.assertEqual(pod(objects("muster", {}))["nodeSelector"], {"kubernetes.io/arch": "amd64"})
        none = dict.fromkeys(["runAsUser", "runAsGroup", "fsGroup"])
        values = {"podSecurityContext": none, "nodeSelector": {"kubernetes.io/arch": None}}
        spec = pod(objects("muster", values))
        self.assertEqual(sorted(spec["securityContext"]), ["fsGroupChangePolicy", "runAsNonRoot", "seccompProfile"])
        self.assertNotIn("nodeSelector", spec)

    def test_on_postgresql_there_can_be_more(self):
        url = "postgres://a:p$(x)\"'@db/muster"
        values = {"replicas": 3, "database": {"url": url}, "secretKey": {"value": KEY}}
        found = objects("muster", values)
        self.assertEqual(found["Deployment", "rel-muster"]["spec"]["replicas"], 3)
        environment = validate.environment(render("muster", values))
        self.assertEqual(environment["MUSTER_DATABASE_URL"], url)
        self.assertEqual(environment["MUSTER_SECRET_KEY_FILE"], "/etc/muster/key/secret.key")
        [key] = [volume for volume in pod(found)["volumes"] if volume["name"] == "key"]
        secret = found["Secret", key["secret"]["secretName"]]
        self.assertEqual(base64.b64decode(secret["data"]["secret.key"]).decode(), KEY)

    def test_secrets_of_one_s_own_are_used_as_they_are(self):
        values = {
            "database": {"existingSecret": "db", "existingSecretKey": "address"},
            "secretKey": {"existingSecret": "key", "existingSecretKey": "the.key"},
            "admin": {"email": "ada@example.com", "existingSecret": "ada", "existingSecretKey": "pw"},
        }
        found = objects("muster", values)
        self.assertNotIn("Secret", {kind for kind, _ in found})
        spec = pod(found)
        references = [one for one in spec["containers"][0]["env"] if "valueFrom" in one]
        source = {"secretKeyRef": {"name": "db", "key": "address"}}
        self.assertEqual(references, [{"name": "MUSTER_DATABASE_URL", "valueFrom": source}])
        volumes = {one["name"]: one["secret"] for one in spec["volumes"] if "secret" in one}
        self.assertEqual(volumes["key"]["items"], [{"key": "the.key", "path": "secret.key"}])
        self.assertEqual(volumes["admin"]["items"], [{"key": "pw", "path": "password"}])

    def test_the_ingress_takes_its_host_from_the_public_url(self):
        values = {"publicUrl": "https://muster.example.com:8443", "ingress": {"enabled": True}}
        [rule] = objects("muster", values)["Ingress", "rel-muster"]["spec"]["rules"]
        self.assertEqual(rule["host"], "muster.example.com")

    def test_no_text_breaks_out(self):
        for text in HOSTILE:
            with self.subTest(text):
                self.assertEqual(validate.environment(render("muster", {"log": text}))["MUSTER_LOG"], text)

    def test_what_does_not_go_together_is_said(self):
        for values, words in [
            ({"replicas": 2}, "SQLite serves one manager"),
            ({"database": {"existingSecret": "db"}}, "secretKey is missing"),
            ({"database": {"url": "mysql://x"}}, "has to begin with postgres://"),
            ({"secretKey": {"value": "short"}}, "32 bytes in base64"),
            ({"admin": {"email": "ada@example.com"}}, "belong together"),
            ({"ingress": {"enabled": True}}, "ingress.host is missing"),
            ({"publicUrl": "muster.example.com"}, "/publicUrl"),
            ({"publicUrl": "https://muster.example.com/path"}, "/publicUrl"),
            ({"persistance": {}}, "persistance"),
            ({"image": {"tag": 0.1}}, "/image/tag"),
        ]:
            with self.subTest(values):
                self.refuses(values, words)


if __name__ == "__main__":
    unittest.main()
