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
image: "{{ .root.Values.image.repository }}:{{ .root.Values.image.tag }}{{ with .root.Values.image.digest }}@{{ . }}{{ end }}"
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

{{/*
A web pod goes on serving while the load balancer learns that it leaves: what still comes in that time is answered, and
only then is the process told to stop. Workers are called by nobody.
*/}}
{{- define "cloud-sales.leave-seconds" -}}
15
{{- end }}

{{/*
From the wish to stop to the kill, in seconds. Web: leaving (15), the requests in hand (25, services.common.api.webserver)
and the process's own end. Worker: the piece of work in hand (60, services.common.pipeline.keeper) and its end.
*/}}
{{- define "cloud-sales.grace-seconds" -}}
{{- eq .workload.role "web" | ternary 50 70 -}}
{{- end }}

{{/*
Zones evenly, or not at all: all pods in one zone is what nobody notices before the zone is lost. The zone that is lost has
tainted nodes and then counts no more. Each release counts for itself, or its last pods would sit where the first left.
*/}}
{{- define "cloud-sales.spread" -}}
topologySpreadConstraints:
  - topologyKey: topology.kubernetes.io/zone
    maxSkew: 1
    whenUnsatisfiable: DoNotSchedule
    nodeTaintsPolicy: Honor
    matchLabelKeys: [pod-template-hash]
    labelSelector:
      matchLabels:
        {{- include "cloud-sales.selector" . | nindent 8 }}
  - topologyKey: kubernetes.io/hostname
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    matchLabelKeys: [pod-template-hash]
    labelSelector:
      matchLabels:
        {{- include "cloud-sales.selector" . | nindent 8 }}
{{- end }}

{{/* More pods at once, fewer one by one: a peak that returns within five minutes finds its pods still there. */}}
{{- define "cloud-sales.scaling-pace" -}}
scaleUp:
  stabilizationWindowSeconds: 0
  selectPolicy: Max
  policies:
    - type: Percent
      value: 100
      periodSeconds: 30
    - type: Pods
      value: 2
      periodSeconds: 30
scaleDown:
  stabilizationWindowSeconds: 300
  policies:
    - type: Pods
      value: 1
      periodSeconds: 60
{{- end }}

{{- define "cloud-sales.check-replicas" -}}
{{- if gt (int .workload.replicas.minimum) (int .workload.replicas.maximum) }}
{{- fail (printf "workloads.%s.replicas: minimum %v is more than maximum %v" .name .workload.replicas.minimum .workload.replicas.maximum) }}
{{- end }}
{{- end }}
