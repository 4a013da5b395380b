"""Job titles, as people type them in six languages, tell how senior they are and what they do.

A small table of words for English, German, French, Spanish, Dutch and Italian, tried in a fixed
order; a title it does not know has no seniority and no function, and is never guessed at.
Words are compared without case and accents; a table entry of two words must stand together.
"""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

LONGEST_TITLE = 200


class Seniority(StrEnum):
    """How high somebody stands; also heads of a department are directors."""

    C_LEVEL = "c_level"
    VP = "vp"
    DIRECTOR = "director"
    MANAGER = "manager"
    SENIOR = "senior"
    ENTRY = "entry"


class Function(StrEnum):
    """What somebody's work is about; `management` is the whole company."""

    SALES = "sales"
    MARKETING = "marketing"
    PRODUCT = "product"
    ENGINEERING = "engineering"
    IT = "it"
    DATA = "data"
    FINANCE = "finance"
    PEOPLE = "people"
    LEGAL = "legal"
    PROCUREMENT = "procurement"
    OPERATIONS = "operations"
    SUPPORT = "support"
    MANAGEMENT = "management"


def seniority_of(title: str | None) -> Seniority | None:
    """How senior this title is, or None if it does not say (or is a former one)."""
    return _seniority(title) if title and len(title) <= LONGEST_TITLE else None


def function_of(title: str | None) -> Function | None:
    """What this title is about: of several the one named first, or None if it does not say."""
    return _function(title) if title and len(title) <= LONGEST_TITLE else None


def _words(*alternatives: str) -> re.Pattern[str]:
    """Any of these as whole words; `*` stands for the rest (or the start) of a compound."""
    parts = (re.escape(word).replace(r"\*", "[a-z]*").replace(r"\ ", " ") for word in alternatives)
    return re.compile(rf"\b(?:{'|'.join(parts)})\b")


_FORMER = _words("former", "ex", "retired", "ehemalig*", "ancien", "ancienne", "exdirector")
# Whoever assists somebody great is not the great one.
_ASSISTS = re.compile(
    r"\b(?:executive|personal|team|vorstands|geschaftsleitungs)[ ]?(?:assist[a-z]*|secretar[a-z]*)"
    r"|\b(?:assist[a-z]*|asistent[a-z]*|secretar[a-z]*|secretaresse|sekretar[a-z]*|segretari[ao]|"
    r"referentin?|office) "
    r"(?:to|of|der|des|dem|zur|zum|de|du|del|della|di|van|al|an)\b"
)
_LEARNS = _words(
    "intern", "internship", "trainee", "apprentice", "student", "working student", "graduate",
    "werkstudent*", "praktikant*", "azubi", "auszubildende*", "volontar*", "stagiaire", "alternant*",
    "apprenti*", "becari*", "practicante", "aprendiz", "stagiair*", "leerling", "tirocinante",
    "stagista", "apprendista",
)  # fmt: skip
_VP = _words(
    "vp", "svp", "evp", "avp", "rvp", "vice president*", "vicepresident*", "vice presidente",
    "vizeprasident*",
)  # fmt: skip
_NOT_CHIEF = _words(
    "chief of staff", "product owner", "process owner", "business owner", "data owner",
    "business partner", "partner manager", "general manager", "account director",
)  # fmt: skip
_C_LEVEL = _words(
    "ceo", "cto", "cfo", "coo", "cmo", "cio", "ciso", "cro", "cpo", "chro", "cdo", "cso", "cco", "cao",
    "chief * officer", "chief executive", "founder", "co founder", "cofounder", "owner", "co owner",
    "president", "chairman", "chairwoman", "chair", "managing director", "managing partner",
    "founding partner", "geschaftsfuhr*", "geschaeftsfuehr*", "geschaftsleit*", "geschaeftsleit*",
    "vorstand*", "inhaber*", "grunder*", "gruender*", "mitgrunder*", "pdg", "dg", "president directeur",
    "presidente", "presidenta", "directeur general", "directrice generale", "gerant", "gerante",
    "fondateur", "fondatrice", "cofondateur", "cofondatrice", "director general", "directora general",
    "consejero delegado", "consejera delegada", "gerente general", "fundador", "fundadora",
    "cofundador", "cofundadora", "propietario", "propietaria", "dueno", "duena",
    "algemeen directeur", "bestuurder", "eigenaar", "eigenares", "oprichter", "amministratore delegato",
    "amministratrice delegata", "amministratore unico", "direttore generale", "direttrice generale",
    "titolare", "fondatore", "fondatrice", "socio fondatore",
)  # fmt: skip
_MANAGES_FEW = _words(
    "teamleit*", "gruppenleit*", "schichtleit*", "projektleit*", "teamleider", "projectleider",
    "team lead", "team leader", "chief of staff", "chef de *", "cheffe de *",
)  # fmt: skip
_DIRECTOR = _words(
    "director", "directors", "head", "direktor*", "leiter", "leiterin", "leitung", "*leiter",
    "*leiterin", "prokurist*", "directeur", "directrice", "dsi", "daf", "drh", "directora", "hoofd",
    "direttore", "direttrice", "general manager",
)  # fmt: skip
_BEGINS = _words(
    "junior", "jr", "assistant", "assistante", "assistent*", "assistenz", "asistente", "entry level",
    "secretary", "sekretar*", "secretaresse", "segretaria", "clerk", "receptionist", "sachbearbeiter*",
)  # fmt: skip
_MANAGER = _words(
    "manager", "*manager", "*managerin", "manageress", "supervisor", "team lead", "leads", "responsable",
    "chef", "cheffe", "gerente", "jefe", "jefa", "encargado", "encargada", "coordinator", "koordinator*",
    "teamleider", "leidinggevende", "responsabile", "capo", "capa", "referatsleit*",
)  # fmt: skip
_SENIOR = _words(
    "senior", "sr", "lead", "principal", "staff", "expert", "experte", "expertin", "specialist senior",
    "confirme", "confirmee", "experto", "experta", "esperto", "esperta", "chief",
)  # fmt: skip

