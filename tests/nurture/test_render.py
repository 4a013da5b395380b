"""Templates are written by marketers and filled with what strangers typed; neither can do harm."""

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest

from nurture.render import Rendered, Renderer, RenderError
from nurture.templates import MailTemplate

VALUES = {
    "name": "Ada Lovelace",
    "first_name": "Ada",
    "company": "Acme",
    "fields": {"size": "50"},
    "person": {"name": "Ada Lovelace"},
    "unsubscribe_url": "https://warm.example/u/token",
}


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    made = Renderer()
    yield made
    made.close()


def mail(**parts: Any) -> MailTemplate:
    return MailTemplate.model_validate({"subject": "Hello", "html": "<p>Hi</p>", **parts})


def render(renderer: Renderer, values: dict[str, Any] | None = None, **parts: Any) -> Rendered:
    return renderer.render(mail(**parts), VALUES | (values or {}))


def test_a_mail_is_filled_with_the_persons_values(renderer: Renderer) -> None:
    found = render(renderer, subject="For {{ first_name }}", html="<p>{{ company }} & co</p>")
    assert found.subject == "For Ada"
    assert "Acme" in found.html


def test_what_a_person_typed_is_escaped_in_html_and_plain_in_text_and_subject(
    renderer: Renderer,
) -> None:
    typed = {"name": "<script>alert(1)</script> & Söhne"}
    found = render(
        renderer, typed, subject="{{ name }}", html="<p>{{ name }}</p>", text="{{ name }}"
    )
    assert "<script>" not in found.html
    assert found.subject == typed["name"]
    assert typed["name"] in found.text


def test_a_value_that_is_not_known_stops_the_mail_instead_of_printing_none(
    renderer: Renderer,
) -> None:
    with pytest.raises(RenderError, match="title"):
        render(renderer, html="Dear {{ title }}")
    with pytest.raises(RenderError):
        render(renderer, {"fields": {"size": None}}, html="{{ fields.size }}")
    assert "Dear you" in render(renderer, html="Dear {{ title | default('you') }}").html
    assert "Dear you" in render(renderer, html="Dear {{ title or 'you' }}").html


def test_the_text_part_is_made_from_the_html(renderer: Renderer) -> None:
    html = (
        "<html><head><style>p{color:red}</style></head><body><h1>News</h1>"
        "<p>Read <a href='https://acme.example/guide'>the guide</a>.</p><p>Bye</p></body></html>"
    )
    text = render(renderer, html=html).text
    assert "Read the guide <https://acme.example/guide>." in text
    assert "color" not in text
    assert text.index("News") < text.index("Read") < text.index("Bye")


def test_styles_are_put_inline_and_no_sheet_is_fetched(renderer: Renderer) -> None:
    html = (
        "<html><head><link rel='stylesheet' href='http://127.0.0.1:9/x.css'>"
        "<style>p{color:red}</style></head><body><p>Hi</p></body></html>"
    )
    assert '<p style="color: red;">' in render(renderer, html=html).html


def test_a_mail_without_a_way_out_gets_one_in_both_parts(renderer: Renderer) -> None:
    found = render(renderer, html="<html><body><p>Hi</p></body></html>", text="Hi")
    assert VALUES["unsubscribe_url"] in found.html
    assert str(VALUES["unsubscribe_url"]) in found.text
    own = render(renderer, html="<p>Hi <a href='{{ unsubscribe_url }}'>stop</a></p>")
    assert own.html.count("/u/token") == 1


