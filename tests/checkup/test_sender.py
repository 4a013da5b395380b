"""What is found in DNS about a sending domain, asked over the wire of a name server on loopback."""

from collections.abc import Sequence

import pytest

from app.checkup.names import asker
from app.checkup.part import Part, kept, part_of
from app.checkup.sender import Sender, look
from tests.support.names import NameServer

DOMAIN = "acme.example"
SPF = "v=spf1 include:_spf.google.com ~all"
KEY = "v=DKIM1; k=rsa; p=" + "MIIBIjANBgkq" * 33
DMARC = "v=DMARC1; p=reject; rua=mailto:d@acme.example"
ALL = {DOMAIN: [SPF], f"google._domainkey.{DOMAIN}": [KEY], f"_dmarc.{DOMAIN}": [DMARC]}


def looked(
    texts: dict[str, Sequence[str]], mute: Sequence[str] = (), **changes: str
) -> dict[str, Part]:
    who = {"domain": DOMAIN, "organisation": DOMAIN, "server": "smtp.gmail.com", **changes}
    with NameServer(texts, mute) as server:
        return {part.title: part for part in look(Sender(**who), asker(server.address))}


def test_all_three_records_tick_and_are_shown() -> None:
    found = looked({**ALL, DOMAIN: ["some-site-verification=1", SPF]})
    assert [part.done for part in found.values()] == [True, True, True]
    assert found["DKIM"].record
    assert found["DKIM"].record.value == KEY, "a key longer than 255 bytes is put together again"
    assert "reject" in found["DMARC"].line


def test_what_is_missing_comes_with_the_exact_record_to_add() -> None:
    found = looked({"unrelated.example": ["x"], DOMAIN: ["hello"]})
    assert not any(part.done for part in found.values())
    records = {title: part.record for title, part in found.items()}
    assert records["SPF"]
    assert records["SPF"].value == SPF
    assert records["DMARC"]
    assert records["DMARC"].name == "_dmarc.acme.example"
    assert records["DMARC"].value.startswith("v=DMARC1; p=none;")
    assert all(part_of(kept(part)) == part for part in found.values())


@pytest.mark.parametrize(
    ("records", "says"),
    [
        ([SPF, "v=spf1 -all"], "2 SPF records"),
        (["v=spf1 +all"], "everybody"),
        (["v=spf1 mx -all"], "does not name Google Workspace"),
        (["v=spf10 -all"], "does not say which servers"),
    ],
)
def test_an_spf_record_that_does_not_do_is_told_why(records: list[str], says: str) -> None:
    part = looked({**ALL, DOMAIN: records})["SPF"]
    assert not part.done
    assert says in part.line


def test_an_spf_record_is_mended_without_losing_who_else_may_send() -> None:
    part = looked({**ALL, DOMAIN: ["v=spf1 mx a:shop.acme.example -all"]})["SPF"]
    assert part.record
    assert part.record.value == "v=spf1 include:_spf.google.com mx a:shop.acme.example -all"


def test_ones_own_mail_server_is_named_in_the_record_to_add() -> None:
    part = looked({DOMAIN: ["x"]}, server="mail.acme.example")["SPF"]
    assert part.record
    assert part.record.value == "v=spf1 a:mail.acme.example ~all"


def test_a_key_under_a_name_of_its_own_is_found_when_it_is_named() -> None:
    texts = {**ALL, f"acme2026._domainkey.{DOMAIN}": [KEY]}
    del texts[f"google._domainkey.{DOMAIN}"]
    unnamed = looked(texts)["DKIM"]
    assert not unnamed.done
    assert "keys under another name" in unnamed.line
    assert looked(texts, selector="acme2026")["DKIM"].done


def test_a_key_that_was_taken_back_does_not_count() -> None:
    part = looked({**ALL, f"google._domainkey.{DOMAIN}": ["v=DKIM1; p="]})["DKIM"]
    assert not part.done
    assert "taken back" in part.line


def test_a_subdomain_is_covered_by_the_policy_of_the_domain_above() -> None:
    texts = {f"mail.{DOMAIN}": [SPF], f"_dmarc.{DOMAIN}": [DMARC]}
    assert looked(texts, domain=f"mail.{DOMAIN}")["DMARC"].done


def test_a_policy_that_says_nothing_does_not_count() -> None:
    assert not looked({**ALL, f"_dmarc.{DOMAIN}": ["v=DMARC1; rua=mailto:x@y.example"]})[
        "DMARC"
    ].done


def test_a_domain_that_is_not_there_is_said_to_be_so() -> None:
    assert "not in DNS at all" in looked({"other.example": ["x"]})["SPF"].line


def test_a_name_server_that_stays_silent_is_not_taken_for_a_missing_record() -> None:
    part = looked(ALL, mute=[DOMAIN])["SPF"]
    assert not part.done
    assert "No name server gave an answer" in part.line
    assert part.record is None
