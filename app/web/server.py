"""Serves the site with gunicorn's threads."""

import os
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from app.garbage import look_seldom
from app.settings import Settings
from app.up import lifeline
from app.web import create_app

GRACE = 2
"""Seconds a request may still take once we are told to stop."""


class QuietLogger(Logger):  # type: ignore[misc]
    """gunicorn's log lines go where ours go."""

    def setup(self, cfg: Any) -> None:
        self.error_log.propagate = True
        self.error_log.setLevel("WARNING")
        self.access_log.disabled = True


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, told everything here: it reads no file, no environment, no command line."""

    def __init__(self, settings: Settings, bind: str) -> None:
        self._settings = settings
        self._bind = bind
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": self._bind,
            "worker_class": "gthread",
            "workers": self._settings.web_processes,
            "threads": self._settings.web_threads,
            "timeout": 60,
            "graceful_timeout": GRACE,
            "keepalive": 15,
            "logger_class": QuietLogger,
            "post_fork": _tie_to_parent,
            "control_socket_disable": True,
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        site = create_app(self._settings)
        look_seldom()
        return site


def serve(settings: Settings, bind: str) -> None:
    """Serve at `bind`, as HOST:PORT or fd://N, until SIGTERM."""
    Server(settings, bind).run()


def _tie_to_parent(_arbiter: Any, _worker: Any) -> None:
    lifeline.hold_on()
    lifeline.die_with_parent()
