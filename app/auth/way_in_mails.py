"""What the mails about a colleague's way in say: one subject, a few lines, one link."""

from datetime import datetime

from app.auth.viewer import words_of
from app.letters import Content
from app.times import moment, zone_of
from prospects.member import Member


def invitation(
    member: Member, *, host: str | None, url: str, until: datetime, now: datetime
) -> Content:
    """You may come in; `host` is who invites, if that is known."""
    who = f"{_plain(host)} invites you" if host else "You are invited"
    return _content(
        "You are invited to Warmline",
        f"{who} to Warmline, where leads are followed until somebody here has spoken with them.",
        f"You will work here as {words_of(member.roles)}. Open this link and choose a password:",
        url,
        f"It works once, until {moment(until, now, zone_of(member.zone))} ({member.zone}).",
        "If you did not expect this, you need not do anything.",
    )


def reset(url: str) -> Content:
    """You may choose another password."""
    return _content(
        "Choose a new password for Warmline",
        "Somebody asked for a new password for your account. If that was you, open this link:",
        url,
        "It works once, for one hour. When you use it, you are signed out everywhere.",
        "If it was not you, you need not do anything: your password stays as it is.",
    )


def changed(site: str) -> Content:
    """Your password is another one now."""
    return _content(
        "Your password for Warmline was changed",
        "Your password was changed just now, and you were signed out everywhere else.",
        "If that was not you, choose another one at once, and tell an administrator:",
        f"{site}/forgot",
    )


def _content(subject: str, *lines: str) -> Content:
    return Content(subject=subject, text="\n\n".join(lines) + "\n")


def _plain(name: str) -> str:
    return " ".join(name.split())[:120]
