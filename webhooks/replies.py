"""What somebody, or their mailbox by itself, answered to a mail: in their own words, with the day they are back. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import Message
from enum import StrEnum

from webhooks.mail_parts import header, is_of_a_server, own_words

LONGEST = 4_000
"""Characters of an answer that are kept; the mail itself is in a mailbox of ours."""
LONGEST_AWAY = timedelta(days=400)


class Says(StrEnum):
    """What a mailbox that answers by itself says."""

    AWAY = "away"
    LEFT = "left"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class ByItself:
    """An answer that nobody wrote just now. `until` is the day they are back, as far as it says one."""

    says: Says
    until: date | None = None


_SUBJECTS = re.compile(
    r"(?i)^\s*(?:re: *)?(?:\[?auto(?:matic|mated|matische)?[- ]?(?:reply|response|answer|antwort)|out of (?:the )?office|ooo\b|"
    r"abwesen|automatische antwort|réponse automatique|absence du bureau|respuesta automática|risposta automatica|"
    r"resposta automática|afwezig|automatisch antwoord|automatiskt svar|automatyczna odpowied)"
)
_LEFT = re.compile(
    r"(?i)no longer (?:with|works?|working|employed|at|part of|an? employee|an? member)|(?:has|have|'ve) left (?:the )?(?:company|organi[sz]ation|firm|our|us\b)|"
    r"left (?:the company|our company)|nicht mehr (?:für|bei|im|in|teil|beschäftigt|tätig)|unternehmen verlassen|ausgeschieden|"
    r"ne (?:travaille|fait) plus|n'est plus|a quitté|ya no (?:trabaja|forma)|non lavora più|non fa più parte|werkt niet (?:meer|langer)|já não trabalha"
)
_AWAY = re.compile(
    r"(?i)out of (?:the )?office|away (?:from|until|on)|on (?:annual |parental |sick |maternity )?(?:leave|vacation|holiday)|annual leave|"
    r"limited access to|not in the office|will (?:be back|return)|back (?:in the office|on|at)|returning|nicht im (?:büro|haus)|abwesen|im urlaub|"
    r"nicht erreichbar|wieder (?:erreichbar|im büro|da)|absent|en congés?|en vacances|de retour|fuera de la oficina|de vacaciones|fuori ufficio|in ferie|afwezig|met vakantie"
)
_BEFORE_DATE = (
    r"(?:until|till|through|back(?: in the office| at work)?(?: again)?(?: on| from)?|return(?:ing|s)?(?: to (?:the office|work))?(?: on)?|"
    r"bis(?: einschließlich)?(?: zum)?|wieder(?: erreichbar| im büro| da)?(?: ab(?: dem)?| am)|ab(?: dem)?|zurück(?: ab| am)?|"
    r"jusqu'au|de retour(?: le)?|à partir du|hasta(?: el)?|regres\w+(?: el)?|fino al?|torn\w+(?: il)?|tot(?: en met)?|terug(?: op)?)"
)
_WEEKDAY_NAMES = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
]
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier enero gennaio januari", "february feb februar février fevrier febrero febbraio februari",
            "march mar märz maerz mars marzo maart", "april apr avril abril aprile", "may mai mayo maggio mei",
            "june jun juni juin junio giugno", "july jul juli juillet julio luglio", "august aug août aout agosto augustus",
            "september sep sept septembre septiembre settembre", "october oct oktober okt octobre octubre ottobre",
            "november nov novembre noviembre", "december dec dezember dez décembre decembre diciembre dicembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_NAMED = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = re.compile(
    rf"(?i)\b{_BEFORE_DATE}[ ,:]+(?:(?:the|el|le|il|den|dem) )?(?:\w+day,? |\w+tag,? (?:(?:den|dem) )?|mittwoch,? )?"
    rf"(?:(?P<iso>\d{{4}}-\d\d-\d\d)"
    rf"|(?P<d1>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)? ?(?:de |of )?(?P<m1>{_NAMED})\b\.?,? ?(?:de )?(?P<y1>\d{{4}})?"
    rf"|(?P<m2>{_NAMED})\b\.? (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b,? ?(?P<y2>\d{{4}})?"
    rf"|(?P<d3>\d{{1,2}})[./](?P<m3>\d{{1,2}})[./]?(?P<y3>\d{{4}}|\d\d)?"
    rf"|(?P<weekday>{'|'.join(_WEEKDAY_NAMES)}))"
)
_QUOTED = re.compile(
    r"(?im)^(?:[ \t]*-{2,} ?(?:original message|ursprüngliche nachricht|message d'origine|mensaje original|forwarded message)[ -]*$|"
    r"[ \t]*_{20,}[ \t]*$|[ \t]*(?:on|am|le|el|il|op) .{5,200}(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef).{0,80}:?[ \t]*$|"
    r"[ \t]*\*?(?:from|von|de|da): .{3,200}\n[ \t]*\*?(?:sent|date|gesendet|envoyé|datum|enviado|inviato|to|an): )"
)


def by_itself(message: Message, received_at: datetime) -> ByItself | None:
    """What the mailbox says by itself; None for an answer that a person wrote."""
    submitted = str(message.get("auto-submitted", "no")).split(";")[0].strip().lower()
    suppressed = str(message.get("x-auto-response-suppress", "")).lower()
    subject = header(message, "subject")
    automatic = (
        submitted not in {"no", ""}
        or is_marked(message)
        or is_of_a_server(message)
        or ("all" in suppressed and bool(_AWAY.search(subject)))
    )
    return _said(f"{subject}\n{own_words(message)}"[:20_000], received_at) if automatic else None


def is_marked(message: Message) -> bool:
    """Whether it says of itself that it answers by itself, as mail servers' own mails never do."""
    marks = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from")
    return (
        any(message.get(each) for each in marks)
        or str(message.get("precedence", "")).strip().lower() == "auto_reply"
        or bool(_SUBJECTS.search(header(message, "subject")))
    )


