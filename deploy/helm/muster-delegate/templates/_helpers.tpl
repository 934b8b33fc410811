{{/* Whether this is a delegate of the next generation: "true", or nothing. */}}
{{- define "delegate.nextGen" -}}
{{- if kindIs "bool" .Values.nextGen }}{{ if .Values.nextGen }}true{{ end }}
{{- else if .Values.managerEndpoint }}true
{{- end }}
{{- end }}

{{/* What has to be there. Schemas cannot say "one of these two" in words that help. */}}
{{- define "delegate.check" -}}
{{- $_ := required "accountId is missing: the console shows it under Download Delegate." .Values.accountId }}
{{- $_ := required "delegateName is missing: it is the name that the console shows." .Values.delegateName }}
{{- if not (or .Values.managerEndpoint .Values.managerHostAndPort) }}
{{- fail "managerEndpoint is missing: set it to the address of the manager, such as https://muster.example.com." }}
{{- end }}
{{- if not (or .Values.delegateToken .Values.existingDelegateToken) }}
{{- fail "delegateToken is missing: set it to the token's value, or existingDelegateToken to the name of a Secret that has the value under the key DELEGATE_TOKEN." }}
{{- end }}
{{- range $key := list "proxyUser" "proxyPassword" }}
{{- $text := toString (default "" (get $.Values $key)) }}
{{- if and $text (not (regexMatch "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$" $text)) }}
{{- fail (printf "%s has to be in base64, as `printf %%s 'the text' | base64` prints it." $key) }}
{{- end }}
{{- end }}
{{- if and (not (include "delegate.nextGen" .)) (gt (len (include "delegate.name" .)) 52) }}
{{- fail "delegateName is too long: a delegate of the first generation is called <delegateName>-<accountIdShort>, and that can have 52 characters." }}
{{- end }}
{{- end }}

{{/* The name of the objects in the cluster. */}}
{{- define "delegate.name" -}}
{{- if include "delegate.nextGen" . }}{{ .Values.delegateName }}
{{- else }}{{ .Values.delegateName }}-{{ include "delegate.accountIdShort" . }}
{{- end }}
{{- end }}

{{- define "delegate.accountIdShort" -}}
{{- .Values.accountIdShort | default (regexReplaceAll "[^a-z0-9]" (lower .Values.accountId) "" | trunc 6) }}
{{- end }}

{{- define "delegate.kind" -}}
{{ if include "delegate.nextGen" . }}Deployment{{ else }}StatefulSet{{ end }}
{{- end }}

{{- define "delegate.serviceAccount" -}}
{{ if .Values.serviceAccount.create }}{{ .Values.serviceAccount.name | default (include "delegate.name" .) }}
{{- else }}{{ .Values.serviceAccount.name | default "default" }}
{{- end }}
{{- end }}

{{- define "delegate.tokenSecret" -}}
{{ .Values.existingDelegateToken | default (printf "%s-account-token" (include "delegate.name" .)) }}
{{- end }}

{{- define "delegate.image" -}}
{{ .Values.delegateDockerImage | default (printf "muster-delegate:%s" .Chart.AppVersion) }}
{{- end }}

{{/* By these the pods are found: they never change. */}}
{{- define "delegate.selector" -}}
harness.io/name: {{ include "delegate.name" . | quote }}
{{- end }}

{{- define "delegate.labels" -}}
{{ include "delegate.selector" . }}
{{- if not (include "delegate.nextGen" .) }}
harness.io/app: harness-delegate
harness.io/account: {{ include "delegate.accountIdShort" . | quote }}
{{- end }}
app.kubernetes.io/name: muster-delegate
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The value of a variable. Kubernetes replaces $(NAME) in it: two dollars stand for one. */}}
{{- define "delegate.text" -}}
{{ toString . | replace "$" "$$" | quote }}
{{- end }}

{{/* One variable, unless it is empty. */}}
{{- define "delegate.variable" -}}
{{- $value := index . 1 }}
{{- if not (or (kindIs "invalid" $value) (eq (toString $value) "")) }}
- name: {{ index . 0 }}
  value: {{ include "delegate.text" $value }}
{{- end }}
{{- end }}

{{/* Bytes: a number alone is in Mi. */}}
{{- define "delegate.memory" -}}
{{ if kindIs "string" . }}{{ . | quote }}{{ else }}{{ printf "%dMi" (int64 .) | quote }}{{ end }}
{{- end }}

{{/* Whether a Deployment is of one pod alone: it then keeps its host name, by which Muster knows a new pod for the same,
approved delegate. */}}
{{- define "delegate.single" -}}
{{- if and (include "delegate.nextGen" .) (not .Values.autoscaling.enabled) (eq (int .Values.replicas) 1) }}true{{ end }}
{{- end }}
