"""Calls to RDS on global databases: the emulator names the resources of single clusters alone."""

from collections.abc import Iterator

from local.access.judgement import Check
from local.access.request import Request


def checks(request: Request, action: str, resource: str) -> Iterator[Check]:
    """The rights that the call asks for."""
    whole = request.query.get("GlobalClusterIdentifier", [""])[0]
    if not whole:
        yield Check(action, resource)
        return
    yield Check(action, f"arn:aws:rds::{request.account}:global-cluster:{whole}")
    # A switchover is a right to the cluster that is to write as well, which is named by its ARN.
    if target := request.query.get("TargetDbClusterIdentifier", [""])[0]:
        yield Check(action, target)
