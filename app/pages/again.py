"""The page that asks once more for one text that its field did not hold, as it was typed, with what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import render_template
from flask.typing import ResponseReturnValue

from app.pages.mistake import Mistake


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """One text of a form that has no page of its own; `hidden` is what else was sent."""

    title: str
    back: str
    url: str
    name: str
    label: str
    text: str
    mistake: Mistake
    button: str
    hidden: Mapping[str, str] = field(default_factory=dict)

    @property
    def mistakes(self) -> Mapping[str, Mistake]:
        """By field."""
        return {self.name: self.mistake}

    def value(self, name: str, turn: int = 0) -> str:
        """What was typed."""
        return self.text


def ask(form: Again) -> ResponseReturnValue:
    """Show it; nothing was done."""
    return render_template("again.html", form=form), 422
