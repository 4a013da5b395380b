"""The page that asks once more for one text that its field did not hold, as it was typed, with what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from app.pages.mistake import Mistake, as_counted, too_long
from prospects.texts import replace_unstorable


@dataclass(frozen=True, slots=True, kw_only=True)
class OneText:
    """A form of one text that has no page of its own: its field, and what this page is called if it is asked again.

    `what` is the text in a sentence, `longest` the characters it may have.
    """

    name: str
    label: str
    what: str
    longest: int
    title: str
    button: str

    def typed(self, sent: Mapping[str, str]) -> str:
        """What was typed, fit for every store."""
        return str(replace_unstorable(as_counted(sent.get(self.name, "")).strip()))

    def too_long(self, text: str) -> Mistake | None:
        """What to say of a text that does not fit."""
        return too_long(text, self.longest, self.what)


@dataclass(frozen=True, slots=True)
class Again:
    """Such a form as it came; `hidden` is what else was sent."""

    of: OneText
    text: str
    mistake: Mistake
    back: str
    url: str
    hidden: Mapping[str, str]

    @property
    def mistakes(self) -> Mapping[str, Mistake]:
        """By field."""
        return {self.of.name: self.mistake}

    def value(self, name: str, turn: int = 0) -> str:
        """What was typed."""
        return self.text


def ask(
    of: OneText, text: str, mistake: Mistake, *, back: str, url: str, hidden: Mapping[str, str]
) -> ResponseReturnValue:
    """Show it; nothing was done. `url` takes the form, `back` leads to where it was."""
    form = Again(of, text, mistake, back, url, hidden)
    return render_template("again.html", form=form), 422
