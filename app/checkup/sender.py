"""Whether receivers can tell that a mail is really from the sending domain: SPF, DKIM and DMARC. Pure.

SPF (RFC 7208) names who may send, DKIM (RFC 6376) holds the key of the signature, DMARC (RFC 7489) says
what to do with mail that has neither. What DNS says is asked of `ask`.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.checkup.part import Part, Record
from app.checkup.services import USUAL_SELECTORS, Service, service_of

SELECTOR = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){0,3}")
"""The name of a key: labels of a host name (RFC 6376, 3.1)."""
LATER = "Look again in a minute. If it stays so, this machine may not ask DNS: WARMLINE_DNS can name another server."


class How(StrEnum):
    """How a question to DNS ended."""

    FOUND = "found"
    EMPTY = "empty"  # the name is there, without such a record
    NO_NAME = "no_name"
    SILENT = "silent"  # no usable answer


@dataclass(frozen=True, slots=True)
class Texts:
    """The TXT records at one name."""

    how: How
    records: tuple[str, ...] = ()


Ask = Callable[[str], Texts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends: the domain in the sender's address, its registered part, the SMTP host, a key's name."""

    domain: str
    organisation: str
    server: str | None = None
    selector: str | None = None

    @property
    def service(self) -> Service | None:
        return service_of(self.server)


def look(sender: Sender, ask: Ask) -> list[Part]:
    """The three parts, in the order in which one sets them up."""
    return [_spf(sender, ask), _dkim(sender, ask), _dmarc(sender, ask)]


def _spf(sender: Sender, ask: Ask) -> Part:
    answer = ask(sender.domain)
    if answer.how is How.SILENT:
        return _silent("SPF", sender.domain)
    if answer.how is How.NO_NAME:
        line = f"{sender.domain} is not in DNS at all."
        mend = "WARMLINE_MAIL_FROM must be an address at a domain of yours."
        return Part(title="SPF", done=False, line=line, mend=mend)
    found = [each for each in answer.records if re.match(r"v=spf1(\s|$)", each, re.IGNORECASE)]
    if len(found) > 1:
        line = f"{sender.domain} has {len(found)} SPF records, and receivers then believe none."
        return Part(title="SPF", done=False, line=line, mend="Join them into one.")
    if not found:
        return _without_spf(sender)
    return _with_spf(sender, found[0])


def _without_spf(sender: Sender) -> Part:
    who = f"include:{sender.service.include}" if sender.service else _own(sender.server)
    return Part(
        title="SPF",
        done=False,
        line=f"{sender.domain} does not say which servers may send for it.",
        mend="Add this record where your domain's DNS is kept. Other services that send for you belong into it too.",
        record=Record(sender.domain, "TXT", f"v=spf1 {who} ~all"),
    )


def _own(server: str | None) -> str:
    return f"a:{server}" if server and "." in server and not server[-1].isdigit() else "mx"


def _with_spf(sender: Sender, record: str) -> Part:
    words = record.lower().split()
    shown = Record(sender.domain, "TXT", record)
    if {"+all", "all"} & set(words):
        line = "The SPF record lets everybody send in your name."
        mend = "End it with ~all or -all."
        right = re.sub(r"(?<!\S)\+?all(?!\S)", "~all", record, flags=re.IGNORECASE)
        return Part(title="SPF", done=False, line=line, mend=mend, record=_changed(shown, right))
    service = sender.service
    if service and service.needed and f"include:{service.include}" not in words:
        line = f"The SPF record does not name {service.name}, by which you send."
        mend = "Change it to this."
        right = f"{words[0]} include:{service.include} {' '.join(record.split()[1:])}".strip()
        return Part(title="SPF", done=False, line=line, mend=mend, record=_changed(shown, right))
    return Part(title="SPF", done=True, line="The record is there, and it is one.", record=shown)


def _changed(record: Record, value: str) -> Record:
    return Record(record.name, record.kind, value)


