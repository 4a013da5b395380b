"""Titles in six languages tell seniority and function, or nothing; never a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.titles import Function, Seniority, function_of, seniority_of

TABLE = """
en | CEO | c_level | management
en | Chief Revenue Officer | c_level | sales
en | Founder & CEO | c_level | management
en | Managing Director | c_level | management
en | Partner | c_level | -
en | Vice President Sales | vp | sales
en | SVP, Marketing | vp | marketing
en | Director of Procurement | director | procurement
en | HEAD OF IT | director | it
en | Sales Director EMEA | director | sales
en | General Manager | director | management
en | Operations Manager | manager | operations
en | Chief of Staff | manager | -
en | Senior Account Executive | senior | sales
en | Lead Developer | senior | engineering
en | Junior Product Manager | entry | product
en | Marketing Intern | entry | marketing
en | Executive Assistant to the CEO | entry | management
en | Assistant to the CFO | entry | finance
en | Product Owner | - | product
en | HR Business Partner | - | people
en | Data Scientist | - | data
en | Former CEO | - | management
en | Janitor | - | -
de | Geschäftsführer | c_level | management
de | Geschaeftsfuehrerin | c_level | management
de | Vorstandsvorsitzender | c_level | management
de | Vertriebsleiter | director | sales
de | Leiterin Einkauf | director | procurement
de | Personalleiter | director | people
de | IT-Leiter | director | it
de | Teamleiter Kundenservice | manager | support
de | Sachbearbeiterin Buchhaltung | entry | finance
de | Assistenz der Geschäftsführung | entry | management
de | Werkstudentin Marketing | entry | marketing
de | Interne Revision | - | -
fr | PDG | c_level | management
fr | Directeur général | c_level | management
fr | Directrice marketing | director | marketing
fr | DSI | director | it
fr | Responsable des achats | manager | procurement
fr | Ingénieur logiciel senior | senior | engineering
fr | Stagiaire RH | entry | people
es | Director General | c_level | management
es | Vicepresidente | vp | -
es | Directora de ventas | director | sales
es | Gerente de compras | manager | procurement
es | Becario | entry | -
nl | Algemeen directeur | c_level | management
nl | Hoofd inkoop | director | procurement
nl | Teamleider | manager | -
nl | Stagiair | entry | -
it | Amministratore delegato | c_level | management
it | Direttore vendite | director | sales
it | Responsabile acquisti | manager | procurement
it | Tirocinante | entry | -
"""
ROWS = [tuple(cell.strip() for cell in row.split("|")) for row in TABLE.strip().splitlines()]


@pytest.mark.parametrize(("language", "title", "seniority", "function"), ROWS)
def test_a_title_tells(language: str, title: str, seniority: str, function: str) -> None:
    assert (seniority_of(title) or "-", function_of(title) or "-") == (seniority, function)


def test_all_six_languages_have_every_common_rung() -> None:
    for language in ("en", "de", "fr", "es", "nl", "it"):
        rungs = {row[2] for row in ROWS if row[0] == language}
        assert {"c_level", "director", "manager", "entry"} <= rungs


@pytest.mark.parametrize("nothing", [None, "", " ", "\0", "\ud800", "🙂", "x" * 201, "CEO " * 100])
def test_nothing_tells_nothing(nothing: str | None) -> None:
    assert seniority_of(nothing) is None
    assert function_of(nothing) is None


@given(st.text(st.characters(codec=None)))
def test_no_title_breaks_it(title: str) -> None:
    assert seniority_of(title) in {None, *Seniority}
    assert function_of(title) in {None, *Function}
