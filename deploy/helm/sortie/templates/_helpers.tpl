{{- define "sortie.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{ .Values.fullnameOverride | trunc 53 | trimSuffix "-" }}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 53 | trimSuffix "-" }}
{{- end -}}
{{- end -}}

{{- define "sortie.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{/* The label of server pods, and of nothing else: screens are reached from these pods only. */}}
{{- define "sortie.selector" -}}
app: {{ include "sortie.fullname" . }}
{{- end -}}

{{- define "sortie.sessions" -}}
{{ .Values.sessions.namespace | default (printf "%s-sessions" .Release.Namespace) }}
{{- end -}}

{{- define "sortie.publicUrl" -}}
{{- if .Values.publicUrl -}}
{{ .Values.publicUrl }}
{{- else if .Values.ingress.enabled -}}
{{ printf "%s://%s" (ternary "https" "http" .Values.ingress.tls.enabled) .Values.ingress.host }}
{{- end -}}
{{- end -}}

{{/* What can only be said about several values at once. */}}
{{- define "sortie.check" -}}
{{- $postgres := .Values.database.postgres -}}
{{- if eq .Values.database.type "sqlite" -}}
{{- if or (gt (int .Values.replicaCount) 1) .Values.autoscaling.enabled -}}
{{ fail "SQLite is one server's: set replicaCount to 1 and autoscaling.enabled to false, or database.type to postgres" }}
{{- end -}}
{{- if not .Values.persistence.enabled -}}
{{ fail "SQLite without a volume loses everything with its pod: set persistence.enabled to true, or database.type to postgres" }}
{{- end -}}
{{- else if not (or $postgres.dsn $postgres.existingSecret (and $postgres.host $postgres.password)) -}}
{{ fail "PostgreSQL needs database.postgres.dsn, or .existingSecret, or .host with .password" }}
{{- end -}}
{{- if and .Values.restore.enabled (or .Values.autoscaling.enabled (gt (int .Values.replicaCount) 0)) -}}
{{ fail "a restore needs that no server runs: set replicaCount to 0 for it, and autoscaling.enabled to false" }}
{{- end -}}
{{- if and .Values.audit.forward.existingSecret (not .Values.audit.forward.url) -}}
{{ fail "audit.forward.existingSecret needs audit.forward.url" }}
{{- end -}}
{{- if and .Values.oidc.enabled (not (and .Values.oidc.issuer .Values.oidc.clientId)) -}}
{{ fail "oidc.enabled needs oidc.issuer and oidc.clientId" }}
{{- end -}}
{{- if and (gt (int .Values.replicaCount) 1) .Values.persistence.enabled (ne .Values.persistence.accessMode "ReadWriteMany") -}}
{{ fail "several replicas share a volume only with persistence.accessMode ReadWriteMany: or set persistence.enabled to false" }}
{{- end -}}
{{- end -}}

{{/* Where the database is, for servers and for the jobs beside them. */}}
{{- define "sortie.databaseEnv" -}}
{{- $postgres := .Values.database.postgres -}}
- name: SORTIE_DB_TYPE
  value: {{ .Values.database.type }}
{{- if eq .Values.database.type "sqlite" }}
{{- else if or $postgres.dsn (and $postgres.existingSecret (not $postgres.host)) }}
- name: SORTIE_DB_DSN_FILE
  value: /secrets/database/dsn
{{- else }}
- name: SORTIE_DB_HOST
  value: {{ $postgres.host | quote }}
- name: SORTIE_DB_PORT
  value: {{ $postgres.port | quote }}
- name: SORTIE_DB_NAME
  value: {{ $postgres.database | quote }}
- name: SORTIE_DB_USER
  value: {{ $postgres.user | quote }}
- name: SORTIE_DB_SSLMODE
  value: {{ $postgres.sslMode }}
- name: SORTIE_DB_PASSWORD_FILE
  value: /secrets/database/password
{{- end }}
{{- end -}}

{{/* Where backups go: the volume, or objects. */}}
{{- define "sortie.backupPlace" -}}
{{ .Values.backup.to | default "/backup" }}
{{- end -}}

{{/* "true" where the audit's key comes from a Secret: with PostgreSQL, whose servers share it, or where one is named. */}}
{{- define "sortie.hasAuditKey" -}}
{{- if or (eq .Values.database.type "postgres") .Values.audit.existingSecret }}true{{ end -}}
{{- end -}}

{{- define "sortie.auditVolume" -}}
- name: audit
  secret:
    secretName: {{ .Values.audit.existingSecret | default (include "sortie.fullname" .) }}
    defaultMode: 0440
    items:
      - key: audit-key
        path: audit-key
{{- end -}}

{{/* What leads to the backups' objects, and whom keys and settings are encrypted to. */}}
{{- define "sortie.backupEnv" -}}
{{- with .Values.backup.recipient }}
- name: SORTIE_BACKUP_RECIPIENT
  value: {{ . | quote }}
{{- end }}
{{- if include "sortie.hasAuditKey" . }}
- name: SORTIE_AUDIT_KEY_FILE
  value: /secrets/audit/audit-key
{{- end }}
{{- end -}}

{{- define "sortie.databaseVolume" -}}
- name: database
  secret:
    secretName: {{ .Values.database.postgres.existingSecret | default (include "sortie.fullname" .) }}
    defaultMode: 0440
{{- end -}}

{{/* What the pods of a backup and of a restore have in common. */}}
{{- define "sortie.jobPod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: Always
  seccompProfile:
    type: RuntimeDefault
volumes:
  {{- if eq .Values.database.type "sqlite" }}
  - name: data
    persistentVolumeClaim:
      claimName: {{ .Values.persistence.existingClaim | default (printf "%s-data" (include "sortie.fullname" .)) }}
  {{- else }}
  {{- include "sortie.databaseVolume" . | nindent 2 }}
  {{- end }}
  {{- if include "sortie.hasAuditKey" . }}
  {{- include "sortie.auditVolume" . | nindent 2 }}
  {{- end }}
  {{- if not .Values.backup.to }}
  - name: backup
    persistentVolumeClaim:
      claimName: {{ .Values.backup.persistence.existingClaim | default (printf "%s-backup" (include "sortie.fullname" .)) }}
  {{- end }}
  # As large as the database: a backup is proved on a copy.
  - name: tmp
    emptyDir:
      sizeLimit: {{ .Values.backup.scratchSize }}
{{- end -}}

{{- define "sortie.jobContainer" -}}
image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- with .Values.backup.existingSecret }}
envFrom:
  - secretRef:
      name: {{ . }}
{{- end }}
env:
  {{- include "sortie.databaseEnv" . | nindent 2 }}
  {{- with include "sortie.backupEnv" . }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- if eq .Values.database.type "sqlite" }}
  - name: SORTIE_DB
    value: {{ .Values.database.sqlite.path | quote }}
  {{- end }}
  {{- range $key, $value := .Values.env }}
  {{- if hasPrefix "SORTIE_DB_" $key }}
  - name: {{ $key }}
    value: {{ $value | quote }}
  {{- end }}
  {{- end }}
volumeMounts:
  {{- if eq .Values.database.type "sqlite" }}
  - name: data
    mountPath: /data
  {{- else }}
  - name: database
    mountPath: /secrets/database
    readOnly: true
  {{- end }}
  {{- if include "sortie.hasAuditKey" . }}
  - name: audit
    mountPath: /secrets/audit
    readOnly: true
  {{- end }}
  {{- if not .Values.backup.to }}
  - name: backup
    mountPath: /backup
  {{- end }}
  - name: tmp
    mountPath: /tmp
resources:
  {{- toYaml .Values.backup.resources | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end -}}
