{{/* The delegate's environment: the variables of existing install files. */}}
{{- define "delegate.env" -}}
- name: DELEGATE_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ include "delegate.tokenSecret" . | quote }}
      key: DELEGATE_TOKEN
{{- $custom := list }}
{{- range .Values.custom_envs }}{{ $custom = append $custom .name }}{{ end }}
{{- $tags := .Values.tags }}
{{- if kindIs "slice" $tags }}{{ $tags = join "," $tags }}{{ end }}
{{- $next := ternary "true" "false" (eq (include "delegate.nextGen" .) "true") }}
{{- $manager := .Values.managerEndpoint | default .Values.managerHostAndPort }}
{{- range list
      (list "ACCOUNT_ID" .Values.accountId)
      (list "MANAGER_HOST_AND_PORT" $manager)
      (list "DELEGATE_NAME" .Values.delegateName)
      (list "DELEGATE_TYPE" .Values.delegateType)
      (list "DELEGATE_PROFILE" .Values.delegateProfile)
      (list "DELEGATE_TAGS" $tags)
      (list "DELEGATE_DESCRIPTION" .Values.description)
      (list "DELEGATE_NAMESPACE" .Release.Namespace)
      (list "NEXT_GEN" $next)
      (list "DEPLOY_MODE" .Values.deployMode)
      (list "POLL_FOR_TASKS" .Values.pollForTasks)
      (list "INIT_SCRIPT" .Values.initScript)
      (list "PROXY_HOST" .Values.proxyHost)
      (list "PROXY_PORT" .Values.proxyPort)
      (list "PROXY_SCHEME" .Values.proxyScheme)
      (list "PROXY_MANAGER" .Values.proxyManager)
      (list "NO_PROXY" .Values.noProxy)
}}
{{- if not (has (first .) $custom) }}
{{- include "delegate.variable" . }}
{{- end }}
{{- end }}
{{- if .Values.proxyUser }}
{{- range list "PROXY_USER" "PROXY_PASSWORD" }}
- name: {{ . }}
  valueFrom:
    secretKeyRef:
      name: {{ printf "%s-proxy" (include "delegate.name" $) | quote }}
      key: {{ . }}
{{- end }}
{{- end }}
{{- with .Values.custom_envs }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "delegate.resources" -}}
{{- if .Values.resources }}
{{- toYaml .Values.resources }}
{{- else -}}
requests:
  cpu: {{ .Values.cpu | default "100m" | toString | quote }}
  memory: {{ include "delegate.memory" (.Values.memory | default "64Mi") }}
limits:
  memory: {{ include "delegate.memory" (.Values.memory | default "256Mi") }}
{{- end }}
{{- end }}

{{- define "delegate.probe" -}}
httpGet:
  path: /api/health
  port: health
initialDelaySeconds: {{ int .initialDelaySeconds }}
periodSeconds: {{ int .periodSeconds }}
timeoutSeconds: {{ int .timeoutSeconds }}
failureThreshold: {{ int .failureThreshold }}
{{- end }}

{{/* The pod, the same for both generations. */}}
{{- define "delegate.pod" -}}
metadata:
  labels:
    {{- include "delegate.labels" . | nindent 4 }}
  annotations:
    {{- /* The environment is read once: another token has to make other pods. */}}
    checksum/secrets: {{ include (print $.Template.BasePath "/secrets.yaml") . | sha256sum | quote }}
    {{- with .Values.annotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- if include "delegate.single" . }}
  hostname: {{ include "delegate.name" . | trunc 63 | trimSuffix "-" | quote }}
  {{- end }}
  serviceAccountName: {{ include "delegate.serviceAccount" . | quote }}
  terminationGracePeriodSeconds: {{ int .Values.terminationGracePeriodSeconds }}
  {{- /* Variables for the services of the namespace are of no use here. */}}
  enableServiceLinks: false
  {{- with .Values.imagePullSecret }}
  imagePullSecrets:
    - name: {{ . | quote }}
  {{- end }}
  {{- if .Values.securityContext.runAsRoot }}
  securityContext:
    runAsUser: 0
    seccompProfile:
      type: RuntimeDefault
  {{- else }}
  securityContext:
    {{- toYaml .Values.delegatePodSecurityContext | nindent 4 }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . | quote }}
  {{- end }}
  containers:
    - name: {{ if include "delegate.nextGen" . }}delegate{{ else }}harness-delegate-instance{{ end }}
      image: {{ include "delegate.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy | quote }}
      {{- /* As arguments, so that the image's own init goes on reaping what scripts leave behind. */}}
      args: ["muster", "delegate", "run"]
      {{- if not .Values.securityContext.runAsRoot }}
      securityContext:
        {{- toYaml .Values.delegateSecurityContext | nindent 8 }}
      {{- end }}
      resources:
        {{- include "delegate.resources" . | nindent 8 }}
      {{- if include "delegate.nextGen" . }}
      ports:
        - name: health
          containerPort: 3460
      startupProbe:
        {{- include "delegate.probe" .Values.startupProbe | nindent 8 }}
      livenessProbe:
        {{- include "delegate.probe" .Values.livenessProbe | nindent 8 }}
      {{- end }}
      env:
        {{- include "delegate.env" . | nindent 8 }}
      {{- with .Values.custom_mounts }}
      volumeMounts:
        {{- toYaml . | nindent 8 }}
      {{- end }}
  {{- with .Values.custom_volumes }}
  volumes:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
