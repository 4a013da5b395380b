"""The address of a lead for copies of mails: nobody guesses it, and only what is ours proves itself."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.capture_address import address, handoff_of
from prospects.ids import HandoffId

SECRET = "s" * 32
DOMAIN = "in.acme.example"
HANDOFF = HandoffId(UUID("018f0000-0000-7000-8000-000000000001"))


@given(st.uuids())
def test_an_address_leads_back_to_its_lead(handoff: UUID) -> None:
    made = address(HandoffId(handoff), secret=SECRET, domain=DOMAIN)
    assert len(made.partition("@")[0]) <= 64
    for written in (made, made.upper(), f'"Maren, the lead" <{made}>'):
        found = handoff_of(["x@y.example", written], secret=SECRET, domain=DOMAIN)
        assert found == handoff


@given(st.integers(0, 60), st.sampled_from("0123456789abcdefx"))
def test_with_one_character_changed_it_is_nobodys(place: int, other: str) -> None:
    local, _, domain = address(HANDOFF, secret=SECRET, domain=DOMAIN).partition("@")
    if local[place] == other:
        return
    forged = f"{local[:place]}{other}{local[place + 1 :]}@{domain}"
    assert handoff_of([forged], secret=SECRET, domain=DOMAIN) is None


def test_under_another_secret_or_domain_it_is_nobodys() -> None:
    made = address(HANDOFF, secret=SECRET, domain=DOMAIN)
    assert handoff_of([made], secret="t" * 32, domain=DOMAIN) is None
    assert handoff_of([made], secret=SECRET, domain="acme.example") is None


@given(st.lists(st.text(max_size=120), max_size=4))
def test_whatever_stands_among_the_recipients_is_read(written: list[str]) -> None:
    recipients = [*written, f"lead-{'é' * 56}@{DOMAIN}", f"lead-@{DOMAIN}"]
    assert handoff_of(recipients, secret=SECRET, domain=DOMAIN) is None
