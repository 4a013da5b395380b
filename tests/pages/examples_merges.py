"""Example views of people who may be one, usual and hard."""

from app.pages.duplicate_views import Duplicates, Merging, Pair, Side, WhichCompany
from app.pages.found_views import FoundOut
from app.pages.office import MergeLine
from tests.pages import examples as ex

IDA = Side(
    url="/gallery/person",
    who=ex.person(),
    lifecycle="in nurture",
    since=ex.ago(days=40),
    known_by=["e-mail: maren@nordlicht.example", "LinkedIn profile: in/maren-k"],
)
HARD = Side(
    url="/gallery/person",
    who=ex.person(ex.LONG, ex.ARABIC),
    lifecycle="lead for sales",
    since=ex.ago(days=2),
    known_by=[f"e-mail: {'m' * 60}@{'a-very-long-name.' * 6}example", "phone: +4930901820"],
)
REASONS = ("the same phone number, and names that are alike", "the same name at the same company")
PAIRS = Duplicates(
    pairs=[
        Pair(
            sides=sides,
            reasons=REASONS,
            found_at=ex.ago(hours=3),
            merge_url="/gallery/merging",
            apart_url="/gallery/duplicates",
        )
        for sides in ((IDA, IDA), (HARD, IDA))
    ],
    next_url="/gallery/duplicates",
)
ASKED = Duplicates(
    companies=[
        WhichCompany(
            side=HARD,
            name="Acme Koeling BV",
            companies=[("1", "Acme Cooling GmbH", "acme.example"), ("2", ex.LONG, "")],
            url="/gallery/duplicates-company",
        )
    ]
)
NONE = Duplicates()
WHOM = Merging(
    url="/gallery/merging",
    back="/gallery/person",
    one=HARD,
    written="nobody@nowhere.example",
    wrong="Nobody is known by this; give the address of their page or an e-mail address.",
)
MERGING = Merging(
    url="/gallery/merging",
    back="/gallery/person",
    one=IDA,
    other=HARD,
    other_id="1",
    kept=IDA.who.name,
    reasons=REASONS,
    follows=[
        f"What is known of {ex.LONG} alone is taken over: the phone, the company.",
        "They are in one flow twice, and the one who is further goes on: considered.",
        "1 mail that is planned there will not be sent.",
        "One of them said no to newsletter, so neither gets any of it.",
    ],
)
MERGED = {
    "found_out": [
        FoundOut("Country", "DE", "their phone number", ex.ago(days=2)),
        FoundOut(
            "Website",
            f"https://{'a-very-long-name.' * 6}example",
            "their company's mail domain",
            ex.ago(days=2),
        ),
    ],
    "unknown": ["How many people work there?"],
    "merges": [
        MergeLine(
            name=ex.LONG,
            known_by=HARD.known_by,
            at=ex.ago(days=1),
            by="mia@acme.example",
            why="the same voice on the phone",
            undo_url="/gallery/person",
        )
    ],
    "merge_url": "/gallery/merging",
}
