"""The mails by which a set-up tries itself out, and what a mail server's answer to them means."""

import re
from typing import assert_never

from app.checkup.part import Part
from app.letters import Content
from nurture.sending import Answer, PutBack, Refused, Sent, Unknown, Unmade

TITLE = "The mail server"
NO_SIGN_IN = re.compile(r"(530|534|535|538)\b|SMTPAuthenticationError|SMTPNotSupportedError")
NO_CONNECTION = {
    "ConnectionRefusedError": "Nothing listens at that address and port.",
    "gaierror": "Its name does not resolve.",
    "TimeoutError": "It does not answer in time; many providers block port 25, so try 587 or 465.",
    "SSLCertVerificationError": "Its certificate is not trusted, or does not fit its name.",
    "SSLError": "It does not speak TLS there: smtps:// goes with port 465, smtp:// with 587.",
    "SMTPServerDisconnected": "It hung up: smtps:// goes with port 465, smtp:// with 587.",
}
SETTING = "Mend WARMLINE_SMTP_URL and start again."


def trial(site: str) -> Content:
    """The mail that shows that mail arrives."""
    lines = (
        "This Warmline can send mail: you are reading it.",
        "You asked for this on the set-up page. If it lay in your spam folder, look at SPF, DKIM and DMARC there.",
        f"{site}/setup",
    )
    return Content(subject="A test mail from Warmline", text="\n\n".join(lines) + "\n")


def offer(site: str) -> Content:
    """The mail that goes with a test offer, as a rep would get it."""
    lines = (
        "This is a test. The person is invented, and the offer goes nowhere: no report counts it.",
        "Open it on the device you work with, and take it.",
        f"{site}/setup/offer",
    )
    return Content(subject="Test: a lead for you", text="\n\n".join(lines) + "\n")


def told(answer: Answer, *, server: str, sender: str) -> Part:
    """What became of the test mail, in the server's own words where it said any."""
    match answer:
        case Sent(answer=words):
            line = f"{server} took the mail: “{words.strip()}”. Look for it in your mailbox."
            return Part(title=TITLE, done=True, line=line)
        case Unknown():
            line = f"{server} was given the mail and then said nothing. It may have arrived."
            return Part(title=TITLE, done=False, line=line, mend="Look first, then try again.")
        case Refused(words):
            line = f"{server} refused the mail: “{words.strip()}”."
            mend = f"The sender was {sender}. Set WARMLINE_MAIL_FROM to an address it lets you use."
            return Part(title=TITLE, done=False, line=line, mend=mend)
        case Unmade(reason):
            mend = "Set WARMLINE_MAIL_FROM to a plain address, such as warmline@acme.example."
            return Part(title=TITLE, done=False, line=f"No mail was made: {reason}.", mend=mend)
        case PutBack(reason):
            return _put_back(reason.strip(), server)
        case _:
            assert_never(answer)


def _put_back(reason: str, server: str) -> Part:
    if NO_SIGN_IN.match(reason):
        line = f"{server} did not take the user and password: “{reason}”."
        return Part(title=TITLE, done=False, line=line, mend=SETTING)
    if reason[:1].isdigit():
        line = f"{server} asks to wait: “{reason}”."
        return Part(title=TITLE, done=False, line=line, mend="Try again in some minutes.")
    why = NO_CONNECTION.get(reason, f"{reason}.")
    line = f"No mail could be handed to {server}. {why}"
    return Part(title=TITLE, done=False, line=line, mend=SETTING)