def _said(words: str, received_at: datetime) -> ByItself:
    if _LEFT.search(words):
        return ByItself(Says.LEFT)
    until = back_on(words, received_at.date())
    away = until is not None or _AWAY.search(words) is not None
    return ByItself(Says.AWAY, until) if away else ByItself(Says.RECEIVED)


def back_on(words: str, today: date) -> date | None:
    """The latest day that these words name after `until`, `back on` and their like; never a past one."""
    flat = " ".join(words.split())
    return max(_days(flat, today), default=None)


def _days(words: str, today: date) -> Iterator[date]:
    for found in _DATE.finditer(words):
        day = _day(found, today)
        if day is not None and today <= day <= today + LONGEST_AWAY:
            yield day


def _day(found: re.Match[str], today: date) -> date | None:
    parts = found.groupdict()
    try:
        if parts["iso"]:
            return date.fromisoformat(parts["iso"])
        if parts["weekday"]:
            ahead = (_WEEKDAY_NAMES.index(parts["weekday"].lower()) % 7 - today.weekday()) % 7
            return today + timedelta(days=ahead or 7)
        number, month, year = _numbers(parts)
        if year is not None:
            return date(year, month, number)
        this = date(today.year, month, number)
        return this if this >= today else date(today.year + 1, month, number)
    except ValueError:
        return None


def _numbers(parts: dict[str, str | None]) -> tuple[int, int, int | None]:
    """Day, month and year. Of two numbers the one above twelve is the day; else the first is."""
    for n in ("1", "2"):
        if name := parts[f"m{n}"]:
            return int(parts[f"d{n}"] or 0), _MONTHS[name.lower()], _year(parts[f"y{n}"])
    day, month = int(parts["d3"] or 0), int(parts["m3"] or 0)
    return (month, day, _year(parts["y3"])) if month > 12 else (day, month, _year(parts["y3"]))


def _year(written: str | None) -> int | None:
    return (int(written) + 2000 if len(written) == 2 else int(written)) if written else None


def answer(message: Message) -> str:
    """What the person wrote, without the mail they answered; all of it where nothing would remain."""
    whole = own_words(message).replace("\r\n", "\n").strip()
    quoted = _QUOTED.search(whole)
    above = whole[: quoted.start()] if quoted else whole
    own = "\n".join(line for line in above.split("\n") if not line.lstrip().startswith(">")).strip()
    return (own or whole)[:LONGEST]
