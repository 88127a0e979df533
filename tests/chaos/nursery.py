"""Where pods come from: one process that has imported the services' code and forks a pod for each line it is given.

A fresh Python takes a second of a core to import all of it, which at a death each second would be most of the machine.
A pod shares nothing with it but modules, which do nothing when they are imported, and the SDK's tables of what AWS
offers; environment, log, clients and connections are its own. Run by path, with the checkout to be run on PYTHONPATH.
"""

import ctypes
import importlib
import json
import os
import signal
import sys
from contextlib import suppress
from types import ModuleType
from typing import Any, NoReturn

import boto3
import botocore.session

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Forks a pod for each line of the input and answers its pid, until the input ends."""
    importlib.import_module("gunicorn.workers.gthread")
    registry, entry = importlib.import_module("services.registry"), importlib.import_module("services.__main__")
    for service in registry.SERVICES:
        if service.role is not registry.Role.MIGRATE:
            importlib.import_module(f"services.{service.package}.{service.role.value}")
    session = botocore.session.get_session()
    tables = session.get_component("data_loader")
    for name in ("s3", "sqs", "sesv2", "kms"):
        for kind in ("service-2", "endpoint-rule-set-1"):
            tables.load_service_model(name, kind)
    boto3.setup_default_session(botocore_session=session)
    say("ready")
    for line in sys.stdin:
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        holder = os.getpid()
        if (pid := os.fork()) == 0:
            become(json.loads(line), holder, entry)
        say(str(pid))


def become(pod: dict[str, Any], holder: int, entry: ModuleType) -> NoReturn:
    """Is the pod until its end, which comes at the latest with the nursery's."""
    status = 1
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != holder:
            os._exit(1)
        log = os.open(pod["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        for number, file in ((0, os.open(os.devnull, os.O_RDONLY)), (1, log), (2, log)):
            os.dup2(file, number)
        os.environ.clear()
        os.environ.update(pod["environment"])
        os.chdir(pod["directory"])
        sys.modules["__main__"] = entry  # as if Python had been started with `-m services`
        status = entry.main(pod["arguments"])
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def say(text: str) -> None:
    """Answers one line."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
