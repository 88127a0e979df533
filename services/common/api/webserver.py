"""gunicorn as the one web server of every REST service: one worker a pod, threads inside, graceful stop."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from services.common.settings import ProcessSettings

THREADS = 24
GRACEFUL_SECONDS = 25
"""Less than the pod's termination grace period, more than the longest request."""


class WebServer(BaseApplication):  # type: ignore[misc]
    """Runs the application that `build` makes, after the worker has been forked."""

    def __init__(self, settings: ProcessSettings, build: Callable[[], Flask]) -> None:
        self._settings = settings
        self._build = build
        super().__init__()

    def load_config(self) -> None:
        """Hands our options to gunicorn."""
        options: dict[str, Any] = {
            "bind": f"{self._settings.pod_ip}:{self._settings.port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": 40,
            "graceful_timeout": GRACEFUL_SECONDS,
            "keepalive": 75,
            "control_socket_disable": True,
            "proc_name": self._settings.service_name,
            "loglevel": "warning",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The WSGI application, built in the worker."""
        return self._build()
