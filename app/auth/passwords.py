"""Passwords: which are refused, how they are kept, and how one is checked without saying who exists."""

import re
from datetime import datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from app.auth.rows import PasswordRow
from prospects.ids import MemberId
from prospects.member import Member
from prospects.store import upsert
from prospects.team import by_email

SHORTEST, LONGEST = 15, 1000  # characters; 15 without a second factor: NIST SP 800-63B-4, 3.1.1.2
FEWEST_DIFFERENT = 6
FEWEST_OWN = 3
COUNTING = "01234567890123456789 98765432109876543210"

# Nothing here is guessed first by chance: rows of keys, and what people write to reach a length.
WORN_OUT = (
    "password", "passwort", "motdepasse", "contrasena", "letmein", "welcome", "iloveyou", "admin",
    "administrator", "warmline", "changeme", "secret", "qwerty", "qwertz", "azerty", "asdfgh",
    "yxcvbn", "zxcvbn", "abcdefghijklmnopqrstuvwxyz", "0123456789", "1234567890", "9876543210",
    "correcthorsebatterystaple", "thequickbrownfox", "loremipsum", "dragon", "monkey", "football",
    "sunshine", "princess", "master", "login", "test", "user", "please", "enter", "this", "is",
    "my", "the", "a", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1q2w3e4r5t6y7u8i9o0p",
    "jumpsoverthelazydog", "dolorsitamet", "hello", "world", "company", "sales", "summer",
    "winter", "spring", "autumn", "january", "monday",
)  # fmt: skip


def weakness(password: str, *, email: str = "", name: str = "") -> str | None:
    """Why this password is refused, as a sentence that says what would be right; None if it is good."""
    if len(password) < SHORTEST:
        return f"The password needs at least {SHORTEST} characters; a short sentence will do."
    if len(password) > LONGEST:
        return f"The password may have at most {LONGEST} characters."
    if len(set(password)) < FEWEST_DIFFERENT:
        return "The password repeats a few characters; use several words instead."
    if len(_own_words(password, email, name)) < FEWEST_OWN:
        return "The password is one of the first that are guessed; use words of your own."
    return None


def _own_words(password: str, email: str, name: str) -> str:
    """What remains of a password without worn-out words, the person's own names, and counting."""
    known = {*WORN_OUT, *re.split(r"\W+", f"{email} {name}".casefold())}
    words = [word for word in re.split(r"[\W_]+", password.casefold()) if word not in known]
    rest = " ".join(words)
    for word in sorted(known, key=len, reverse=True):
        rest = rest.replace(word, " ") if len(word) > 2 else rest
    counted = re.sub(r"\d+", lambda run: "" if run[0] in COUNTING else run[0], rest)
    return re.sub(r"\s", "", counted)


def keep(session: Session, member_id: MemberId, password: str, now: datetime) -> None:
    """Set a colleague's password."""
    row = {"member_id": member_id, "hash": generate_password_hash(password), "changed_at": now}
    upsert(session, PasswordRow, [row], on=["member_id"])


def check(session: Session, email: str, password: str) -> Member | None:
    """The active colleague this e-mail and password belong to.

    Takes as long for an unknown e-mail as for a wrong password, so that nobody learns who works here.
    """
    member = by_email(session, email) if "\0" not in email else None
    kept = _hash_of(session, member.id) if member and member.active else None
    right = check_password_hash(kept or _nobody(), password[:LONGEST])
    return member if kept and right else None


def matches(session: Session, member_id: MemberId, password: str) -> bool:
    """Whether this is the colleague's password."""
    return check_password_hash(_hash_of(session, member_id) or _nobody(), password[:LONGEST])


def _hash_of(session: Session, member_id: MemberId) -> str | None:
    statement = select(PasswordRow.hash).where(PasswordRow.member_id == member_id)
    return session.execute(statement).scalar_one_or_none()


@cache
def _nobody() -> str:
    """A hash that no password has: hashed from what no form can send."""
    return generate_password_hash("\0nobody\0")
