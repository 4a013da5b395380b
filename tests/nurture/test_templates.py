"""A mail's file is read whole, or refused with every mistake and its mend."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.headers import HeaderError, mailbox, one_line
from nurture.templates import MailFaultsError, read_mail, write_mail

FRONT = "---\nsubject: Hello {{ first_name | default('there') }}\nfrom: owner\n---\n"


def faults(html: str, text: str | None = None) -> str:
    with pytest.raises(MailFaultsError) as refused:
        read_mail(html, text)
    return str(refused.value)


def test_a_file_is_a_front_block_and_html() -> None:
    found = read_mail(FRONT + "<p>Hi</p>\n", "Hi")
    assert found == {
        "subject": "Hello {{ first_name | default('there') }}",
        "from": "owner",
        "html": "<p>Hi</p>\n",
        "text": "Hi",
    }


def test_a_file_written_back_reads_the_same() -> None:
    document = read_mail("---\nsubject: It's {{ name }}\nreply_to: a@acme.example\n---\n<p>Hi</p>")
    assert read_mail(*write_mail(document)) == document


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("", "subject: is missing"),
        ("subject: Hi\nform: a@b.example\n", "did you mean `from`?"),
        ("subject: Hi\nfrom: nobody\n", "not a mail address"),
        ('subject: Hi\nfrom: "a@b.example\\r\\nBcc: c@d.example"\n', "line break"),
        ('subject: "Hi\\nBcc: c@d.example"\n', "line break"),
        ("subject: '=?utf-8?q?Hi=0ABcc:_evil@x.test?='\n", "encoded word"),
        ("subject: [\n", "front block"),
        ("- subject\n", "holds no keys"),
    ],
)
def test_a_front_block_with_a_mistake_is_refused(front: str, said: str) -> None:
    assert said in faults(f"---\n{front}---\n<p>Hi</p>")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{{ frist_name }}", "did you mean `first_name`?"),
        ("{{ name | uper }}", "did you mean `upper`?"),
        ("{{ name | safe }}", "no filter or test `safe`"),
        ("{% include 'x' %}", "include"),
        ("{% autoescape false %}{{ name }}{% endautoescape %}", "autoescape"),
        ("{{ name ", "line 1"),
        ("{{ 'a' * 10**9 ", "line 1"),
        ("a\0b", "cannot be stored"),
        ("{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", "nested"),
    ],
)
def test_a_template_with_a_mistake_is_refused_before_anybody_is_mailed(
    body: str, said: str
) -> None:
    assert said in faults(FRONT + body)
    assert said in faults(FRONT + "<p>Hi</p>", body)


def test_a_file_without_a_front_block_says_how_to_begin() -> None:
    assert "begin the file with `---`" in faults("<p>Hi</p>")


def test_an_own_variable_of_a_template_is_no_mistake() -> None:
    read_mail(
        FRONT
        + "{% set a = name %}{% for b in fields.values() %}{{ a }}{{ b }}{{ loop.index }}{% endfor %}"
    )


@given(st.text(max_size=80))
def test_a_header_is_one_line_or_refused(text: str) -> None:
    try:
        kept = one_line("subject", text)
    except HeaderError:
        return
    assert kept == text
    assert len(kept.splitlines()) <= 1


@pytest.mark.parametrize("text", ["Ann <ann@acme.example>", '"Ann" <ann@acme.example>'])
def test_a_mailbox_has_a_name_and_an_address(text: str) -> None:
    assert mailbox("from", text) == ("Ann", "ann@acme.example")


@pytest.mark.parametrize(
    "text", ["", "Ann", "a@b@c.example", "a@acme.example, b@acme.example", "<a@acme.example> x"]
)
def test_what_is_no_single_address_is_refused(text: str) -> None:
    with pytest.raises(HeaderError):
        mailbox("from", text)
