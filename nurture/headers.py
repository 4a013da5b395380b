"""What may stand in a mail's headers: one line, and nothing that a mail library could unfold."""

import re

from email_validator import EmailNotValidError, validate_email

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Python before 3.11.10 decodes such a word and writes the line break inside it (CVE-2024-6923);
# no honest subject holds one, so all of them are refused, whatever the Python.
_ENCODED_WORD = re.compile(r"=\?[^?]*\?[bq]\?", re.IGNORECASE)
_WITH_NAME = re.compile(r'"?(?P<shown>[^"<>]*?)"?\s*<(?P<address>[^<>\s]+)>')
LONGEST = 500


class HeaderError(ValueError):
    """This text cannot stand in a mail's header."""


def one_line(name: str, text: str) -> str:
    """`text` unchanged; raises HeaderError for line breaks, controls, encoded words and length."""
    if _BREAKS.search(text):
        raise HeaderError(f"the {name} holds a line break or a control character")
    if _ENCODED_WORD.search(text):
        raise HeaderError(f"the {name} holds an encoded word (=?…?=)")
    if len(text) > LONGEST:
        raise HeaderError(f"the {name} is longer than {LONGEST} characters")
    return text


def mailbox(name: str, text: str) -> tuple[str, str]:
    """The display name (may be empty) and the address in `Ann <ann@acme.example>` or a bare address.

    Raises HeaderError for anything else.
    """
    match = _WITH_NAME.fullmatch(one_line(name, text).strip())
    shown, written = (match["shown"].strip(), match["address"]) if match else ("", text.strip())
    try:
        checked = validate_email(written, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise HeaderError(f"the {name} is not a mail address: {error}") from error
    return shown, checked.normalized
