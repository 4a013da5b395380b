"""A server on loopback for as long as a test needs it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer
from typing import Any

from werkzeug.serving import make_server

OFTEN = 0.01
"""How often, in seconds, a server looks whether it should end; by itself it does twice a second."""


@contextmanager
def serving(server: BaseServer) -> Iterator[str]:
    """It answers at the address given, and is gone afterwards."""
    thread = threading.Thread(target=server.serve_forever, args=(OFTEN,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def served(app: Any, port: int = 0) -> Iterator[str]:
    """A WSGI application, at any free port if none is given."""
    with serving(make_server("127.0.0.1", port, app, threaded=True)) as address:
        yield address
