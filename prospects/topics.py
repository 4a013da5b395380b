"""The closed list of promises of work, and the queue that keeps each."""

from enum import StrEnum


class Queue(StrEnum):
    """Two queues with workers of their own, so that a slow platform never delays a brief."""

    INSIDE = "inside"
    OUTSIDE = "outside"


class Topic(StrEnum):
    """One kind of promised work; the ref of its messages is named beside it."""

    INGEST = "ingest"  # delivery id
    REACT = "react"  # prospect id
    REASSESS = "reassess"  # version of the rules
    RELEASE = "release"  # version of the rules
    JOIN = "join"  # prospect id/prospect id
    HANDOFF = "handoff"  # prospect id/handoff id
    TRANSFER = "transfer"  # prospect id/transfer id
    PROMISE = "promise"  # prospect id/promise id
    FOLD = "fold"  # what is folded
    ERASE = "erase"  # prospect id
    COPY = "copy"  # capture id
    FEEDBACK = "feedback"  # prospect id/activity id
    ANNOUNCE = "announce"  # prospect id/activity id, or prospect id/row id/what it is
    FETCH = "fetch"  # capture id
    CERTIFICATE = "certificate"  # its address
    IMPORT = "import"  # import id
    MEANING = "meaning"  # source/the last delivery that is done
    ASK = "ask"  # source
    ASK_CRM = "ask_crm"  # destination
    RESEARCH = "research"  # destination
    MAIL = "mail"  # prospect id/send id
    NOTICE = "notice"  # prospect id/notice id
    CALL = "call"  # prospect id/call id
    TELL_CRM = "tell_crm"  # destination
    REDRIVE = "redrive"  # hook, chat or CRM
    CONVERT = "convert"  # destination, or /first conversion of a batch
    WAY_IN = "way_in"  # way-in id
    CHECK = "check"  # what is looked at
    TRAIN = "train"  # training id
    DRIFT = "drift"  # model id


OUTSIDE = frozenset(
    {
        Topic.FETCH, Topic.ASK, Topic.ASK_CRM, Topic.RESEARCH, Topic.CERTIFICATE, Topic.MAIL,
        Topic.NOTICE, Topic.CALL, Topic.CHECK, Topic.WAY_IN, Topic.CONVERT, Topic.TRAIN,
        Topic.TELL_CRM,
    }
)  # fmt: skip


def queue_of(topic: Topic) -> Queue:
    """The queue whose workers keep this promise."""
    return Queue.OUTSIDE if topic in OUTSIDE else Queue.INSIDE