MANY = "[" + "1," * 3000 + "]"
HUNGRY = [
    "{{ 'a' * 10**9 }}",
    "{{ 'a' * 1000000000 }}",
    "{{ 1000000000 * 'a' }}",
    "{{ [1] * 1000000000 }}",
    "{{ 9 ** 9 ** 9 ** 9 }}",
    "{{ 'a'.ljust(10**9) }}",
    "{{ 'a'.zfill(1000000000) }}",
    "{{ '{:>1000000000}'.format(1) }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '%1000000000d'|format(1) }}",
    "{{ 'a' | center(1000000000) }}",
    "{{ 'a\nb' | indent(1000000000) }}",
    "{{ 'x' | wordwrap(1000000000) }}",
    "{% macro m(n) %}{{ m(n) }}{% endmacro %}{{ m(1) }}",
    "{% set a = 'xxxxxxxx' %}" + "{% set a = a ~ a ~ a ~ a ~ a ~ a ~ a ~ a %}" * 10 + "{{ a }}",
    "{% set a = 'xxxxxxxx' %}" + "{% set a = a | replace('x', 'xxxxxxxxxx') %}" * 9 + "{{ a }}",
    "{% set r = " + MANY + " %}{% for x in r %}{% for y in r %}{% for z in r %}{% if z == 2 %}a"
    "{% endif %}{% endfor %}{% endfor %}{% endfor %}",
    "{% set r = " + MANY + " %}{{ r | map('string') | list }}",
    "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "{{ lipsum(n=200000) }}",
]


@pytest.mark.parametrize("html", HUNGRY)
def test_a_hungry_template_fails_soon_and_harms_nobody(renderer: Renderer, html: str) -> None:
    started = time.monotonic()
    with pytest.raises(RenderError):
        render(renderer, html=html)
    assert time.monotonic() - started < 6
    assert "Acme" in render(renderer, html="{{ company }}").html


def test_a_mail_beyond_a_mebibyte_is_refused(renderer: Renderer) -> None:
    big = "{% set r = " + MANY + " %}{% for x in r %}" + "x" * 1000 + "{% endfor %}"
    with pytest.raises(RenderError, match="1 MiB"):
        render(renderer, html=big)


NOSY = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ name.__class__ }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__.os.environ }}",
    "{{ lipsum.__globals__ }}",
    "{{ joiner }}",
    "{{ namespace() }}",
    "{{ range(10) }}",
    "{{ dict(a=1) }}",
    "{{ config }}",
    "{{ request }}",
    "{{ env('PATH') }}",
    "{{ ()|attr('__class__') }}",
    "{{ '{0.__class__}'.format(1) }}",
    "{{ '{0.__class__}'.format_map({}) }}",
    "{{ ['__class__']|map(attribute='x')|list }}",
    "{{ name|safe }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{{ fields.pop('size') }}",
    "{{ fields.update({'a': 1}) }}",
]


@pytest.mark.parametrize("html", NOSY)
def test_no_template_reaches_the_program(renderer: Renderer, html: str) -> None:
    with pytest.raises(RenderError) as refused:
        render(renderer, html=html)
    assert "root:" not in str(refused.value)


def test_the_child_knows_no_secret(renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMLINE_SECRET_KEY", "s3cret-s3cret")
    fresh = Renderer()
    try:
        render(fresh)
        assert fresh._child is not None
        with open(f"/proc/{fresh._child.pid}/environ", "rb") as environ:
            assert b"s3cret" not in environ.read()
    finally:
        fresh.close()


def test_a_killed_child_costs_one_mail(renderer: Renderer) -> None:
    render(renderer)
    assert renderer._child is not None
    os.kill(renderer._child.pid, 9)
    renderer._child.wait()
    assert render(renderer).subject == "Hello"


@pytest.mark.parametrize(
    "name",
    [
        "=?utf-8?q?Hi=0ABcc:_evil@x.test?=",
        "=?UTF-8?B?SGkKQmNjOiBldmlsQHgudGVzdA==?=",
        "Hi =?iso-8859-1?Q?=0d=0aBcc:x?= there",
        "a\x00b",
        "a" * 501,
    ],
)
def test_a_name_that_would_add_a_header_stops_the_mail(renderer: Renderer, name: str) -> None:
    with pytest.raises(RenderError, match="subject"):
        render(renderer, {"name": name}, subject="For {{ name }}")


def test_a_line_break_in_a_name_becomes_a_space_in_the_subject(renderer: Renderer) -> None:
    found = render(renderer, {"name": "Ada\r\nBcc: x@y.test"}, subject="{{ name }}")
    assert found.subject == "Ada Bcc: x@y.test"
