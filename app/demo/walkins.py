"""Who fills in the LinkedIn form when a visitor of the demo asks for a lead; one after the other."""

from app.demo.cast import Buyer

WALK_INS = (
    Buyer(
        given="Nadja",
        family="Küppers",
        email="nadja.kueppers@rheinkuehl.example",
        company="Rheinkühl Lager",
        domain="rheinkuehl.example",
        country="DE",
        title="Head of Quality",
        phone="+494066969101",
    ),
    Buyer(
        given="Zsófia",
        family="Őry",
        email="zsofia.ory@tiszafagy.example",
        company="Tisza Fagy Logisztika",
        domain="tiszafagy.example",
        country="HU",
        title="Director Supply Chain",
        phone="+494066969102",
    ),
    Buyer(
        given="小百合",
        family="高橋",
        email="sayuri.takahashi@minato-reizo.example",
        company="みなと冷蔵",
        domain="minato-reizo.example",
        country="JP",
        title="COO",
        phone="+494066969103",
    ),
    Buyer(
        given="Торстен",
        family="Гросс",
        email="torsten.gross@volga-kholod.example",
        company="Волга Холод",
        domain="volga-kholod.example",
        country="KZ",
        title="Head of Logistics",
        phone="+494066969104",
    ),
    Buyer(
        given="يوسف",
        family="البستاني",
        email="youssef.bustani@delta-cold.example",
        company="دلتا للتبريد",
        domain="delta-cold.example",
        country="EG",
        title="VP Operations",
        phone="+494066969105",
    ),
    Buyer(
        given="Maëlle",
        family="Kérautret",
        email="maelle.kerautret@iroise-maree.example",
        company="Iroise Marée",
        domain="iroise-maree.example",
        country="FR",
        title="Warehouse Manager",
        phone="+494066969106",
    ),
)


def walk_in(number: int) -> Buyer:
    """The `number`th visitor's lead, from 1; after the last the first one asks again."""
    return WALK_INS[(number - 1) % len(WALK_INS)]
