"""What team.yaml may say about the people who work here."""

from collections.abc import Mapping
from typing import Annotated, Any

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from prospects.faults import Fault, FaultyError, nearest, shown
from prospects.hours_written import HoursError, parse_hours
from prospects.member import Role
from prospects.shapes import faults_in, faulty

MOST_PEOPLE = 2_000


class TeamError(FaultyError):
    """The team as written cannot be used; every mistake is listed."""


def _email(written: object) -> str:
    try:
        # Colleagues may well live at acme.local or acme.test.
        found = validate_email(
            str(written).strip(), check_deliverability=False, globally_deliverable=False
        )
    except EmailNotValidError:
        reason = f"{shown(written)} is not an e-mail address"
        raise faulty(Fault("", reason, "write it like rita@acme.example")) from None
    return found.normalized.lower()


def _role(written: object) -> object:
    if written not in set(Role):
        raise faulty(
            Fault("", f"{shown(written)} is not a role", nearest(written, frozenset(Role)))
        )
    return written


def _listed(written: object) -> object:
    return [written] if isinstance(written, str) else written


def _sorted(roles: list[Role]) -> list[Role]:
    return sorted(set(roles))


Email = Annotated[str, BeforeValidator(_email)]
OneRole = Annotated[Role, BeforeValidator(_role)]
Words = Annotated[list[str], BeforeValidator(_listed)]
Roles = Annotated[
    list[OneRole], BeforeValidator(_listed), AfterValidator(_sorted), Field(min_length=1)
]
Limit = Annotated[int, Field(ge=0, le=100_000)]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_enum_values=True)


class Capacity(_Written):
    """How much a rep can carry: leads not closed yet, and new ones a day."""

    open: Limit | None = None
    per_day: Limit | None = None


class Person(_Written):
    """One colleague; a key left out stays as it is, or has its built-in value for somebody new."""

    email: Email
    name: str = Field(default="", min_length=1, max_length=200)
    roles: Roles = []
    zone: str = "UTC"
    hours: dict[str, Any] = {}
    weight: float = Field(default=1.0, gt=0, le=1_000, allow_inf_nan=False)
    capacity: Capacity = Capacity()
    skills: dict[str, Words] = {}
    absences: list[Any] = []
    active: bool = True

    @model_validator(mode="after")
    def _hours_can_be_read(self) -> "Person":
        try:
            parse_hours(self.hours, self.zone, absences=self.absences)
        except HoursError as error:
            raise faulty(*error.faults) from None
        return self


class Team(_Written):
    """The whole of team.yaml."""

    people: list[Person] = Field(max_length=MOST_PEOPLE)


def read_team(written: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The people of team.yaml, each with the keys that were written, ready for `prospects.team.save`.

    Raises TeamError with every mistake.
    """
    try:
        team = Team.model_validate(written)
    except ValidationError as error:
        raise TeamError(*faults_in(error, Team)) from None
    emails = [person.email for person in team.people]
    doubled = [
        Fault(f"people.{n}.email", f"{shown(email)} stands in the team twice", "keep one")
        for n, email in enumerate(emails)
        if email in emails[:n]
    ]
    if doubled:
        raise TeamError(*doubled)
    return [person.model_dump(exclude_unset=True) for person in team.people]
