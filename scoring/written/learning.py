"""What a marketer writes in scoring.yaml of learning: what is foreseen, how often, and how long it is tried. Pure."""

from scoring.written import defaults
from scoring.written.stages import Strict
from scoring.written.values import Lasting, StageSlug


class Sought(Strict):
    """What a model learns to foresee: that a rep finds this stage or a further one, so soon after the offer.

    Without a stage it is `evaluation`; on a ladder without that it is the one that makes warm, else the last.
    """

    stage: StageSlug | None = None
    within: Lasting = defaults.WITHIN


class Learning(Strict):
    """How often a model is trained anew, and how long one scores in the shadow before it may take over.

    With `by_itself` a training is begun when it is time, and what passes every check takes over.
    """

    every: Lasting = defaults.RETRAIN
    shadow: Lasting = defaults.SHADOW
    by_itself: bool = True
