"""A name server that is not there: it speaks DNS over UDP on loopback, and knows the texts it is given."""

import socket
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset


class NameServer:
    """`texts` are the TXT records by name; a name in `mute` gets no answer at all."""

    def __init__(self, texts: Mapping[str, Sequence[str]], mute: Sequence[str] = ()) -> None:
        self.asked: list[str] = []
        self._texts = {name.lower(): list(values) for name, values in texts.items()}
        self._mute = {name.lower() for name in mute}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._socket.getsockname()
        return host, port

    def __enter__(self) -> "NameServer":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                wire, sender = self._socket.recvfrom(4096)
            except OSError:
                return
            answer = self._answer(dns.message.from_wire(wire))
            if answer is not None:
                self._socket.sendto(answer.to_wire(), sender)

    def _answer(self, query: dns.message.Message) -> dns.message.Message | None:
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        self.asked.append(name)
        if name in self._mute:
            return None
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if values := self._texts.get(name):
            answer.answer.append(_texts(question.name, values))
        elif not any(known == name or known.endswith(f".{name}") for known in self._texts):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer


def _texts(name: dns.name.Name, values: Sequence[str]) -> dns.rrset.RRset:
    """A string of a TXT record holds at most 255 bytes; longer values come in several."""
    lines = (
        " ".join(f'"{value[at : at + 255]}"' for at in range(0, len(value), 255))
        for value in values
    )
    return dns.rrset.from_text(name, 60, "IN", "TXT", *lines)
