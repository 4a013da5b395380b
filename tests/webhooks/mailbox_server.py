"""A mail server that can be read by IMAP: as much of the protocol as a reader needs, on loopback."""

import re
import socket
import threading
from collections.abc import Sequence


class MailboxServer:
    """One mailbox with one password; `mails` may grow while it runs."""

    def __init__(
        self, mails: Sequence[bytes], *, password: str = "right", validity: int = 7
    ) -> None:
        self.mails = list(mails)
        self.password, self.validity = password, validity
        self.said: list[str] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"imap://ada:right@127.0.0.1:{self._listening.getsockname()[1]}/INBOX"

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb") as wire:
            wire.write(b"* OK ready\r\n")
            wire.flush()
            for line in wire:
                tag, _, words = line.decode().strip().partition(" ")
                self.said.append(words)
                wire.write(self._answer(words) + f"{tag} {self._verdict(words)}\r\n".encode())
                wire.flush()
                if words.upper() == "LOGOUT":
                    return

    def _verdict(self, words: str) -> str:
        refused = words.upper().startswith("LOGIN") and self.password not in words
        return "NO refused" if refused else "OK done"

    def _answer(self, words: str) -> bytes:
        command = words.upper()
        if command == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n"
        if command.startswith(("SELECT", "EXAMINE")):
            head = f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] valid\r\n"
            return head.encode()
        if command.startswith("UID SEARCH"):
            return f"* SEARCH {' '.join(map(str, self._found(command)))}\r\n".encode()
        if fetched := re.match(r"UID FETCH (\d+) ", command):
            mail = self.mails[int(fetched[1]) - 1]
            head = f"* {fetched[1]} FETCH (UID {fetched[1]} BODY[]<0> {{{len(mail)}}}\r\n"
            return head.encode() + mail + b")\r\n"
        return b"* BYE\r\n" if command == "LOGOUT" else b""

    def _found(self, command: str) -> list[int]:
        numbers = list(range(1, len(self.mails) + 1))
        if after := re.search(r"UID (\d+):\*", command):
            later = [each for each in numbers if each >= int(after[1])]
            return later or numbers[-1:]
        return numbers
