"""Why an act on a handoff is refused; the docstring is the sentence the user reads. Pure."""

from typing import ClassVar


class RoutingError(Exception):
    """This cannot be done with this lead."""

    code: ClassVar[str] = "refused"

    def __str__(self) -> str:
        return " ".join((type(self).__doc__ or "").split())


class NotYoursError(RoutingError):
    """There is no such lead for you."""

    code = "not_found"


class OfferExpiredError(RoutingError):
    """The offer has run out, and the lead was passed on."""

    code = "offer_expired"


class PassedOnError(RoutingError):
    """You passed this lead on, or it was given to somebody else."""

    code = "passed_on"


class NotOfferedError(RoutingError):
    """You have taken this lead already: tell what you found, or ask a manager to give it to somebody else."""

    code = "not_offered"


class NotAcceptedError(RoutingError):
    """Take the lead first: how to reach the buyer is shown after that."""

    code = "not_accepted"


class ClosedError(RoutingError):
    """This lead is closed: nothing more can be done with it."""

    code = "closed"


class SnoozedBeforeError(RoutingError):
    """You have put this lead off once already: take it or pass it on."""

    code = "snoozed_before"


class AlreadyConfirmedError(RoutingError):
    """This brief has been answered before; to correct the answer, name it in `supersedes` and say why."""

    code = "already_confirmed"


class KeptError(RoutingError):
    """This promise is kept: there is nothing to change about it any more."""

    code = "kept"


class NotCheckedError(RoutingError):
    """Tell first what you found when you talked to the buyer; only then a lead is won or lost."""

    code = "not_checked"


class AnotherOpenError(RoutingError):
    """Another lead of this company is open by now, so this one cannot be brought back."""

    code = "another_open"


class NoClockError(RoutingError):
    """No clock runs on this lead that could be given more time."""

    code = "no_clock"


class TooLateToUndoError(RoutingError):
    """More than a minute has passed, so this cannot be undone any more."""

    code = "too_late"


class MovedOnError(RoutingError):
    """Something else has happened with this lead meanwhile, so this cannot be undone."""

    code = "moved_on"


class TransferOverError(RoutingError):
    """This customer is with the account team already."""

    code = "transfer_over"


class StillAskedError(RoutingError):
    """Your last question is not answered yet: wait for the answer, or take the customer as they are."""

    code = "still_asked"


class NotAskedError(RoutingError):
    """Nothing is asked about this customer that waits for an answer."""

    code = "not_asked"


class NoDeskError(RoutingError):
    """Nobody is on the desk: invite somebody with that role, or do it yourself."""

    code = "no_desk"


class AlreadyAskedError(RoutingError):
    """The desk has this already."""

    code = "already_asked"


class TakenError(RoutingError):
    """Somebody else has this write-up, or it is done."""

    code = "taken"
