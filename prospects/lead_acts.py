"""The few kinds of acts that tell what became of a lead, also as a database is told of them. Pure."""

from prospects.kinds import Kind

LEAD_ACTS = frozenset(
    {
        *(Kind.OFFERED, Kind.ACCEPTED, Kind.DECLINED, Kind.OFFER_EXPIRED, Kind.CONTACT_ATTEMPT),
        *(Kind.VERDICT, Kind.OUTCOME, Kind.EXPLORED),
    }
)
TOLD_OF_LEADS = f"kind IN ({', '.join(repr(kind.value) for kind in sorted(LEAD_ACTS))})"
"""As text, because a database uses a partial index only where a query says the very same."""
