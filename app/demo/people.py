"""Those of the demo's buyers who have a story of their own (`app/demo/heroes.py`), each at a company of their own."""

from app.demo.cast import Buyer


def _buyer(name: str, email: str, company: str, country: str, title: str, phone: str = "") -> Buyer:
    given, _, family = name.partition(" ")
    return Buyer(
        given=given,
        family=family,
        email=email,
        company=company,
        domain=email.partition("@")[2],
        country=country,
        title=title,
        phone=phone,
    )


FRIEDERIKE = _buyer(
    "Friederike Behrens",
    "f.behrens@hafenkuehl.example",
    "Hafenkühl Hamburg",
    "DE",
    "Head of Quality",
    "+494066969201",
)
HUSEYIN = _buyer(
    "Hüseyin Aksoy", "huseyin@bosporus-gida.example", "Bosporus Gıda", "TR", "CEO", "+494066969202"
)
ADELHEID = _buyer(
    "Adelheid Voss",
    "adelheid.voss@kranich-pharma.example",
    "Kranich Pharma",
    "DE",
    "Director Quality",
    "+494066969203",
)
WOLFRAM = _buyer(
    "Wolfram Kühn",
    "wolfram.kuehn@kranich-pharma.example",
    "Kranich Pharma",
    "DE",
    "Head of IT",
    "+494066969204",
)
THEODORA = _buyer(
    "Theodora Wiechert",
    "theodora.wiechert@alsterfrost.example",
    "Alsterfrost",
    "DE",
    "COO",
    "+494066969205",
)
BJORG = _buyer(
    "Björg Halldórsdóttir",
    "bjorg@nordurfiskur.example",
    "Norðurfiskur",
    "IS",
    "Operations Manager",
    "+4684650001",
)
CHRISTINA = _buyer(
    "Χριστίνα Βλάχου",
    "christina.vlachou@peloponnisos.example",
    "Πελοπόννησος Τρόφιμα",
    "GR",
    "Quality Manager",
    "+494066969207",
)
OLEH = _buyer(
    "Олег Гнатюк",
    "oleh.hnatiuk@podillia-moloko.example",
    "Поділля Молоко",
    "UA",
    "Head of Logistics",
)
STAVROS = _buyer(
    "Σταύρος Λαμπράκης",
    "s.lamprakis@thessaly-fresh.example",
    "Θεσσαλία Fresh",
    "GR",
    "Warehouse Manager",
    "+494066969209",
)
MIREILLE = _buyer(
    "Mireille Castagné",
    "mireille@castagne-traiteur.example",
    "Castagné Traiteur",
    "FR",
    "CEO",
    "+33199000110",
)
OTTILIE = _buyer(
    "Ottilie Marquardt",
    "ottilie.marquardt@lindenapotheken.example",
    "Lindenapotheken Verbund",
    "DE",
    "VP Operations",
    "+494066969211",
)
KALT = _buyer("Kaspar Thoma", "kaspar.thoma@kaltwerk.example", "Kaltwerk", "CH", "Sales Manager")
GUNNAR = _buyer(
    "Gunnar Ljungqvist",
    "gunnar.ljungqvist@fjallbio.example",
    "Fjällbio",
    "SE",
    "Director Operations",
    "+4684650012",
)
RUNA = _buyer("瑠奈 藤原", "runa.fujiwara@setouchi-maguro.example", "瀬戸内まぐろ", "JP", "COO")
