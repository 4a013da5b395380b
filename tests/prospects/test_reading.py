"""A body is read to the letter, or refused with the reason and the place."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.reading import DEEPEST, UnreadableError, read_json


def refusal(body: bytes) -> UnreadableError:
    with pytest.raises(UnreadableError) as caught:
        read_json(body)
    return caught.value


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": [1, -2.5, true, null, "x"]}', {"a": [1, -2.5, True, None, "x"]}),
        (b"\xef\xbb\xbf{}", {}),
        (b' \n"only a text" ', "only a text"),
        (b"7", 7),
        ('{"n": "Zoë 食狮"}'.encode(), {"n": "Zoë 食狮"}),
        (b'"\\ud83d\\ude00"', "😀"),
        (b'{"id": 1800000000000005}', {"id": 1800000000000005}),
        (b"[9223372036854775807, -9223372036854775808]", [2**63 - 1, -(2**63)]),
        (b"18446744073709551615", 2**64 - 1),
        (b"[1e3, 1E-400, 0.1234567890123456789]", [1000.0, 0.0, 0.1234567890123456789]),
        (b'"%s"' % (b"9" * 5000), "9" * 5000),
        (b'"NaN 1e999 [[[ \\" {"', 'NaN 1e999 [[[ " {'),
    ],
)
def test_json_is_read(body: bytes, value: object) -> None:
    assert read_json(body) == value


def test_of_a_doubled_key_the_last_one_counts() -> None:
    assert read_json(b'{"a": 1, "a": 2}') == {"a": 2}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"score": NaN}', "score"),
        (b'{"leads": [{"score": 1}, {"score": Infinity}]}', "leads.1.score"),
        (b"-Infinity", ""),
        (b'{"lead_id": %s}' % (b"9" * 5000), "lead_id"),
        (b'{"lead_id": -%s}' % (b"9" * 5000), "lead_id"),
        (b"[0, 18446744073709551616]", "1"),
        (b"[-9223372036854775809]", "0"),
        (b'{"a": {"b": 0.%s}}' % (b"3" * 64), "a.b"),
        (b'{"a": 1e400}', "a"),
        (b'{"a": -1E+400}', "a"),
        (b'{"a": NaN, "a": 1}', ""),
    ],
)
def test_a_number_nobody_can_keep_is_refused_where_it_stands(body: bytes, place: str) -> None:
    assert refusal(body).place == place


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
def test_deep_nesting_is_refused_before_it_is_parsed(opening: bytes) -> None:
    assert "nested" in refusal(opening * 100_000).reason


def test_the_last_permitted_depth_is_read() -> None:
    assert read_json(b"[" * DEEPEST + b"]" * DEEPEST) is not None
    assert "nested" in refusal(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1)).reason


def test_breadth_is_not_depth() -> None:
    assert read_json(b"[" + b"[],{}," * 500 + b"0]") == [[], {}] * 500 + [0]
    brackets = "[{" * 500
    assert read_json(json.dumps({"text": brackets}).encode()) == {"text": brackets}


@pytest.mark.parametrize(
    "body",
    [
        b"", b" \n", b"\xef\xbb\xbf", b"{", b"}", b'{"a": 1,}', b"{'a': 1}", b"[1 2]", b"{} {}",
        b"nan", b"None", b'"open', b'"tab\there"', b'"\\x41"', b"01", b"+1", b".5", b"1.", b"\0",
        b'"\0"', b'{"a": 1} // why', b"a=1&b=2", b"<xml/>", b'{1: "a"}', "１".encode(),
    ],
)  # fmt: skip
def test_what_is_not_json_is_refused(body: bytes) -> None:
    assert refusal(body).reason


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe", '{"a": "é"}'.encode("latin-1"), '{"a": 1}'.encode("utf-16"),
     '{"a": 1}'.encode("utf-32"), '{"a": 1}'.encode("utf-16-le"), b'"\xed\xa0\x80"',
     b'"\xc0\x80"'],
)  # fmt: skip
def test_other_encodings_are_refused(body: bytes) -> None:
    assert refusal(body).reason


def test_the_place_of_a_slip_is_told_and_nothing_of_the_body() -> None:
    slip = refusal(b'{"email": "secret@example.org"\n "x": 1}')
    assert slip.place == "line 2, column 2"
    assert "secret" not in str(slip)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"email":"a\\u0000@example.org"}', {"email": "a\ufffd@example.org"}),
        (b'{"name":"\\ud800"}', {"name": "\ufffd"}),
        (b'{"name":"\\uDC00\\uD83D"}', {"name": "\ufffd\ufffd"}),
        (b'{"k\\u0000": ["\\udfff", "\\ud83d\\ude00"]}', {"k\ufffd": ["\ufffd", "😀"]}),
    ],
)
def test_what_no_store_holds_is_replaced(body: bytes, value: object) -> None:
    assert read_json(body) == value


@pytest.mark.parametrize(
    "body", [b'"' + b'\\"' * 400_000 + b"[" * 65, b'["' * 100_000, b'"\\' * 200_000 + b"{" * 70]
)
def test_no_body_makes_the_depth_check_slow(body: bytes) -> None:
    started = time.perf_counter()
    refusal(body)
    assert time.perf_counter() - started < 2


_texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _texts,
    lambda held: st.lists(held) | st.dictionaries(_texts, held),
)


@given(_values, st.booleans())
def test_what_python_writes_is_read_back(value: Any, ascii_only: bool) -> None:
    assert read_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary(max_size=200) | st.text(alphabet='{}[]":,\\u0d8 -+.eE123NaInfity').map(str.encode))
def test_no_bytes_do_anything_but_parse_or_be_refused(body: bytes) -> None:
    try:
        value = read_json(body)
    except UnreadableError:
        return
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
