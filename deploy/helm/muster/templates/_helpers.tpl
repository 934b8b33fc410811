{{- define "muster.fullname" -}}
{{- $name := .Values.fullnameOverride }}
{{- if not $name }}
{{- $name = ternary .Release.Name (printf "%s-muster" .Release.Name) (contains "muster" .Release.Name) }}
{{- end }}
{{- /* A StatefulSet's pods carry its name and a hash in a label of 63. */}}
{{- $name | trunc 50 | trimSuffix "-" }}
{{- end }}

{{/* Whether the database is PostgreSQL: "true", or nothing. */}}
{{- define "muster.postgres" -}}
{{ if or .Values.database.url .Values.database.existingSecret }}true{{ end }}
{{- end }}

{{/* What does not go together. */}}
{{- define "muster.check" -}}
{{- /* Not in the schema: its errors show what was given, and an address has a password in it. */}}
{{- with .Values.database.url }}
{{- if not (or (hasPrefix "postgres://" .) (hasPrefix "postgresql://" .)) }}
{{- fail "database.url has to begin with postgres://. For SQLite leave it empty." }}
{{- end }}
{{- end }}
{{- if include "muster.postgres" . }}
{{- if not (or .Values.secretKey.value .Values.secretKey.existingSecret) }}
{{- fail "secretKey is missing: with PostgreSQL set secretKey.existingSecret, or secretKey.value to what `openssl rand -base64 32` prints." }}
{{- end }}
{{- else if gt (int .Values.replicas) 1 }}
{{- fail "replicas is more than 1: SQLite serves one manager. Set database.existingSecret or database.url to a PostgreSQL." }}
{{- end }}
{{- if and .Values.secretKey.value (not .Values.secretKey.existingSecret) (not (regexMatch "^[A-Za-z0-9+/]{43}=$" .Values.secretKey.value)) }}
{{- fail "secretKey.value has to be 32 bytes in base64, as `openssl rand -base64 32` prints them." }}
{{- end }}
{{- if ne (empty .Values.admin.email) (empty .Values.admin.existingSecret) }}
{{- fail "admin.email and admin.existingSecret belong together: set both, or neither." }}
{{- end }}
{{- if and .Values.ingress.enabled (not (include "muster.host" .)) }}
{{- fail "ingress.host is missing: set it, or publicUrl." }}
{{- end }}
{{- end }}

{{/* The host name for the ingress. */}}
{{- define "muster.host" -}}
{{ .Values.ingress.host | default (get (urlParse .Values.publicUrl) "hostname") }}
{{- end }}

{{- define "muster.databaseSecret" -}}
{{ .Values.database.existingSecret | default (printf "%s-database" (include "muster.fullname" .)) }}
{{- end }}

{{/* The Secret of the key; nothing where Muster makes the key itself. */}}
{{- define "muster.keySecret" -}}
{{ if .Values.secretKey.existingSecret }}{{ .Values.secretKey.existingSecret }}
{{- else if .Values.secretKey.value }}{{ include "muster.fullname" . }}-key
{{- end }}
{{- end }}

{{/* By these the pods are found: they never change. */}}
{{- define "muster.selector" -}}
app.kubernetes.io/name: muster
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "muster.labels" -}}
{{ include "muster.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | quote }}
{{- end }}

{{/* The value of a variable. Kubernetes replaces $(NAME) in it: two dollars stand for one. */}}
{{- define "muster.text" -}}
{{ toString . | replace "$" "$$" | quote }}
{{- end }}
