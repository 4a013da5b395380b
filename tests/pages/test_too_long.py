"""A text that its field does not hold is never cut off in silence: it is shown again whole, with the limit."""

from collections.abc import Callable

import pytest

from app.database import Database
from app.pages import condition_form
from app.pages.condition_line import Known
from app.pages.mistake import too_long
from prospects.member import Role
from tests.pages import test_duplicates as pairs
from tests.pages import test_models as kept_models
from tests.pages import test_rep as reps
from tests.pages import test_steered as steered
from tests.pages.conftest import Visitor
from tests.pages.test_rep import accept

two, card = pairs.two, kept_models.card
rep, lead = reps.rep, reps.lead
mia, ann = steered.mia, steered.ann
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

LONG = "why " * 600 + "END"
HERE = f"{len(LONG):,} characters long"


def shown_again(page: str, most: str) -> None:
    assert HERE in page
    assert f"at most {most} fit" in page
    assert LONG in page, "nothing that was typed is lost"


def test_what_fits_is_no_mistake(database: Database) -> None:
    assert too_long("x" * 500, 500, "The reason") is None
    found = too_long("x" * 1501, 500, "The reason")
    assert found
    assert found.reason == "The reason is 1,501 characters long, and at most 500 fit."
    assert found.mend == "Take 1,001 away."


def test_of_a_model(mia: Visitor, card: str) -> None:
    url = f"/scoring/models/{card}"
    mia.send(url, f"{url}/approval")
    answer = mia.send(url, f"{url}/activation", reason=LONG)
    assert answer.status_code == 422
    shown_again(answer.text, "500")
    assert "trying itself in the shadow" in mia.see(url), "nothing was done"


def test_about_a_person(mia: Visitor, ann: str) -> None:
    answer = mia.send(ann, f"{ann}/profiling", given="0", said=LONG)
    assert answer.status_code == 422
    shown_again(answer.text, "500")
    assert "They do not want to be profiled</span>" not in mia.see(ann)
    asked = {"value": "0.5", "days": "3", "reason": LONG}
    for answer in (
        mia.send(f"{ann}/override", f"{ann}/override", **asked),
        mia.client.get(f"{ann}/override", query_string=asked),
    ):
        assert answer.status_code == 422
        assert "in 3 to 500 letters" in answer.text
        assert LONG in answer.text


def test_of_two_who_are_one(mia: Visitor, two: tuple[str, str]) -> None:
    one, other = two
    page = f"/people/{one}/merge"
    answer = mia.send(page, page, other=other, why=LONG)
    assert answer.status_code == 422
    shown_again(answer.text, "500")
    assert f'name="other" value="{other}"' in answer.text
    assert mia.send(page, page, other=other, why="one desk").status_code == 303


def test_of_a_lead(rep: Visitor, lead: str) -> None:
    passed = rep.send(f"{lead}/decline", f"{lead}/decline", reason="no_time", note=LONG)
    shown_again(passed.text, "2,000")
    assert 'value="no_time" required checked' in passed.text
    accept(rep, lead)
    shown_again(rep.send(lead, f"{lead}/note", text=LONG).text, "2,000")
    # A browser counts the end of a line once and sends it as two characters.
    fits = "\r\n".join(["line"] * 400)
    assert rep.send(lead, f"{lead}/note", text=fits).status_code == 303
    ended = rep.send(f"{lead}/outcome", f"{lead}/outcome", result="lost", reason=LONG)
    assert ended.status_code == 422
    shown_again(ended.text, "500")
    fits = "\r\n".join(["line"] * 100)
    ended = rep.send(f"{lead}/outcome", f"{lead}/outcome", result="lost", reason=fits)
    assert "characters long" not in ended.text


def test_of_who_will_be_away(rep: Visitor) -> None:
    days = {"member": "", "from": "2026-05-04", "until": "2026-05-05"}
    shown_again(rep.send("/absences", "/absences", reason=LONG, **days).text, "200")


def test_of_a_condition_and_a_segment(
    visitor: Callable[[], Visitor], hire: Callable[..., str]
) -> None:
    typed = condition_form.read({"f1": "country", "o1": "eq", "v1": LONG}, longest=100)
    part, mistake = condition_form.understand(typed, Known()).slips[0]
    assert (part, typed.lines[0].value) == ("value", LONG)
    assert "at most 200 fit" in mistake.reason
    typed = condition_form.read({"if": LONG}, longest=100)
    assert "at most 100 fit" in condition_form.understand(typed, Known()).mistakes[0].reason
    mia = visitor().sign_in(hire("mia@us.example", Role.MARKETER))
    answer = mia.send(
        "/segment-editor", "/segment-editor", name=LONG, f1="country", o1="eq", v1="DE"
    )
    shown_again(answer.text, "200")
