"""Pods as programs of the supervisor: the chart's command and environment, and what the platform adds to every pod."""

import shutil
from collections.abc import Mapping

from local.cluster import places
from local.cluster.errors import ClusterError, NotHonouredError
from local.cluster.pods import Pod
from local.machine.emulator import CREDENTIAL
from local.machine.layout import Layout
from local.machine.program import Program

CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
EMULATOR_HOST, EMULATOR_PORT = 1, 4566
MAIL_HOST, MAIL_PORT = 3, 8080


def pod_program(pod: Pod, layout: Layout, roles: Mapping[str, str]) -> Program:
    """The pod's process.

    Args:
        pod: what it runs.
        layout: of the region.
        roles: the name of each service account's role.

    Raises:
        NotHonouredError: its chart sets a variable that the platform provides.
        ClusterError: its command is not installed.
    """
    identity = _pod_identity(layout, roles.get(pod.service_account or ""))
    taken = sorted({*identity, *CREDENTIALS} & pod.environment.keys())
    if taken:
        raise NotHonouredError(f"{pod.name}: {', '.join(taken)} is the platform's to set, not the chart's")
    environment = {**base_environment(layout), **pod.environment, **identity}
    executable = shutil.which(pod.command[0], path=environment["PATH"])
    if executable is None:
        raise ClusterError(f"{pod.name}: the command {pod.command[0]!r} is not on {environment['PATH']}")
    return Program(
        name=pod.name,
        command=(executable, *pod.command[1:]),
        environment=environment,
        directory=layout.root,
        stop_seconds=pod.grace_seconds,
    )


def base_environment(layout: Layout) -> dict[str, str]:
    """What a container image would bring; nothing of the caller's environment is handed on."""
    return {
        "PATH": f"{layout.root / '.venv' / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(places.home(layout)),
        "LANG": "C.UTF-8",
    }


def _pod_identity(layout: Layout, role: str | None) -> Mapping[str, str]:
    """The stand-in for EKS Pod Identity: the credentials of the pod's role, if it has one, and where the AWS APIs are.

    The emulator takes the name of a role for the access key of whoever has taken it on.
    """
    credentials = dict(zip(CREDENTIALS, (role, CREDENTIAL), strict=True)) if role else {}
    machine = layout.machine
    return {
        "AWS_ENDPOINT_URL": f"http://{machine.address(EMULATOR_HOST)}:{EMULATOR_PORT}",
        "AWS_ENDPOINT_URL_SESV2": f"http://{machine.address(MAIL_HOST)}:{MAIL_PORT}",
        "AWS_EC2_METADATA_DISABLED": "true",
        **credentials,
    }
