"""What Kubernetes accepts, and KEDA's and EKS's kinds in it: strict, so that no misspelt field is silently dropped."""

from typing import Any

import kubernetes_validate
from jsonschema import Draft202012Validator

from tests.unit.charts.release import Document

KUBERNETES = "1.34"

_TEXT = {"type": "string", "minLength": 1}
_PODS = {"type": "integer", "minimum": 0}


def _exactly(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": required | (optional or {}),
    }


_TRIGGER = _exactly(
    {
        "type": {"const": "aws-sqs-queue"},
        "metadata": _exactly(
            {"queueURL": _TEXT, "queueLength": {"type": "string", "pattern": "^[1-9][0-9]*$"}, "awsRegion": _TEXT}
        ),
        "authenticationRef": _exactly({"name": _TEXT}),
    }
)
_TARGET = _exactly({"name": _TEXT}, {"kind": _TEXT, "apiVersion": _TEXT})

CUSTOM = {
    "keda.sh/v1alpha1/ScaledObject": _exactly(
        {"scaleTargetRef": _TARGET, "triggers": {"type": "array", "minItems": 1, "items": _TRIGGER}},
        {
            "minReplicaCount": _PODS,
            "maxReplicaCount": _PODS,
            "pollingInterval": _PODS,
            "advanced": _exactly({"horizontalPodAutoscalerConfig": _exactly({"behavior": {"type": "object"}})}),
        },
    ),
    "eks.amazonaws.com/v1/TargetGroupBinding": _exactly(
        {
            "targetGroupARN": _TEXT,
            "targetType": {"enum": ["ip", "instance"]},
            "serviceRef": _exactly({"name": _TEXT, "port": {"type": ["string", "integer"]}}),
        }
    ),
    "keda.sh/v1alpha1/TriggerAuthentication": _exactly(
        {"podIdentity": _exactly({"provider": {"enum": ["aws"]}, "identityOwner": {"enum": ["keda", "workload"]}})}
    ),
}
"""The part of each custom kind that the chart uses, as the references of KEDA 2.17 and of EKS Auto Mode have it."""


def check(document: Document) -> None:
    """Returns if the document is what its API takes.

    Raises:
        ValidationError: of the validator that judged it; the message names the field.
    """
    spec = CUSTOM.get(f"{document['apiVersion']}/{document['kind']}")
    if spec is None:
        kubernetes_validate.validate(document, KUBERNETES, strict=True)
        return
    whole = _exactly({"apiVersion": _TEXT, "kind": _TEXT, "metadata": {"type": "object"}, "spec": spec})
    Draft202012Validator(whole).validate(document)
    # KEDA hands the pace of scaling on to the autoscaler that it makes.
    behaviour = document["spec"].get("advanced", {}).get("horizontalPodAutoscalerConfig", {}).get("behavior")
    if behaviour is not None:
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "any"}
        autoscaler = {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": document["metadata"],
            "spec": {"scaleTargetRef": target, "maxReplicas": 1, "behavior": behaviour},
        }
        kubernetes_validate.validate(autoscaler, KUBERNETES, strict=True)
