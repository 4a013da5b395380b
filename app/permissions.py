"""Who may do what to whose record: one table, asked by pages and API alike. What is foreign is absent (404)."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from prospects.member import Role


class Act(StrEnum):
    """Something one may do."""

    SEE_TODAY = "see their own day"
    SEE_HANDOFF = "see an offer or a brief"
    ANSWER_OFFER = "take an offer or pass it on"
    CONFIRM = "say what they found"
    REASSIGN = "give a lead to somebody else, take it over, give it time or withdraw it"
    SEE_STUCK = "see what is stuck"
    PLAN_ABSENCE = "say when somebody is away"
    SEE_PEOPLE = "list people"
    SEE_PERSON = "see a person and their history"
    SEE_CONTACT = "see how to reach a person"
    SEE_REPORTS = "see reports"
    SEE_REPS = "see how colleagues' answers hold up"
    SET_COSTS = "say what a campaign cost"
    SEE_RECEIVED = "see what was received"
    SEE_RAW = "read a delivery's bytes as they arrived"
    REPLAY = "have a delivery read again"
    IMPORT = "bring a file in, and take it back"
    SEE_MAILS = "see mails to prospects"
    SEE_FLOWS = "see flows and who is in them"
    EDIT_FLOWS = "publish a flow"
    SEE_SOURCES = "see sources and how they are doing"
    SEND_TEST = "send a test lead"
    MAP_FIELDS = "say what a source's fields mean"
    RELEASE_MAIL = "let a held mail go again"
    SEE_SETUP = "see the set-up"
    CHECK_SETUP = "have the set-up looked at"
    STOP_MAIL = "stop all mail"
    GO_LIVE = "let mail out to prospects"
    INVITE = "invite a colleague"
    SEE_TEAM = "see who works here"
    NOTE = "write a note on a person"
    RECORD = "record what somebody did"
    MERGE = "make two people one, and part them again"
    OVERRIDE = "add to a score for a while, or take away"
    OBJECT = "note that somebody does not want to be profiled"
    FORGET = "erase a person"
    EXPORT = "take out all we hold about a person"
    DEAL = "record a deal"
    ENROLL = "put people into flows and take them out"
    SEGMENT = "name a group of people"
    TOKENS = "make tokens and take them back"
    SEE_AUDIT = "see who did what"
    SEE_TRANSFERS = "see the customers of the account team"
    SEE_TRANSFER = "see a customer on their way to the account team"
    TAKE_TRANSFER = "take a customer, or ask about them"
    ANSWER_TRANSFER = "answer what the account team asks"
    SEE_DESK = "see what the desk is asked for"
    WRITE_UP = "take a write-up and write it"
    ASK_DESK = "ask the desk for a write-up"
    HOOKS = "say which programs are told"
    SEE_CONFLICTS = "see where a CRM and we differ"
    SEE_OUT = "see what programs, ad platforms and chats were told"
    STAFF = "say what a colleague may do, and whether they work here"
    SEE_OPS = "see how the engine runs"
    TRY_AGAIN = "try given-up work once more"
    EDIT_SCORING = "say what earns points, and let over the warm line whom a change takes there"
    STEER_MODELS = "train models, say what they may see, and choose which one scores"


class Reach(StrEnum):
    """Whose records an act reaches: their own, or everybody's."""

    OWN = "own"
    ANY = "any"


OWN, ANY = Reach.OWN, Reach.ANY

