"""Hard gates: who is never handed over, whatever they score. They stand outside every sum. Pure."""

from prospects.conditions import look
from prospects.values import Assessment, Reason, Snapshot
from scoring.rules import ScoringRules
from scoring.written.scoring import Gate


def gate_of(rules: ScoringRules, seen: Snapshot, believed: Assessment) -> Gate | None:
    """The first gate that holds for somebody with the beliefs of this look."""
    if not rules.gates:
        return None
    sight = look(seen.assessed(believed))
    return next((gate for gate, holds in rules.gates if holds(sight)), None)


def line_of(gate: Gate) -> Reason:
    """The gate as a line among the reasons; it adds nothing to any sum."""
    return Reason(gate.text or f"Never handed over: “{gate.name}”", f"gate.{gate.name}", 0.0)
