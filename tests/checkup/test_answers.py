"""What a mail server's or a site's answer to a look means, in words that say what to do next."""

import pytest

from app.checkup import mails, site
from app.checkup.part import Part
from nurture.sending import Answer, PutBack, Refused, Sent, Unknown, Unmade

ORIGIN = "https://warmline.acme.example"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Refused("550 sender not allowed"), "“550 sender not allowed”"),
        (PutBack("451 greylisted"), "asks to wait"),
        (PutBack("535 wrong"), "did not take the user and password"),
        (PutBack("ConnectionRefusedError"), "Nothing listens"),
        (PutBack("gaierror"), "does not resolve"),
        (PutBack("no TLS is offered, so no password is sent"), "no TLS is offered"),
        (Unknown("no answer"), "may have arrived"),
        (Unmade("the from is not a mail address"), "not a mail address"),
    ],
)
def test_every_answer_that_is_no_yes_says_why_and_what_to_do(answer: Answer, says: str) -> None:
    part = mails.told(answer, server="mail.acme.example:587", sender="a@acme.example")
    assert not part.done
    assert says in part.line
    assert part.mend


def test_a_yes_is_told_in_the_servers_own_words() -> None:
    part = mails.told(Sent("smtp", "250 queued as 7"), server="m:25", sender="a@acme.example")
    assert part.done
    assert "250 queued as 7" in part.line


def test_only_who_holds_the_secret_can_prove_to_be_this_site() -> None:
    assert site.proof("a" * 40, "0" * 32) != site.proof("b" * 40, "0" * 32)
    assert site.proof("a" * 40, "0" * 32) != site.proof("a" * 40, "1" * 32)
    assert not site.own_request(ORIGIN, 200, "", proven=False).done
    assert "not this Warmline" in site.own_request(ORIGIN, 200, "", proven=False).line


@pytest.mark.parametrize(
    ("seen", "done"),
    [
        (ORIGIN, True),
        ("http://warmline.acme.example", False),
        ("https://other.example", False),
        (f"{ORIGIN}.evil.example", False),
    ],
)
def test_a_visit_counts_only_at_the_public_address_by_https(seen: str, *, done: bool) -> None:
    assert site.your_request(ORIGIN, seen).done is done


def test_either_way_in_is_enough_but_never_in_the_clear() -> None:
    good, bad = Part(title="x", done=True, line=""), Part(title="y", done=False, line="")
    assert site.reached(ORIGIN, [bad, good])
    assert not site.reached(ORIGIN, [bad, bad])
    assert not site.reached("http://warmline.acme.example", [good, good])
