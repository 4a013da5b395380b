"""What no model may learn from unless somebody decided so, in writing: protected traits, and what gives them away. Pure.

Traits are those of Article 9 GDPR, of Article 21 of the EU Charter and of the equality acts that follow
it; a name, a picture and a postcode give several of them away.
"""

import re
from collections.abc import Collection

_TRAITS: dict[str, tuple[str, ...]] = {
    "a name gives away sex and origin": (
        "name", "first name", "last name", "full name", "given name", "family name", "surname", "middle name",
        "maiden name", "nickname", "firstname", "lastname", "fullname", "forename", "contact name",
        "lead name", "person name", "customer name", "names", "achternaam", "voornaam", "vorname", "nachname", "familienname", "rufname",
        "geburtsname", "ansprechpartner", "prénom", "prenom", "nom", "nombre", "apellido", "apellidos", "cognome",
    ),
    "a picture gives away sex, age and origin": (
        "photo", "picture", "avatar", "portrait", "image", "headshot", "profile picture", "foto", "bild",
        "lichtbild", "passbild",
    ),
    "sex and its expression are protected": (
        "gender", "sex", "pronoun", "pronouns", "salutation", "honorific", "name prefix", "mr mrs",
        "geschlecht", "genere", "civilite", "nacimiento", "anrede", "briefanrede", "sexe", "civilité", "sexo", "genre", "sesso", "sexual orientation",
        "sexuelle orientierung", "pregnant", "pregnancy", "schwangerschaft", "schwanger",
    ),
    "age is protected": (
        "age", "ages", "senior citizen", "age group", "age band", "age range", "birth date", "birthdate", "birthday", "birth year",
        "birth", "date of birth", "year birth", "born", "year of birth", "dob", "yob", "generation", "alter", "altersgruppe",
        "altersklasse", "geburtsdatum", "geburtstag", "geburtsjahr", "geb", "jahrgang", "naissance", "edad",
    ),
    "where somebody lives gives away origin and means": (
        "postcode", "post code", "postal code", "postalcode", "zip", "zip code", "zipcode", "street",
        "home address", "private address", "street address", "rue", "calle", "cap", "cp", "lat", "lng", "neighbourhood", "neighborhood", "latitude", "longitude", "plz",
        "postleitzahl", "straße", "strasse", "hausnummer", "privatanschrift", "wohnort", "stadtteil", "code postal",
    ),
    "origin is protected": (
        "ethnicity", "ethnic", "ethnic group", "race", "racial", "nationality", "citizenship", "birthplace",
        "place of birth", "native language", "mother tongue", "skin", "migrant", "visa status", "ethnie",
        "ethnische herkunft", "herkunftsland", "nationalität", "staatsangehörigkeit", "staatsbürgerschaft",
        "geburtsort", "geburtsland", "muttersprache", "hautfarbe", "migrationshintergrund", "nationalité",
    ),
    "belief and conviction are protected": (
        "religion", "religious", "faith", "belief", "denomination", "church", "political", "politics", "party",
        "union member", "trade union", "konfession", "religionszugehörigkeit", "glaube", "weltanschauung",
        "kirche", "kirchensteuer", "partei", "parteizugehörigkeit", "gewerkschaft", "caste", "kaste",
    ),
    "health is protected": (
        "health", "disability", "disabled", "handicap", "illness", "diagnosis", "blood type", "gesundheit",
        "behinderung", "schwerbehinderung", "krankheit", "grad der behinderung", "gdb",
    ),
    "it tells who somebody is, and nothing of what they need": (
        "email", "e mail", "mail", "email address", "mail address", "e mail address", "phone", "phone number",
        "telephone", "telefon", "telefonnummer", "mobile", "mobile number", "handy", "handynummer", "address",
        "adresse", "anschrift", "ip", "ip address", "lead email", "lead phone", "linkedin url", "linkedin profile",
    ),
    "the state of a family is protected": (
        "marital", "marital status", "married", "civil status", "spouse", "children", "number of children",
        "kids", "kidhome", "teenhome", "dependents", "dependants", "familienstand", "verheiratet", "kinder", "kinderzahl", "ehepartner", "ehestand",
    ),
}  # fmt: skip
_ALONE = frozenset(
    {
        *("name", "names", "age", "ages", "alter", "image", "picture", "bild", "birth", "party", "race"),
        *("union", "genre", "generation", "email", "mail", "e mail", "phone", "telephone", "telefon"),
        *("mobile", "handy", "address", "adresse", "anschrift", "cap", "cp", "rue", "children", "church"),
    }
)  # fmt: skip
"""Words that things have as well: a campaign has a name, a lead an age."""
_PERSON = frozenset(
    {
        *("contact", "person", "customer", "client", "user", "applicant", "buyer", "prospect", "kunde"),
        *("kunden", "kontakt", "work", "private", "business", "home", "office", "privat", "ansprechpartner", "years", "in", "of", "your", "my", "the", "jahre", "jahren"),
    }
)  # fmt: skip
"""Words beside which such a word speaks of a person all the same."""
_SEXES = frozenset(
    {
        *("male", "female", "m", "f", "w", "d", "man", "woman", "men", "women", "diverse", "divers", "nonbinary"),
        *("mr", "mrs", "ms", "miss", "mr.", "mrs.", "ms.", "herr", "frau", "männlich", "weiblich", "homme"),
        *("femme", "other", "x"),
    }
)  # fmt: skip
_PHRASES = {phrase: why for why, phrases in _TRAITS.items() for phrase in phrases}
_LONGEST = max(len(phrase.split()) for phrase in _PHRASES)


def protected(heading: str) -> str | None:
    """Why a column so called must not become a feature; None where nothing speaks against it.

    The heading's words are looked up as they stand together: `zip_code`, `ZipCode` and `Zip` are the
    same, `zipper` is another word.
    """
    words = _words(heading)
    spans = [
        " ".join(words[start : start + length])
        for length in range(_LONGEST, 0, -1)
        for start in range(len(words) - length + 1)
    ]
    found = (each for each in spans if each in _PHRASES and not _of_a_thing(each, words))
    return _PHRASES.get(next(found, ""))


def gives_away(values: Collection[str]) -> str | None:
    """Why these words must not be learned from whatever their column is called: they are the sexes."""
    plain = {each.strip().casefold() for each in values}
    telling = plain - {"other", "x", "d"}
    known = len(telling) >= 2 and plain <= _SEXES
    return "sex and its expression are protected" if known else None


def _of_a_thing(phrase: str, words: list[str]) -> bool:
    return phrase in _ALONE and not set(words) <= {*phrase.split(), *_PERSON}


def _words(heading: str) -> list[str]:
    apart = re.sub(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])", " ", heading)
    return re.findall(r"[^\W_]+", apart.casefold())