_LADDER = (
    (_VP, Seniority.VP),
    (_C_LEVEL, Seniority.C_LEVEL),
    (_MANAGES_FEW, Seniority.MANAGER),
    (_DIRECTOR, Seniority.DIRECTOR),
    (_BEGINS, Seniority.ENTRY),
    (_MANAGER, Seniority.MANAGER),
    (_SENIOR, Seniority.SENIOR),
)

_FUNCTIONS = {
    Function.SALES: _words(
        "sales*", "presales", "cro", "cso", "account executive", "account manager", "account director",
        "business development", "sdr", "bdr", "revenue", "vertrieb*", "verkauf*", "commercial*",
        "ventes", "vente", "ventas", "comercial", "verkoop*", "vendite", "vendita", "commerciale",
    ),
    Function.MARKETING: _words(
        "marketing*", "*marketing", "cmo", "brand", "demand generation", "growth", "content", "seo",
        "communications", "communication", "kommunikation", "kommunikations*", "comunicacion",
        "comunicazione", "communicatie", "werbung", "pr", "public relations",
    ),
    Function.PRODUCT: _words("product*", "cpo", "produkt*", "produit*", "producto*", "prodotto", "ux"),
    Function.ENGINEERING: _words(
        "engineer*", "cto", "developer*", "software*", "architect", "r d", "research", "devops",
        "technology", "technical", "entwickl*", "ingenieur*", "technik", "technisch*", "konstruktion*",
        "developpeu*", "technique", "ingenier*", "desarroll*", "tecnico", "tecnica", "ontwikkel*",
        "sviluppat*", "ingegner*", "forschung*",
    ),
    Function.IT: _words(
        "it", "cio", "ciso", "information technology", "information systems", "systems administrator",
        "sysadmin", "security", "edv", "informatik", "informatique", "dsi", "informatica", "sistemas",
        "ict",
    ),
    Function.DATA: _words(
        "data", "daten*", "analytics", "business intelligence", "bi", "cdo", "machine learning",
        "donnees", "datos", "dati",
    ),
    Function.FINANCE: _words(
        "financ*", "cfo", "accounting", "accountant", "accounts payable", "controller", "controlling",
        "treasur*", "audit*", "tax", "finanz*", "buchhalt*", "daf", "comptab*", "finanzas",
        "contab*", "finanza", "financien", "financieel", "boekhoud*", "amministrazione",
    ),
    Function.PEOPLE: _words(
        "hr", "chro", "people", "human resources", "talent", "recruit*", "personalleit*", "personalref*",
        "personalabteil*", "personalwesen", "personalentwickl*", "personalmanager*", "leiter personal",
        "leiterin personal", "drh", "rh", "ressources humaines", "recursos humanos", "rrhh",
        "personeel*", "risorse umane",
    ),
    Function.LEGAL: _words(
        "legal", "counsel", "lawyer", "attorney", "compliance", "recht", "rechts*", "jurist*", "justiziar*",
        "datenschutz*", "juridique", "juridico", "juridica", "juridisch*", "legale",
    ),
    Function.PROCUREMENT: _words(
        "procurement", "purchas*", "buyer", "sourcing", "einkauf*", "einkauef*", "beschaffung*", "achat",
        "achats", "acheteu*", "compras", "comprador*", "inkoop*", "inkoper", "acquisti", "buyer",
    ),
    Function.OPERATIONS: _words(
        "operations", "ops", "coo", "logistics", "supply chain", "production", "manufacturing", "plant",
        "quality", "facilit*", "logisti*", "produktion*", "betrieb", "betriebs*", "qualitat*",
        "operationnel*", "operaciones", "operazioni", "produccion", "produzione", "operationeel",
        "qualite", "calidad", "qualita", "werkleit*",
    ),
    Function.SUPPORT: _words(
        "customer success", "customer service", "customer support", "support", "service desk", "help desk",
        "kundenservice", "kundendienst", "kundenbetreu*", "service client", "atencion al cliente",
        "klantenservice", "assistenza clienti",
    ),
    Function.MANAGEMENT: _words(
        "ceo", "chief executive", "founder", "co founder", "cofounder", "owner", "president",
        "managing director", "managing partner", "general manager", "geschaftsfuhr*",
        "geschaeftsfuehr*", "geschaftsleit*", "geschaeftsleit*", "vorstand*", "inhaber*", "grunder*",
        "gruender*", "pdg", "dg", "directeur general", "directrice generale", "gerant", "gerante",
        "fondateur", "fondatrice", "director general", "directora general", "consejero delegado",
        "consejera delegada", "gerente general", "fundador", "fundadora", "presidente",
        "algemeen directeur", "bestuurder", "eigenaar", "oprichter", "amministratore delegato",
        "amministratrice delegata", "direttore generale", "titolare", "fondatore",
    ),
}  # fmt: skip


@lru_cache(maxsize=4096)
def _seniority(title: str) -> Seniority | None:
    folded = plain(title)
    if _FORMER.match(folded):
        return None
    if _ASSISTS.search(folded) or _LEARNS.search(folded):
        return Seniority.ENTRY
    if folded in ("partner", "senior partner", "equity partner"):
        return Seniority.C_LEVEL
    for words, rung in _LADDER:
        # "Product Owner" owns no company; a vice president's "president" is tried before.
        text = _NOT_CHIEF.sub(" ", folded) if rung is Seniority.C_LEVEL else folded
        if words.search(text):
            return rung
    return None


@lru_cache(maxsize=4096)
def _function(title: str) -> Function | None:
    folded = _VP.sub(" ", plain(title))
    found = [
        (match.start(), -len(match[0]), function)
        for function, words in _FUNCTIONS.items()
        if (match := words.search(folded))
    ]
    return min(found)[2] if found else None


def plain(title: str) -> str:
    """Lower case, without accents, words apart by one blank: `Geschäftsführer/in` stays two."""
    letters = unicodedata.normalize("NFKD", title.casefold())
    bare = "".join(char for char in letters if not unicodedata.combining(char))
    return " ".join(re.findall(r"[a-z0-9]+", bare))
