{{/* Every helper below takes (dict "root" $ "name" <workload name> "workload" <its values>). */}}

{{/* What a Service or Deployment finds its pods by: never changes between releases. */}}
{{- define "cloud-sales.selector" -}}
app.kubernetes.io/name: {{ .name | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{- define "cloud-sales.labels" -}}
{{ include "cloud-sales.selector" . }}
app.kubernetes.io/component: {{ .workload.role }}
{{ include "cloud-sales.release-labels" .root }}
{{- end }}

{{/* For what belongs to no single workload; takes the root. */}}
{{- define "cloud-sales.release-labels" -}}
app.kubernetes.io/part-of: {{ .Chart.Name }}
app.kubernetes.io/version: {{ .Values.image.tag | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
cloud-sales/region: {{ .Values.region | quote }}
{{- end }}

{{/* The migration runs before every release, its ServiceAccount (weight -5) before it. A failed run stays to be read. */}}
{{- define "cloud-sales.hook" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation
{{- end }}

{{- define "cloud-sales.environment" -}}
- name: POD_IP
  valueFrom:
    fieldRef:
      fieldPath: status.podIP
- name: PORT
  value: "8080"
{{- range $name, $value := merge (dict) .workload.environment .root.Values.environment }}
- name: {{ $name | quote }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{/* Workers too answer the probes over HTTP, so every long-running container is probed alike. */}}
{{- define "cloud-sales.probes" -}}
startupProbe:
  httpGet:
    path: /healthz
    port: http
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet:
    path: /healthz
    port: http
  periodSeconds: 10
  timeoutSeconds: 3
  failureThreshold: 3
readinessProbe:
  httpGet:
    path: /readyz
    port: http
  periodSeconds: 3
  timeoutSeconds: 2
  failureThreshold: 2
{{- end }}

{{- define "cloud-sales.container" -}}
name: {{ .name | quote }}
image: "{{ .root.Values.image.repository }}:{{ .root.Values.image.tag }}"
imagePullPolicy: IfNotPresent
command: {{ .workload.command | toJson }}
env:
  {{- include "cloud-sales.environment" . | nindent 2 }}
resources:
  requests:
    cpu: {{ .workload.resources.cpu | quote }}
    memory: {{ .workload.resources.memory }}
  limits:
    memory: {{ .workload.resources.memory }}
securityContext:
  allowPrivilegeEscalation: false
  privileged: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
volumeMounts:
  - name: tmp
    mountPath: /tmp
{{- end }}

{{/* What every pod has around its container. enableServiceLinks would add variables the stack never declared. */}}
{{- define "cloud-sales.pod" -}}
serviceAccountName: {{ .name | quote }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile:
    type: RuntimeDefault
volumes:
  - name: tmp
    emptyDir:
      sizeLimit: 256Mi
{{- end }}
