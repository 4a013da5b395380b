"""What nobody may be judged by is known by its name in many languages; a thing's name, place or age is none."""

import pytest

from scoring.features.protected import gives_away, protected


@pytest.mark.parametrize(
    "heading",
    [
        *("Geburtsdatum", "PLZ", "Vorname", "Anrede", "Schwerbehindert", "sexe", "Code postal", "Prénom", "âge", "Né le"),
        *("Código postal", "codigo postal", "Fecha de nacimiento", "Estado civil", "Età", "Codice postale", "Indirizzo"),
        *("Geboortedatum", "Leeftijd", "Idade", "Data de nascimento", "CEP", "Kön", "Ålder", "Förnamn", "Fødselsdato"),
        *("Sukupuoli", "Płeć", "Imię", "Kod pocztowy", "Věk", "Rodné číslo", "Cinsiyet", "Yaş", "Doğum tarihi"),
        *("Пол", "Дата рождения", "Фамилия", "性別", "生年月日", "お名前", "郵便番号", "顧客の年齢", "性别", "邮政编码", "성별", "나이"),
        *("D.O.B.", "M/F", "date_of_birth", "contactFirstName", "Age (years)", "photo_url", "SSN", "Nom du contact"),
    ],
)  # fmt: skip
def test_a_protected_trait_is_known_by_its_name_in_many_languages(heading: str) -> None:
    assert protected(heading) is not None


@pytest.mark.parametrize(
    "heading",
    [
        *("Account age", "campaign_name", "package", "Average deal", "Storage", "Ad group", "Alter Vertrag", "Race condition"),
        *("Nombre de salariés", "Nombre d'employés", "Nom de la société", "nom du produit", "Nome da empresa", "Liczba dni"),
        *("Account health", "Genre musical", "会社名", "商品の名前", "会社住所", "公司名称", "Website", "Email campaign", "Sessions"),
    ],
)  # fmt: skip
def test_the_name_the_place_or_the_age_of_a_thing_is_none(heading: str) -> None:
    assert protected(heading) is None


@pytest.mark.parametrize(
    "words", [["Mme", "M."], ["男", "女"], ["Муж", "Жен"], ["Kobieta", "Mężczyzna"]]
)
def test_the_sexes_are_known_by_what_stands_there(words: list[str]) -> None:
    assert gives_away([*words, "other"]) is not None
    assert gives_away([*words, "Hamburg"]) is None