def _dkim(sender: Sender, ask: Ask) -> Part:
    for selector in _selectors(sender):
        name = f"{selector}._domainkey.{sender.domain}"
        answer = ask(name)
        if answer.how is How.SILENT:
            return _silent("DKIM", name)
        if found := _key(answer.records):
            return _with_key(Record(name, "TXT", found))
    return _without_key(sender, ask(f"_domainkey.{sender.domain}"))


def _selectors(sender: Sender) -> Iterable[str]:
    """The one that was named alone, else those that are usual, the service's own first."""
    if sender.selector:
        return (sender.selector,)
    own = sender.service.selectors if sender.service else ()
    return dict.fromkeys((*own, *USUAL_SELECTORS))


def _key(records: tuple[str, ...]) -> str | None:
    return next((each for each in records if re.search(r"(?:^|;)\s*p\s*=", each)), None)


def _with_key(record: Record) -> Part:
    if re.search(r"(?:^|;)\s*p\s*=\s*(?:;|$)", record.value):
        line = f"The key at {record.name} has been taken back: its p= is empty."
        mend = "Name the selector that your mail service signs with now."
        return Part(title="DKIM", done=False, line=line, mend=mend)
    return Part(title="DKIM", done=True, line="A key is there.", record=record)


def _without_key(sender: Sender, above: Texts) -> Part:
    tried = sender.selector or ", ".join(_selectors(sender))
    line = f"No key was found under {tried}."
    mend = "Your mail service signs, and shows the record to add; then type its selector below."
    if above.how in (How.EMPTY, How.FOUND):
        line += " But the domain has keys under another name."
        mend = "Type the selector below: in a mail you sent, it stands behind s= in DKIM-Signature."
    name = f"{sender.selector or 'SELECTOR'}._domainkey.{sender.domain}"
    value = "as your mail service shows it: v=DKIM1; k=rsa; p=…"
    return Part(title="DKIM", done=False, line=line, mend=mend, record=Record(name, "TXT", value))


def _dmarc(sender: Sender, ask: Ask) -> Part:
    # What the domain itself does not say, the registered domain above it says (RFC 7489, 6.6.3).
    for domain in dict.fromkeys((sender.domain, sender.organisation)):
        name = f"_dmarc.{domain}"
        answer = ask(name)
        if answer.how is How.SILENT:
            return _silent("DMARC", name)
        found = [each for each in answer.records if re.match(r"v=DMARC1\s*(;|$)", each)]
        if len(found) > 1:
            line = f"{name} has {len(found)} records, and receivers then believe none."
            return Part(title="DMARC", done=False, line=line, mend="Keep one.")
        if found:
            return _with_dmarc(Record(name, "TXT", found[0]))
    return Part(
        title="DMARC",
        done=False,
        line=f"{sender.domain} does not say what to do with mail that only pretends to be yours.",
        mend="Add this record; p=none only watches, and can become quarantine once all is well.",
        record=_wanted_dmarc(sender.domain),
    )


def _with_dmarc(record: Record) -> Part:
    policy = re.search(r";\s*p\s*=\s*(none|quarantine|reject)\s*(?:;|$)", record.value)
    if policy is None:
        domain = record.name.removeprefix("_dmarc.")
        line = "The record holds no policy (p=none, quarantine or reject)."
        mend = "Change it to this."
        wanted = _wanted_dmarc(domain)
        return Part(title="DMARC", done=False, line=line, mend=mend, record=wanted)
    line = f"The record is there; its policy is {policy[1]}."
    return Part(title="DMARC", done=True, line=line, record=record)


def _wanted_dmarc(domain: str) -> Record:
    return Record(f"_dmarc.{domain}", "TXT", f"v=DMARC1; p=none; rua=mailto:postmaster@{domain}")


def _silent(title: str, name: str) -> Part:
    line = f"No name server gave an answer about {name}."
    return Part(title=title, done=False, line=line, mend=LATER)
