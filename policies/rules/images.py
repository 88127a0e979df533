"""Images: from our own registry, and the same ones tomorrow as today."""

import re
from collections.abc import Iterator
from typing import Any

from policies.examples import sample
from policies.model import Resource
from policies.reading import mapping
from policies.registry import RULES, Configuration
from policies.rules.pod_resources import RELEASE
from policies.rules.pods import DEPLOYMENT, WORKLOADS, containers_of, pod_of

_REFERENCE = re.compile(
    r"(?P<host>[^/@]+)/(?P<path>[^:@]+)(:(?P<tag>[\w][\w.-]*))?(?P<digest>@sha256:[0-9a-f]{64})?", re.ASCII
)
_OURS = re.compile(r"\d{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?", re.ASCII)
_MOVING = frozenset({"latest", "stable", "main", "master", "edge", "dev"})

_REPOSITORY = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/cloud-sales"
_DIGEST = "sha256:" + "0" * 64


class Pinning(Configuration):
    """How an image has to be named; a digest is known once the image is pushed, so each stack says when it asks."""

    digest: bool = False


def _deployment(image: object, kind: str = "containers") -> Resource:
    return sample(DEPLOYMENT, {"spec": {"template": {"spec": {kind: [{"name": "order", "image": image}]}}}}, "order")


def _release(**image: Any) -> Resource:
    return sample(RELEASE, {"values": {"image": {"repository": _REPOSITORY, "tag": "0.1.0"} | image}}, "cloud-sales")


@RULES.resource_rule(
    name="image-digest-own-registry",
    configuration=Pinning,
    types=(*WORKLOADS, RELEASE),
    why="An image from elsewhere was scanned by nobody, and is gone when its owner says so; a tag that moves makes "
    "each new pod a release that nobody decided on. In our repositories a tag never moves (ecr-immutable-scan), so it "
    "names one image as a digest does, unless somebody may delete images.",
    remedy="name the image by our own ECR repository and a fixed tag or a digest (repository:tag@sha256:...); a stack "
    "that sets policies:configuration image-digest-own-registry digest true asks for the digest too.",
    source="CKV_K8S_14, CKV_K8S_43; AWS ECR user guide, image tag mutability",
    accepts=(
        _deployment(f"{_REPOSITORY}:0.1.0"),
        _deployment(f"{_REPOSITORY}@{_DIGEST}"),
        _deployment(f"{_REPOSITORY}:0.1.0@{_DIGEST}"),
        _release(),
        _release(tag="", digest=_DIGEST),
        sample(RELEASE, {"chart": "keda", "values": {"replicas": 2}}),
    ),
    rejects={
        "'docker.io/library/redis:7' of 'order' is not from our registry": _deployment("docker.io/library/redis:7"),
        "'redis' of 'order' is not from our registry": _deployment("redis"),
        "is not from our registry": _deployment("111122223333.dkr.ecr.evil.example/cloud-sales:0.1.0"),
        "of 'order' has neither a tag nor a digest": _deployment(_REPOSITORY),
        "of 'order' has the tag 'latest', which moves": _deployment(f"{_REPOSITORY}:latest", "initContainers"),
        "None of 'order' is not from our registry": _deployment(None),
        "of 'order' is not from": _deployment(f"{_REPOSITORY}@sha256:abc"),
        "of 'cloud-sales' has the tag 'main', which moves": _release(tag="main"),
        "of 'cloud-sales' is not from our registry": _release(repository="ghcr.io/example/cloud-sales"),
    },
)
def images_of_our_own(workload: Resource, pinning: Pinning) -> Iterator[str]:
    """Every image is one of our registry, named so that it stays the same."""
    for image in _images(workload):
        for fault in _faults(image, pinning):
            yield f"image {image!r} of {workload.name!r} {fault}"


def _images(workload: Resource) -> Iterator[object]:
    if workload.type != RELEASE:
        yield from (container.get("image") for container in containers_of(pod_of(workload)))
        return
    stated = mapping(mapping(workload.properties.get("values")).get("image"))
    if stated:
        # As the chart puts it together.
        parts = ((":", stated.get("tag")), ("@", stated.get("digest")))
        yield str(stated.get("repository")) + "".join(f"{sign}{part}" for sign, part in parts if part)


def _faults(image: object, pinning: Pinning) -> Iterator[str]:
    named = _REFERENCE.fullmatch(image) if isinstance(image, str) else None
    if named is None or not _OURS.fullmatch(named["host"]):
        yield "is not from our registry"
    elif not named["digest"]:
        if pinning.digest:
            yield "has no digest, which this stack asks for"
        elif not named["tag"]:
            yield "has neither a tag nor a digest"
        elif named["tag"] in _MOVING:
            yield f"has the tag {named['tag']!r}, which moves"
