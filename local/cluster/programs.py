"""Pods as programs of the supervisor: the chart's command and environment, and what the platform adds to every pod."""

import shutil
from collections.abc import Mapping

from local.cluster import places
from local.cluster.errors import ClusterError, NotHonouredError
from local.cluster.pods import Pod
from local.machine.layout import Layout
from local.machine.program import Program

EMULATOR_HOST, EMULATOR_PORT = 1, 4566
MAIL_HOST, MAIL_PORT = 3, 8080


def pod_program(pod: Pod, layout: Layout) -> Program:
    """The pod's process.

    Raises:
        NotHonouredError: its chart sets a variable that the platform provides.
        ClusterError: its command is not installed.
    """
    identity = _pod_identity(layout)
    taken = sorted(set(identity) & set(pod.environment))
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


def _pod_identity(layout: Layout) -> Mapping[str, str]:
    """The stand-in for EKS Pod Identity: credentials, and where the AWS APIs are."""
    return {
        "AWS_ENDPOINT_URL": f"http://{layout.address(EMULATOR_HOST)}:{EMULATOR_PORT}",
        "AWS_ENDPOINT_URL_SESV2": f"http://{layout.address(MAIL_HOST)}:{MAIL_PORT}",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
