"""Image repositories: a tag means the same image for ever, and what is found in it later is told."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from policies.examples import sample
from policies.model import Resource, Stack
from policies.reading import document, listed, mapping
from policies.registry import RULES

REPOSITORY = "aws:ecr/repository:Repository"
LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
SCANNING = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"

_GOOD = {
    "name": "cloud-sales",
    "region": "eu-west-1",
    "imageTagMutability": "IMMUTABLE",
    "imageScanningConfiguration": {"scanOnPush": True},
    "encryptionConfigurations": [{"encryptionType": "KMS"}],
}
_RULE = {"rulePriority": 1, "selection": {"tagStatus": "any"}, "action": {"type": "expire"}}


def _repository(**changed: Any) -> Resource:
    return sample(REPOSITORY, _GOOD | changed, "eu")


def _lifecycle(policy: object = None, **changed: Any) -> Resource:
    stated = {"repository": "cloud-sales", "region": "eu-west-1", "policy": policy or json.dumps({"rules": [_RULE]})}
    return sample(LIFECYCLE, stated | changed, "eu")


def _scanning(frequency: str = "CONTINUOUS_SCAN", region: str = "eu-west-1") -> Resource:
    return sample(SCANNING, {"scanType": "ENHANCED", "region": region, "rules": [{"scanFrequency": frequency}]}, "eu")


def _stack(*others: Resource, **changed: Any) -> list[Resource]:
    return [_repository(**changed), _scanning(), *(others or [_lifecycle()])]


@RULES.stack_rule(
    name="ecr-immutable-scan",
    types=(REPOSITORY, LIFECYCLE, SCANNING),
    why="A tag that can be pushed twice is a rollback to something else; a flaw that is found after the push concerns "
    "what runs; and what nothing removes is stored and scanned for ever.",
    remedy="set imageTagMutability IMMUTABLE, imageScanningConfiguration.scanOnPush true, encryptionConfigurations "
    "KMS, no forceDelete, and declare in its region a LifecyclePolicy and a RegistryScanningConfiguration of type "
    "ENHANCED with CONTINUOUS_SCAN (infra.image_registry).",
    source="CKV_AWS_51, CKV_AWS_163, CKV_AWS_136",
    accepts=(
        _stack(),
        _stack(_lifecycle({"rules": [_RULE]})),
        _stack(encryptionConfigurations=[{"encryptionType": "KMS_DSSE", "kmsKey": "arn:aws:kms:key"}]),
    ),
    rejects={
        "'eu' lets a tag move": _stack(imageTagMutability="MUTABLE"),
        "repository 'eu' lets a tag move": _stack(imageTagMutability=None),
        "is not scanned when an image comes": _stack(imageScanningConfiguration={"scanOnPush": False}),
        "'eu' is not scanned when an image comes": _stack(imageScanningConfiguration=None),
        "is not scanned again": [_repository(), _lifecycle()],
        "'eu' is not scanned again": [_repository(), _scanning(region="ap-southeast-1"), _lifecycle()],
        "repository 'eu' is not scanned again": [_repository(), _scanning("SCAN_ON_PUSH"), _lifecycle()],
        "is not encrypted under KMS": _stack(encryptionConfigurations=None),
        "not encrypted under KMS": _stack(encryptionConfigurations=[{"encryptionType": "AES256"}]),
        "goes with its images": _stack(forceDelete=True),
        "keeps every image for ever": _stack(_lifecycle(repository="other")),
        "'eu' keeps every image": _stack(_lifecycle(region="ap-southeast-1")),
        "repository 'eu' keeps every image": _stack(_lifecycle("nonsense")),
    },
)
def images_stay_what_they_are(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every repository keeps its tags, looks into its images, and forgets the oldest."""
    again = {one.text("region") for one in stack.of_type(SCANNING) if _looks_again(one)}
    tidied = {
        (one.text("repository"), one.text("region"))
        for one in stack.of_type(LIFECYCLE)
        if listed(document(one.properties.get("policy")).get("rules"))
    }
    for repository in stack.of_type(REPOSITORY):
        faults = list(_faults(repository.properties))
        if repository.text("region") not in again:
            faults.append("is not scanned again when new flaws are known")
        if (repository.text("name"), repository.text("region")) not in tidied:
            faults.append("keeps every image for ever")
        for fault in faults:
            yield repository, f"repository {repository.name!r} {fault}"


def _looks_again(scanning: Resource) -> bool:
    rules = [mapping(rule).get("scanFrequency") for rule in listed(scanning.properties.get("rules"))]
    return scanning.properties.get("scanType") == "ENHANCED" and "CONTINUOUS_SCAN" in rules


def _faults(stated: Mapping[str, Any]) -> Iterator[str]:
    if stated.get("imageTagMutability") != "IMMUTABLE":
        yield "lets a tag move to another image"
    if mapping(stated.get("imageScanningConfiguration")).get("scanOnPush") is not True:
        yield "is not scanned when an image comes"
    kinds = [mapping(one).get("encryptionType") for one in listed(stated.get("encryptionConfigurations"))]
    if not kinds or any(kind not in ("KMS", "KMS_DSSE") for kind in kinds):
        yield "is not encrypted under KMS"
    if stated.get("forceDelete") is True:
        yield "goes with its images, those that run included"
