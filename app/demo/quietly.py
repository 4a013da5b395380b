"""Serves a stand-in on loopback without a word: whom it was asked about is nobody's business."""

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def listening(app: Flask, port: int) -> BaseWSGIServer:
    """A server at 127.0.0.1, at any free port if `port` is 0; it serves once it is told to."""
    return make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
