"""A flow as a marketer writes it: who enters, who leaves, and the steps between. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    model_validator,
)
from pydantic_core import PydanticCustomError

from nurture.part import Part, Slug
from nurture.setting import Setting
from nurture.splitting import Split
from prospects.conditions import Condition, Sight, Where, compile_tree, compile_where
from prospects.durations import Duration
from prospects.faults import listed, nearest
from prospects.kinds import Kind, Verdict
from prospects.values import Activity

ACTIONS = ("mail", "wait", "wait_for", "branch", "split", "set", "hand_off", "exit")
MOST_STEPS = 300


def _lasting(duration: timedelta) -> timedelta:
    if duration < timedelta(seconds=1):
        raise PydanticCustomError("duration", "it must last at least a second, like 1s or 2d")
    return duration


def _kind(written: object) -> object:
    if isinstance(written, str) and written not in set(Kind):
        mend = nearest(written, frozenset(Kind))
        raise PydanticCustomError(
            "kind", "`{kind}` is not an activity; {mend}", {"kind": written[:60], "mend": mend}
        )
    return written


ActivityKind = Annotated[Kind, BeforeValidator(_kind)]
Lasting = Annotated[Duration, AfterValidator(_lasting)]


class _OnActivity(Part):
    """Asks for one kind of activity, perhaps with something in its body."""

    where: Where | None = None

    @cached_property
    def _body_fits(self) -> Callable[[Mapping[str, object], Sequence[str]], bool]:
        return compile_where(self.where)

    def fits(self, activity: Activity, kind: Kind | None, stages: Sequence[str]) -> bool:
        """Whether this is it; what a suspected robot did never is."""
        if activity.kind is not kind or activity.suspect_robot:
            return False
        return self._body_fits(activity.body, stages)


class _OnCondition(Part):
    """Asks for something to be so."""

    when: Condition = Field(alias="if")

    @cached_property
    def holds(self) -> Callable[[Sight], bool]:
        """Whether it is so for what is seen of a person."""
        return compile_tree(self.when)


_REASONS_TO_ENTER = ("activity", "stage", "verdict", "segment")


class Enter(_OnActivity):
    """Who enters: an activity, a claimed stage, a verdict or a segment; `again`: when they may return."""

    activity: ActivityKind | None = None
    stage: str | None = None
    verdict: Verdict | None = None
    segment: Slug | None = None
    again: Literal["never", "always"] | Lasting = "never"

    @model_validator(mode="before")
    @classmethod
    def _one_reason(cls, written: Any) -> Any:
        if isinstance(written, Mapping):
            if sum(key in written for key in _REASONS_TO_ENTER) != 1:
                raise PydanticCustomError("enter", f"write one of {listed(_REASONS_TO_ENTER)}")
            if "where" in written and "activity" not in written:
                raise PydanticCustomError("enter", "`where` belongs to an `activity`")
        return written


class Leave(_OnCondition):
    """Everybody for whom it holds leaves, wherever they are."""

    reason: str = Field(min_length=1, max_length=200)


class Mailing(Part):
    """Send one mail."""

    template: Slug
    topic: Slug = "marketing"


class Watch(_OnActivity):
    """One activity that is waited for, and where it leads."""

    activity: ActivityKind
    then: str


class WaitFor(Part):
    """The first of several activities, or none of them within a while."""

    first: tuple[Watch, ...] = Field(min_length=1)
    within: Lasting
    otherwise: str | None = Field(default=None, alias="else")


class Case(_OnCondition):
    """One way out of a branch."""

    then: str


class Branch(Part):
    """The first case that holds, or else."""

    when: tuple[Case, ...] = Field(min_length=1)
    otherwise: str | None = Field(default=None, alias="else")


class HandingOff(Part):
    """Ask sales to take this person; without a lane the routing rules decide."""

    lane: str | None = None


class Leaving(Part):
    """Leave the flow."""

    reason: str = Field(min_length=1, max_length=200)


Action = Mailing | timedelta | WaitFor | Branch | Split | Setting | HandingOff | Leaving


class Step(Part):
    """One box of a flow: a name that edits and the ledger refer to, and one action."""

    id: Slug
    next: str | None = None
    mail: Mailing | None = None
    wait: Lasting | None = None
    wait_for: WaitFor | None = None
    branch: Branch | None = None
    split: Split | None = None
    set: Setting | None = None
    hand_off: HandingOff | None = None
    exit: Leaving | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_action(cls, written: Any) -> Any:
        if not isinstance(written, Mapping):
            return written
        if unknown := [str(key) for key in written if key not in cls.model_fields]:
            mend = nearest(unknown[0], tuple(cls.model_fields))
            raise PydanticCustomError(
                "unknown", "there is no `{key}`; {mend}", {"key": unknown[0][:60], "mend": mend}
            )
        if len([key for key in ACTIONS if key in written]) != 1:
            raise PydanticCustomError("action", f"write exactly one of {listed(ACTIONS)}")
        return written

    @property
    def action(self) -> Action:
        """What this step does; a timedelta is a wait."""
        for name in ACTIONS:
            found: Action | None = getattr(self, name)
            if found is not None:
                return found
        raise AssertionError("a step without an action is never built")


class Flow(Part):
    """A whole flow; `nurture.wiring.read_flow` builds it from what a marketer wrote."""

    flow: Slug
    enter: Enter
    exits: tuple[Leave, ...] = ()
    steps: tuple[Step, ...] = Field(min_length=1, max_length=MOST_STEPS)

    @cached_property
    def by_id(self) -> Mapping[str, Step]:
        """Steps by their id."""
        return {step.id: step for step in self.steps}

    @cached_property
    def _following(self) -> Mapping[str, str | None]:
        ids = [step.id for step in self.steps]
        return dict(zip(ids, [*ids[1:], None], strict=True))

    def after(self, step: Step) -> str | None:
        """Where this step leads when nothing else is said; None is the flow's end."""
        return step.next or self._following[step.id]

    def ways(self, step: Step) -> list[tuple[str, str | None]]:
        """Every way out of a step, as (its place below the step, target)."""
        match step.action:
            case Leaving():
                return []
            case WaitFor(first=first, otherwise=other):
                ways = [(f"wait_for.first.{i}.then", each.then) for i, each in enumerate(first)]
                return [*ways, ("wait_for.else", other or self.after(step))]
            case Branch(when=when, otherwise=other):
                ways = [(f"branch.when.{i}.then", each.then) for i, each in enumerate(when)]
                return [*ways, ("branch.else", other or self.after(step))]
            case Split(ways=ways_out):
                return [(f"split.ways.{i}.then", each.then) for i, each in enumerate(ways_out)]
            case _:
                return [("next", self.after(step))]
