"""People and companies are recognised by one form of each address, number and domain."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.identities import (
    Email,
    company_domain,
    domain_of,
    is_disposable,
    is_free_mail,
    normalise_email,
    normalise_linkedin_url,
    normalise_phone,
    normalise_platform_id,
    read_email,
    registrable_domain,
)

SUITES = Path(__file__).parents[3] / "shared" / "suites"


def suite(path: str) -> str:
    if not (SUITES / path).exists():
        pytest.skip(f"the suite is not here ({SUITES / path})")
    return (SUITES / path).read_text(encoding="utf-8")


def test_an_address_is_recognised_in_any_case_and_shown_as_typed() -> None:
    assert read_email(" Zoe.Müller@Acme.EXAMPLE ") == Email(
        "zoe.müller@acme.example", "Zoe.Müller@Acme.EXAMPLE", "acme.example"
    )


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("JEFF@臺網中心.tw", "jeff@xn--fiqq24b10vi0d.tw"),
        ("jeff@xn--fiqq24b10vi0d.tw", "jeff@xn--fiqq24b10vi0d.tw"),
        ("a+tag@example.org", "a+tag@example.org"),
        ('"Quoted Part"@example.org', '"quoted part"@example.org'),
    ],
)
def test_the_key_is_one_for_all_spellings(typed: str, key: str) -> None:
    assert normalise_email(typed) == key


@pytest.mark.parametrize(
    "typed",
    ["", " ", "@", "x", "a@b", "a@localhost", "a@x.test", "a\0@example.org", "a\ufffd@example.org",
     "\ud800@example.org", "a@example.org\nBcc: b@example.org", "a@[10.0.0.1]", "a@@example.org",
     "Zoe <zoe@example.org>", "a@example..org", "x" * 65 + "@example.org", "a@" + "b." * 400 + "org",
     "javascript:alert(1)", "a@example.org,b@example.org"],
)  # fmt: skip
def test_what_is_no_address_has_no_key(typed: str) -> None:
    assert normalise_email(typed) is None


def test_the_suite_of_addresses_gets_the_same_verdicts() -> None:
    cases = json.loads(suite("07-email-validator/syntax_cases.json"))
    good = [
        case[0]
        for name in ("test_email_valid", "test_email_valid_intl_local_part",
                     "test_email_valid_only_if_quoted_local_part")
        for case in cases[name]
        if "<" not in case[0]  # display names, which a field for an address does not take
    ]  # fmt: skip
    bad = [
        case[0]
        for name in ("test_email_invalid_syntax", "test_email_invalid_syntax_strict",
                     "test_email_invalid_reserved_domain")
        for case in cases[name]
    ]  # fmt: skip
    assert [address for address in good if normalise_email(address) is None] == []
    # A blank at the end is a slip of the finger, and is taken off.
    wrong = [address for address in bad if normalise_email(address) is not None]
    assert [address for address in wrong if address == address.strip()] == []
    assert len(good) > 30
    assert len(bad) > 80


@given(st.text(max_size=40) | st.emails() | st.from_regex(r"[^@]{1,10}@[a-zöß.]{1,12}\.(de|com)"))
def test_a_key_is_its_own_key(text: str) -> None:
    key = normalise_email(text)
    assert key is None or (normalise_email(key) == key and normalise_email(key.upper()) is not None)


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("030 901820", "DE", "+4930901820"),
        ("+49 (0)30 / 90 18 20", None, "+4930901820"),
        ("0049 30 901820", "de", "+4930901820"),
        ("+441632960011", None, "+441632960011"),
        ("(202) 555-0143 ext. 7", "US", "+12025550143"),
        ("030 901820", None, None),
        ("030 901820", "XX", None),
        ("0000000000", "US", None),
        ("+11111111111", None, None),
        ("12", "DE", None),
        ("+49", "DE", None),
        ("call me", "DE", None),
        ("", None, None),
        ("9" * 1000, "US", None),
        ("\0", "", None),
    ],
)
def test_a_number_is_e164_or_nothing(typed: str, country: str | None, number: str | None) -> None:
    assert normalise_phone(typed, country) == number


@given(st.text(max_size=30), st.none() | st.text(max_size=3))
def test_no_text_breaks_the_reading_of_numbers(text: str, country: str | None) -> None:
    number = normalise_phone(text, country)
    assert number is None or normalise_phone(number) == number


def test_the_suite_of_suffixes_gets_the_same_domains() -> None:
    lines = suite("10-publicsuffix/tests/test_psl.txt").splitlines()
    call = re.compile(r"checkPublicSuffix\((null|'.*?'), (null|'.*?')\);")
    cases = [match.groups() for line in lines if (match := call.match(line))]
    assert len(cases) > 70
    for asked, wanted in cases:
        if asked == "null":
            continue
        expected = None if wanted == "null" else wanted.strip("'").encode("idna").decode()
        assert registrable_domain(asked.strip("'")) == expected, asked


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("Zoe@Mail.Acme.CO.UK", "acme.co.uk"),
        ("www.acme.example.", "acme.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("10.0.0.1", None),
        ("::1", None),
        ("a b.example", None),
        ("-a.example", None),
        ("xn--.example", None),
        ("a..example", None),
        ("x" * 64 + ".example", None),
        ("\0.example", None),
        ("", None),
        ("@", None),
    ],
)
def test_a_domain_is_what_somebody_registered(text: str, domain: str | None) -> None:
    assert registrable_domain(text) == domain


@given(st.text(max_size=30) | st.from_regex(r"[a-zöß0-9@.-]{1,30}"))
def test_a_registrable_domain_is_its_own(text: str) -> None:
    domain = registrable_domain(text)
    assert domain is None or (domain.isascii() and registrable_domain(domain) == domain)


@pytest.mark.parametrize("domain", ["gmail.com", "GMX.de", "yahoo.co.uk", "t-online.de", "qq.com"])
def test_free_mail_is_known(domain: str) -> None:
    assert is_free_mail(domain)
    assert company_domain(f"zoe@{domain}") is None


def test_disposable_mail_is_known() -> None:
    assert is_disposable("mailinator.com")
    assert is_disposable("x.mailinator.com")
    assert not is_disposable("acme.example")
    assert not is_free_mail("")
    assert company_domain("zoe@mailinator.com") is None


@pytest.mark.parametrize(
    ("email", "website", "domain"),
    [
        ("zoe@eu.acme.example", None, "acme.example"),
        ("zoe@acme.example", "https://other.example", "acme.example"),
        ("zoe@gmail.com", "https://www.acme.example/about?x=1", "acme.example"),
        ("zoe@gmail.com", "acme.example:8080/path", "acme.example"),
        (None, "user:pw@www.acme.example", "acme.example"),
        ("zoe@gmail.com", "https://www.linkedin.com/company/acme", None),
        ("zoe@linkedin.com", None, "linkedin.com"),
        ("zoe@gmail.com", "gmail.com", None),
        ("zoe@gmail.com", "http://[::1", None),
        ("zoe@gmail.com", "n/a", None),
        ("nonsense", None, None),
        (None, None, None),
    ],
)
def test_a_company_is_told_by_its_own_domain(
    email: str | None, website: str | None, domain: str | None
) -> None:
    assert company_domain(email, website) == domain


def test_the_domain_of_an_address_is_ascii() -> None:
    assert domain_of("a@Bücher.example") == "xn--bcher-kva.example"
    assert domain_of("nothing") is None


def test_ids_of_platforms_are_texts() -> None:
    assert normalise_platform_id(1800000000000005) == "1800000000000005"
    assert normalise_platform_id(" AbC ") == "AbC"
    assert [normalise_platform_id(bad) for bad in ("", "a\0", "x" * 501, 10**5000)] == [None] * 4


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("https://www.linkedin.com/in/Ada-Lovelace-123/", "in/ada-lovelace-123"),
        ("LinkedIn.com/IN/ada?trk=x", "in/ada"),
        ("https://de.linkedin.com/in/m%C3%BCller/en", "in/müller"),
        ("https://www.linkedin.com/in/ada/details/experience", "in/ada"),
        ("https://linkedin.com/company/acme", None),
        ("https://evil.example/linkedin.com/in/ada", None),
        ("in/ada", None),
        ("https://www.linkedin.com/in/", None),
        ("https://[", None),
    ],
)
def test_a_profile_on_linkedin_has_one_key_however_it_is_written(
    typed: str, key: str | None
) -> None:
    assert normalise_linkedin_url(typed) == key
