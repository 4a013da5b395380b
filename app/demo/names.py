"""Names of people and companies that do not exist, in the scripts their bearers would use.

Every given name meets every family name of its country, so where a family name says whether its bearer is
a woman, all given names of that country are women's, or the family names are such that do not say.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One country's people and companies: (name as written, name in an address)."""

    country: str
    given: tuple[tuple[str, str], ...]
    family: tuple[tuple[str, str], ...]
    companies: tuple[tuple[str, str], ...]
    phone: str
    """A beginning that is kept free for stories; empty where none is known. Three digits follow."""


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """`Jürgen juergen, Maren maren`: the last word of each is the address's."""
    found = [each.strip().rpartition(" ") for each in text.split(",")]
    return tuple((name, plain) for name, _, plain in found)


PLACES = (
    Place(
        "DE",
        _pairs(
            "Maren maren, Jürgen juergen, Käthe kaethe, Björn bjoern, Sönke soenke, Anke anke, Tobias tobias, Heike heike"
        ),
        _pairs(
            "Brandt brandt, Großmann grossmann, Müller mueller, Petersen petersen, Schäfer schaefer, Vogt vogt, Özdemir oezdemir, Lüders lueders"
        ),
        _pairs(
            "Nordlicht Kühlhaus nordlicht-kuehlhaus, Frischwerk Logistik frischwerk, Elbe Pharma Lager elbe-pharma, Hansefrost hansefrost, Bergmann Impfstoffe bergmann-impf, Molkerei Auental auental, Kaiser Feinkost kaiser-feinkost"
        ),
        "+494066969",
    ),
    Place(
        "AT",
        _pairs("Johanna johanna, Matthäus matthaeus, Leopold leopold"),
        _pairs("Huber huber, Wöhrer woehrer, Gruber gruber"),
        _pairs("Donau Kältetechnik donau-kaelte, Alpenmilch Tirol alpenmilch"),
        "",
    ),
    Place(
        "CH",
        _pairs("Beat beat, Ursina ursina, Reto reto"),
        _pairs("Zürcher zuercher, Caduff caduff, Aebischer aebischer"),
        _pairs("Säntis Biotech saentis, Confiserie Vuilleumier vuilleumier"),
        "",
    ),
    Place(
        "FR",
        _pairs(
            "Amélie amelie, Rémi remi, Zoé zoe, François francois, Noëlle noelle, Thibault thibault"
        ),
        _pairs(
            "Lefort lefort, Guérin guerin, Beauchêne beauchene, Mouret mouret, Lacaze lacaze, N'Diaye ndiaye"
        ),
        _pairs(
            "Marée Fraîche maree-fraiche, Laboratoires Verdier verdier, Transports Garonne garonne, Fromagerie du Haut-Doubs haut-doubs"
        ),
        "+3319900",
    ),
    Place(
        "GB",
        _pairs("Priya priya, Gareth gareth, Imogen imogen, Siobhán siobhan, Callum callum"),
        _pairs("Raman raman, O'Rourke orourke, Pemberton pemberton, Achebe achebe, Mac Rae macrae"),
        _pairs(
            "Raman Freight raman-freight, Severn Dairies severn-dairies, Lowland Vaccines lowland, Pier Nine Seafood pier-nine"
        ),
        "+441632960",
    ),
    Place(
        "SE",
        _pairs("Åsa asa, Göran goran, Linnéa linnea"),
        _pairs("Åkesson akesson, Sjöberg sjoberg, Nyström nystrom"),
        _pairs("Norrkyl norrkyl, Skärgårdsfisk skargardsfisk"),
        "+4684650",
    ),
    Place(
        "PL",
        _pairs("Łukasz lukasz, Małgorzata malgorzata, Żaneta zaneta"),
        _pairs("Wójcik wojcik, Wróbel wrobel, Źrebiec zrebiec"),
        _pairs("Chłodnie Wisła chlodnie-wisla, Zielony Koszyk zielony-koszyk"),
        "",
    ),
    Place(
        "ES",
        _pairs("Íñigo inigo, Begoña begona, Lucía lucia"),
        _pairs("Ibáñez ibanez, Peña pena, Güell guell"),
        _pairs("Frutas Almanzora almanzora, Logística Frío Norte frio-norte"),
        "",
    ),
    Place(
        "TR",
        _pairs("Gülşen gulsen, Çağrı cagri, İpek ipek, Oğuz oguz"),
        _pairs("Şahin sahin, Çelikoğlu celikoglu, Işık isik, Güneş gunes"),
        _pairs("Ege Balıkçılık ege-balik, Marmara Soğuk Zincir marmara-soguk"),
        "",
    ),
    Place(
        "GR",
        _pairs("Γιώργος giorgos, Κατερίνα katerina, Νίκος nikos"),
        _pairs("Αντωνίου antoniou, Αναγνώστου anagnostou, Σταύρου stavrou"),
        _pairs("Κρητικά Γαλακτοκομικά kritika-gala, Αιγαίο Logistics aigaio"),
        "",
    ),
    Place(
        "UA",
        _pairs("Оксана oksana, Тарас taras, Людмила liudmyla"),
        _pairs("Шевчук shevchuk, Бондаренко bondarenko, Ковальчук kovalchuk"),
        _pairs("Дніпро Холод dnipro-kholod, Карпатська ферма karpaty-ferma"),
        "",
    ),
    Place(
        "BG",
        _pairs("Радка radka, Цветана tsvetana"),
        _pairs("Димитрова dimitrova, Йорданова yordanova"),
        _pairs("Родопи Млечни rodopi-mlechni"),
        "",
    ),
    Place(
        "AE",
        _pairs("ليلى layla, عمر omar, نورة noura"),
        _pairs("الحداد alhaddad, منصور mansour, الخطيب alkhatib"),
        _pairs("الواحة للأغذية alwaha-foods, مخازن الخليج gulf-stores"),
        "",
    ),
    Place(
        "JP",
        _pairs("陽子 yoko, 健太 kenta, 美咲 misaki"),
        _pairs("佐藤 sato, 渡辺 watanabe, 小林 kobayashi"),
        _pairs("北海水産 hokkai-suisan, 東雲製薬 shinonome"),
        "",
    ),
    Place(
        "CN",
        _pairs("伟 wei, 静 jing, 海燕 haiyan"),
        _pairs("陈 chen, 欧阳 ouyang, 林 lin"),
        _pairs("东海冷链 donghai, 青禾食品 qinghe"),
        "",
    ),
)
FAMILY_FIRST = frozenset({"JP", "CN"})
TITLES = (
    "Head of Logistics", "Quality Manager", "Warehouse Manager", "Director Supply Chain", "COO",
    "Head of IT", "Procurement Manager", "VP Operations", "Quality Assurance Specialist", "CEO",
    "Leiterin Qualitätssicherung", "Responsable logistique", "Operations Analyst", "Lagerleiter",
)  # fmt: skip