_SELLING = {
    Act.SEE_TODAY: OWN,
    Act.SEE_HANDOFF: OWN,
    Act.ANSWER_OFFER: OWN,
    Act.CONFIRM: OWN,
    Act.SEE_PERSON: OWN,
    Act.SEE_CONTACT: OWN,
    Act.SEE_TEAM: ANY,
    Act.NOTE: OWN,
    Act.DEAL: OWN,
    Act.PLAN_ABSENCE: OWN,
    Act.SEE_TRANSFER: OWN,
    Act.TAKE_TRANSFER: OWN,
    Act.ANSWER_TRANSFER: OWN,
    Act.ASK_DESK: OWN,
    Act.OBJECT: OWN,
}
_LOOKING = {
    Act.SEE_HANDOFF: ANY,
    Act.SEE_PEOPLE: ANY,
    Act.SEE_PERSON: ANY,
    Act.SEE_CONTACT: ANY,
    Act.SEE_REPORTS: ANY,
    Act.SEE_RECEIVED: ANY,
    Act.SET_COSTS: ANY,
    Act.SEE_MAILS: ANY,
    Act.SEE_CONFLICTS: ANY,
    Act.STOP_MAIL: ANY,
    Act.SEE_TEAM: ANY,
    Act.NOTE: ANY,
    Act.OBJECT: ANY,
}
_STEERING = {
    Act.SEE_REPS: ANY,
    Act.REASSIGN: ANY,
    Act.SEE_STUCK: ANY,
    Act.PLAN_ABSENCE: ANY,
    Act.SEE_TRANSFER: ANY,
    Act.ANSWER_TRANSFER: ANY,
    Act.ASK_DESK: ANY,
    Act.SEE_DESK: ANY,
}
_RUNNING = {
    Act.SEE_RAW: ANY,
    Act.REPLAY: ANY,
    Act.IMPORT: ANY,
    Act.SEE_FLOWS: ANY,
    Act.EDIT_FLOWS: ANY,
    Act.SEE_SOURCES: ANY,
    Act.SEND_TEST: ANY,
    Act.MAP_FIELDS: ANY,
    Act.RELEASE_MAIL: ANY,
    Act.SEE_SETUP: ANY,
    Act.CHECK_SETUP: ANY,
    Act.RECORD: ANY,
    Act.MERGE: ANY,
    Act.OVERRIDE: ANY,
    Act.FORGET: ANY,
    Act.EXPORT: ANY,
    Act.ENROLL: ANY,
    Act.SEGMENT: ANY,
    Act.EDIT_SCORING: ANY,
    Act.STEER_MODELS: ANY,
    Act.SEE_OUT: ANY,
}

TABLE: Mapping[Role, Mapping[Act, Reach]] = {
    Role.REP: _SELLING,
    Role.ACCOUNT_MANAGER: {**_SELLING, Act.SEE_TRANSFERS: OWN},
    Role.DESK: {
        **_SELLING,
        Act.SEE_HANDOFF: ANY,
        Act.SEE_PERSON: ANY,
        Act.SEE_CONTACT: ANY,
        Act.SEE_DESK: ANY,
        Act.WRITE_UP: ANY,
        Act.MERGE: ANY,
    },
    Role.MANAGER: {
        **_SELLING,
        **_LOOKING,
        **_STEERING,
        Act.DEAL: ANY,
        Act.SEE_TRANSFERS: ANY,
    },
    Role.MARKETER: {**_LOOKING, **_RUNNING},
    # An administrator may be the fallback owner of a lead, and must then be able to work it.
    Role.ADMIN: {
        **_SELLING,
        **_LOOKING,
        **_RUNNING,
        **_STEERING,
        Act.GO_LIVE: ANY,
        Act.INVITE: ANY,
        Act.DEAL: ANY,
        Act.TOKENS: ANY,
        Act.SEE_AUDIT: ANY,
        Act.HOOKS: ANY,
        Act.STAFF: ANY,
        Act.SEE_OPS: ANY,
        Act.TRY_AGAIN: ANY,
    },
}


def may(roles: Iterable[Role], act: Act, *, own: bool) -> bool:
    """Whether somebody with these roles may do `act` to a record that is theirs (`own`) or not."""
    reaches = {TABLE[role].get(act) for role in roles}
    return Reach.ANY in reaches or (own and Reach.OWN in reaches)


def may_at_all(roles: Iterable[Role], act: Act) -> bool:
    """Whether somebody with these roles may do `act` to any record at all."""
    return may(roles, act, own=True)


def as_markdown() -> str:
    """The table for the docs: a row for each act, a column for each role."""
    rows = [["", *(role.value for role in Role)], ["---"] * (len(Role) + 1)]
    for act in Act:
        rows.append([act.value, *(TABLE[role].get(act, "–") for role in Role)])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
