"""Serves ours or the floor by the very server that `warmline web` uses: `serve.py ours|floor PORT`."""

import os
import sys

from flask import Flask

from app import log
from app.settings import read_settings
from app.web.server import Server
from bench.floor import from_environment


class FloorServer(Server):
    """The same server with the floor in it."""

    def load(self) -> Flask:
        return from_environment()


if __name__ == "__main__":
    settings = read_settings(os.environ)
    log.configure(settings.log_level)
    server = FloorServer if sys.argv[1] == "floor" else Server
    server(settings, f"127.0.0.1:{sys.argv[2]}").run()
