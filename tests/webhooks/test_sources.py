"""What sources.yaml may say, and how a mistake is told."""

import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from ruamel.yaml import YAML

from app.pages.mail_sources import MAILS
from app.pages.source_words import SETUP
from tests.webhooks.support import GENERIC, LINKEDIN, a_source
from webhooks.kinds.registry import ADAPTERS
from webhooks.short_secrets import short_secrets
from webhooks.sources import SourceKind
from webhooks.written import SourceError, read_source


def mistakes(**entry: Any) -> list[str]:
    with pytest.raises(SourceError) as caught:
        read_source({"slug": "api", **entry})
    return [f"{each.place}|{each.reason}|{each.mend}" for each in caught.value.faults]


def test_a_mistyped_kind_is_told_the_nearest_good_one() -> None:
    assert "did you mean `linkedin_lead_gen`?" in mistakes(kind="linkedin_leadgen")[0]


def test_every_mistake_is_told_at_once_each_at_its_place() -> None:
    told = mistakes(**GENERIC, campain="x", max_body="big")
    assert [each.split("|")[0] for each in told] == ["max_body", "campain"]
    assert "did you mean `campaign`?" in told[1]


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ({"kind": "generic_json"}, "auth"),
        ({"kind": "generic_json", "auth": {"heder": "X", "value": "v"}}, "auth"),
        ({"kind": "generic_json", "auth": {"header": "X"}}, "auth.value"),
        ({"kind": "generic_json", "auth": {"header": "X Y", "value": "v"}}, "auth.header"),
        ({"kind": "generic_json", "auth": {"hmac_header": "X"}}, "auth"),
        ({**GENERIC, "map": {"a": "b c"}}, "map.a"),
        ({**GENERIC, "token": "short"}, "token"),
        ({"kind": "linkedin_lead_gen"}, "secrets"),
        ({**LINKEDIN, "api_base_url": "ftp://x"}, "api_base_url"),
        ({**LINKEDIN, "api_base_url": "https://u:p@x"}, "api_base_url"),
        ({**GENERIC, "slug": "No Slug"}, "slug"),
        ({"kind": "meta_lead_ads"}, "secrets"),
        ({"kind": "google_lead_form"}, "secrets"),
        ({"kind": "google_lead_form", "secrets": ["short"]}, "secrets"),
        ({"kind": "html_form"}, "origins"),
        ({"kind": "html_form", "origins": ["www.acme.example"]}, "origins.0"),
        ({"kind": "html_form", "origins": ["https://acme.example/demo"]}, "origins.0"),
        ({"kind": "html_form", "token": "a-long-token", "redirect": "javascript:1"}, "redirect"),
    ],
)
def test_a_mistake_is_told_at_its_place(entry: dict[str, Any], place: str) -> None:
    assert mistakes(**entry)[0].split("|")[0] == place


def test_no_mistake_repeats_a_secret() -> None:
    secret = "a-very-secret-thing"
    told = mistakes(
        **{**GENERIC, "auth": {"header": "X Y", "value": secret}, "secrets": [secret, 7]}
    )
    assert secret not in str(told)


def test_secrets_stay_out_of_what_is_printed() -> None:
    secret = "a-very-secret-thing"
    for auth in (
        {"header": "X", "value": secret},
        {"hmac_header": "X", "secret": secret},
        {"standard_webhooks": secret},
    ):
        source = a_source(auth=auth, secrets=[secret], token=secret, access_token=secret)
        assert secret not in repr(source)
        assert secret.encode() in source.hidden


def test_a_secret_shorter_than_any_is_told_where_it_stands_and_spoils_no_body() -> None:
    source = a_source(
        auth={"hmac_header": "X", "secret": ["x", "a-good-secret"]},
        secrets=["abc"],
        access_token="t",
    )
    told = {str(each) for each in short_secrets(source)}
    assert {each.split(":")[0] for each in told} == {"secrets.0", "auth.secret.0"}
    assert all("4 characters are the least" in each for each in told)
    assert source.hidden == (b"a-good-secret",)


def test_a_source_speaks_for_its_pages_by_urn_or_bare_id() -> None:
    source = read_source({"slug": "li", **LINKEDIN, "pages": [507000001]})
    assert source.speaks_for("urn:li:sponsoredAccount:507000001")
    assert not source.speaks_for("urn:li:sponsoredAccount:5")
    assert not source.speaks_for("")
    assert a_source().speaks_for("anybody")


DOCS = Path(__file__).parents[2] / "docs"


def written_in_the_documents() -> list[str]:
    """Every entry of sources.yaml that docs/sources.md and the how-to pages show."""
    pages = [DOCS / "sources.md", *sorted((DOCS / "how-to").glob("*.md"))]
    found = [
        dedent(each)
        for page in pages
        for each in re.findall(r"^ *```yaml\n(.*?)```", page.read_text(), re.DOTALL | re.MULTILINE)
    ]
    blocks = [each for each in found if each.startswith(("- {slug", "- slug", "# sources.yaml"))]
    open_ = [each.replace("${MAILBOX}", "imaps://u:p@imap.acme.example/INBOX") for each in blocks]
    return [re.sub(r"\$\{[A-Z_]+\}", "a-secret-of-some-length", each) for each in open_]


@pytest.mark.parametrize("block", written_in_the_documents())
def test_what_the_documents_tell_to_write_is_a_source(block: str) -> None:
    for entry in YAML(typ="safe").load(block):
        assert read_source(entry).active


def test_every_kind_that_brings_leads_has_a_how_to_page() -> None:
    pages = "".join(each.read_text() for each in (DOCS / "how-to").glob("*.md"))
    told = set(re.findall(r"kind: (\w+)", pages))
    assert [each for each in SETUP if each not in {*told, *MAILS}] == []


def test_every_kind_has_a_reader_and_a_set_up() -> None:
    assert set(SourceKind) == set(ADAPTERS) == set(SETUP)
