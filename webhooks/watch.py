"""Ends a connection when its time is over, so that nobody outside can hold a worker."""

import socket
import threading
from contextlib import suppress
from typing import Self


class Watch:
    """One call's time: whatever is being waited for, be it TLS or the next byte of a header, ends with it."""

    def __init__(self, seconds: float) -> None:
        self.ended = False
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def over(self, connected: socket.socket) -> socket.socket:
        """Watch this connection. TLS takes the socket's place, so what is kept is a second hold on it."""
        with self._lock:
            if self.ended:
                connected.close()
                raise TimeoutError
            self._sockets.append(connected.dup())
        return connected

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            for each in self._sockets:
                each.close()
            self._sockets.clear()

    def _end(self) -> None:
        with self._lock:
            self.ended = True
            for each in self._sockets:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
