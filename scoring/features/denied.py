"""What no model may see unless somebody decided so and said why: who people are by nature, and what is known only afterwards. Pure."""

import re
from collections.abc import Iterable
from itertools import pairwise

from prospects.titles import plain

BY_NATURE = "it tells who somebody is by nature or where they live, or stands for it"
AFTERWARDS = "it is written by sales or known only after the hand-over"

_BY_NATURE = frozenset(
    {
        "name", "firstname", "lastname", "surname", "forename", "fullname", "nickname",
        "vorname", "nachname", "prenom", "nom", "nombre", "apellido", "apellidos", "cognome",
        "achternaam", "voornaam", "gender", "sex", "geschlecht", "sexe", "sexo", "genere",
        "anrede", "salutation", "civilite", "pronouns", "age", "alter", "birth", "birthday",
        "birthdate", "dob", "geburtstag", "geburtsdatum", "naissance", "nacimiento",
        "nationality", "staatsangehorigkeit", "ethnicity", "ethnic", "race", "religion",
        "religious", "konfession", "disability", "pregnant", "marital", "married",
        "familienstand", "children", "union", "orientation", "photo", "picture", "avatar",
        "image", "foto", "zip", "zipcode", "postcode", "postal", "postalcode", "plz",
        "postleitzahl", "cap", "cp", "street", "strasse", "rue", "calle", "address", "adresse",
        "anschrift", "latitude", "longitude", "lat", "lng", "ip", "email", "mail", "phone",
        "telephone", "telefon", "mobile", "handy",
    }
)  # fmt: skip
_AFTERWARDS = frozenset(
    {
        "owner", "rep", "salesperson", "seller", "agent", "assignee", "verdict", "outcome",
        "won", "lost", "closed", "deal", "opportunity", "pipeline", "stage", "lifecycle",
        "status", "disposition", "forecast", "customer", "kunde", "churn", "invoice", "contract",
        "tag", "tags", "note", "notes", "quality", "asymmetrique",
    }
)  # fmt: skip
_OPEN = re.compile(r"(?:fields|account\.fields)\.(.+)")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def why_denied(name: str) -> str | None:
    """Why a feature of this name is kept out, in words; None if it is not."""
    found = _OPEN.fullmatch(name)
    if found is None:
        return None
    parts = plain(_CAMEL.sub(" ", found[1]).replace("_", " ")).split()
    said = {*parts, *(a + b for a, b in pairwise(parts))}
    if said & _BY_NATURE:
        return BY_NATURE
    return AFTERWARDS if said & _AFTERWARDS else None


def after_the_fact(names: Iterable[str]) -> set[str]:
    """Those names of fields that tell what is known only after the hand-over."""
    return {name for name in names if why_denied(f"fields.{name}") == AFTERWARDS}
