"""The process in which templates run: small, mortal, and with nothing worth stealing in it.

Reads requests from standard input and writes answers to standard output, each a JSON document
after its length in four bytes. It ends when its input closes, and the kernel ends it when one
request takes too much time or memory.
"""

import json
import resource
import struct
import sys
from typing import Any, BinaryIO

import css_inline

from nurture.plain_text import plain_text
from nurture.sandbox import Sandbox

MEMORY_BYTES = 512 << 20
CPU_SECONDS = 2
LONGEST = 1 << 20
"""Bytes that one part of a mail may grow to."""

_HTML, _TEXT = Sandbox(html=True), Sandbox(html=False)
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)


class TooLongError(Exception):
    """The mail grew beyond 1 MiB."""


def main(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer requests until `source` closes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while header := source.read(4):
        request = json.loads(source.read(struct.unpack(">I", header)[0]))
        _allow_more_time()
        answer = json.dumps(_answer(request)).encode()
        sink.write(struct.pack(">I", len(answer)) + answer)
        sink.flush()


def _answer(request: dict[str, Any]) -> dict[str, str]:
    try:
        values = request["values"]
        html = _with_way_out(_run(_HTML, request["html"], values), values)
        text = _run(_TEXT, request["text"], values) if request["text"] else plain_text(html)
        return {
            "subject": _run(_TEXT, request["subject"], values),
            "html": _INLINER.inline(html),
            "text": _with_way_out(text, values),
        }
    except TooLongError:
        return {"error": "it grew beyond 1 MiB"}
    except MemoryError:
        return {"error": "it used too much memory"}
    except RecursionError:
        return {"error": "it is too deeply nested"}
    except Exception as error:
        # The message goes to the marketer who wrote the template; it can name a value's name, and
        # is cut so that it cannot carry a value.
        return {"error": str(error)[:200] or type(error).__name__}


def _run(sandbox: Sandbox, source: str, values: dict[str, Any]) -> str:
    parts: list[str] = []
    size = 0
    for part in sandbox.from_string(source).generate(values):
        size += len(part)
        if size > LONGEST:
            raise TooLongError
        parts.append(part)
    return "".join(parts)


def _with_way_out(part: str, values: dict[str, Any]) -> str:
    """The part with a way to unsubscribe, added at its end when its author forgot it."""
    address = values.get("unsubscribe_url")
    if not address or address in part:
        return part
    if "<" not in part[:1]:
        return f"{part.rstrip()}\n\n--\nUnsubscribe: {address}\n"
    footer = f'<p><small><a href="{address}">Unsubscribe</a></small></p>'
    head, body_end, tail = part.rpartition("</body>")
    return f"{head}{footer}{body_end}{tail}" if body_end else part + footer


def _allow_more_time() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + CPU_SECONDS + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
