{{/* The pod, the same on SQLite and on PostgreSQL. */}}
{{- define "muster.pod" -}}
metadata:
  labels:
    {{- include "muster.labels" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    {{- /* Settings are read once: other ones have to make another pod. */}}
    checksum/secrets: {{ include (print $.Template.BasePath "/secrets.yaml") . | sha256sum | quote }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- with .Values.serviceAccount.name }}
  serviceAccountName: {{ . | quote }}
  {{- end }}
  automountServiceAccountToken: false
  {{- /* Each service whose name begins with "muster" would make variables that look like settings. */}}
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ int .Values.terminationGracePeriodSeconds }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.podSecurityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
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
  {{- with .Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . | quote }}
  {{- end }}
  containers:
    - name: muster
      image: {{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy | quote }}
      args: [serve]
      {{- with .Values.securityContext }}
      securityContext:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        - name: http
          containerPort: 3000
      env:
        - name: MUSTER_LISTEN
          value: "0.0.0.0:3000"
        - name: MUSTER_DATA_DIR
          value: /data
        - name: MUSTER_LOG
          value: {{ include "muster.text" .Values.log }}
        {{- with .Values.publicUrl }}
        - name: MUSTER_PUBLIC_URL
          value: {{ include "muster.text" . }}
        {{- end }}
        {{- with .Values.trustedProxies }}
        - name: MUSTER_TRUSTED_PROXIES
          value: {{ join "," . | quote }}
        {{- end }}
        {{- if include "muster.postgres" . }}
        - name: MUSTER_DATABASE_URL
          valueFrom:
            secretKeyRef:
              name: {{ include "muster.databaseSecret" . | quote }}
              key: {{ ternary .Values.database.existingSecretKey "url" (not (empty .Values.database.existingSecret)) | quote }}
        {{- end }}
        {{- if include "muster.keySecret" . }}
        - name: MUSTER_SECRET_KEY_FILE
          value: /etc/muster/key/secret.key
        {{- end }}
        {{- with .Values.admin.email }}
        - name: MUSTER_ADMIN_EMAIL
          value: {{ include "muster.text" . }}
        - name: MUSTER_ADMIN_PASSWORD_FILE
          value: /etc/muster/admin/password
        {{- end }}
      startupProbe:
        httpGet:
          path: /healthz
          port: http
        {{- toYaml .Values.startupProbe | nindent 8 }}
      livenessProbe:
        httpGet:
          path: /healthz
          port: http
        {{- toYaml .Values.livenessProbe | nindent 8 }}
      readinessProbe:
        httpGet:
          path: /readyz
          port: http
        {{- toYaml .Values.readinessProbe | nindent 8 }}
      {{- with .Values.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - name: data
          mountPath: /data
        {{- if include "muster.keySecret" . }}
        - name: key
          mountPath: /etc/muster/key
          readOnly: true
        {{- end }}
        {{- if .Values.admin.email }}
        - name: admin
          mountPath: /etc/muster/admin
          readOnly: true
        {{- end }}
  {{- with include "muster.volumes" . | trim }}
  volumes:
    {{- . | nindent 4 }}
  {{- end }}
{{- end }}

{{/* The volumes; nothing where the StatefulSet's own claim is the only one. A Secret's files have mode 0440. */}}
{{- define "muster.volumes" -}}
{{- if include "muster.postgres" . }}
- name: data
  emptyDir: {}
{{- else if .Values.persistence.existingClaim }}
- name: data
  persistentVolumeClaim:
    claimName: {{ .Values.persistence.existingClaim | quote }}
{{- end }}
{{- with include "muster.keySecret" . }}
- name: key
  secret:
    secretName: {{ . | quote }}
    defaultMode: 288
    items:
      - key: {{ ternary $.Values.secretKey.existingSecretKey "secret.key" (not (empty $.Values.secretKey.existingSecret)) | quote }}
        path: secret.key
{{- end }}
{{- if .Values.admin.email }}
- name: admin
  secret:
    secretName: {{ .Values.admin.existingSecret | quote }}
    defaultMode: 288
    items:
      - key: {{ .Values.admin.existingSecretKey | quote }}
        path: password
{{- end }}
{{- end }}
