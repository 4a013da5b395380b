"""The words by which protected traits, and what gives them away, are called in many languages, by a stroke each. Pure."""

TRAITS: dict[str, str] = {
    "a name gives away sex and origin": (
        "name|first name|last name|full name|given name|family name|surname|middle name|maiden name|nickname|firstname|lastname|fullname|forename|"
        "contact name|lead name|person name|customer name|names|achternaam|voornaam|vorname|nachname|familienname|rufname|geburtsname|"
        "ansprechpartner|prénom|prenom|nom|nombre|apellido|apellidos|cognome|nome|nombre completo|primer nombre|nombre de pila|nombre del contacto|"
        "nom de famille|nom du contact|nome completo|nome proprio|primo nome|nome do contato|sobrenome|naam|volledige naam|familienaam|förnamn|"
        "fornavn|姓|名|efternamn|efternavn|etternavn|mellomnavn|etunimi|sukunimi|imię|nazwisko|jméno|příjmení|meno|priezvisko|keresztnév|vezetéknév|"
        "teljes név|ad soyad|adı|soyad|soyadı|prenume|nume de familie|имя|фамилия|отчество|фио|ім'я|прізвище|όνομα|επώνυμο"
    ),
    "a picture gives away sex, age and origin": (
        "photo|picture|avatar|portrait|image|headshot|profile picture|foto|bild|lichtbild|passbild|fotografía|fotografia|zdjęcie|fotka|фото|"
        "profilbild|photo de profil"
    ),
    "sex and its expression are protected": (
        "gender|sex|pronoun|pronouns|salutation|honorific|name prefix|mr mrs|geschlecht|genere|civilite|anrede|briefanrede|sexe|civilité|sexo|genre|"
        "sesso|sexual orientation|sexuelle orientierung|pregnant|pregnancy|schwangerschaft|schwanger|género|gênero|geslacht|aanhef|kön|køn|kjønn|"
        "sukupuoli|płeć|pohlaví|pohlavie|cinsiyet|пол|стать|φύλο|tilltal|tratamiento|tratamento|trattamento|zwrot grzecznościowy|oslovení|"
        "title prefix|m f|f m|m w|w m|m w d|h f|mr ms|mr mrs ms|orientation sexuelle|orientación sexual|gender identity|transgender|enceinte|"
        "embarazo|zwanger"
    ),
    "age is protected": (
        "age|ages|senior citizen|age group|age band|age range|birth date|birthdate|birthday|birth year|birth|date of birth|year birth|born|"
        "year of birth|dob|yob|generation|alter|altersgruppe|altersklasse|geburtsdatum|geburtstag|geburtsjahr|geb|jahrgang|naissance|edad|âge|"
        "année de naissance|né le|née le|tranche d âge|fecha de nacimiento|fecha nacimiento|año de nacimiento|data di nascita|anno di nascita|età|"
        "data de nascimento|idade|faixa etária|leeftijd|geboortedatum|geboortejaar|ålder|födelsedatum|födelseår|alder|fødselsdato|fødselsår|ikä|"
        "syntymäaika|syntymävuosi|wiek|data urodzenia|rok urodzenia|věk|datum narození|rok narození|vek|születési dátum|életkor|yaş|doğum tarihi|"
        "doğum yılı|data nașterii|возраст|дата рождения|год рождения|вік|дата народження|ηλικία|d o b|dateofbirth|birthdt|age years|lebensalter|"
        "nacimiento"
    ),
    "where somebody lives gives away origin and means": (
        "postcode|post code|postal code|postalcode|zip|zip code|zipcode|street|home address|private address|street address|rue|calle|cap|cp|lat|lng|"
        "neighbourhood|neighborhood|latitude|longitude|plz|postleitzahl|straße|strasse|hausnummer|privatanschrift|wohnort|stadtteil|code postal|"
        "código postal|codigo postal|codice postale|cod postal|cep|postnummer|postnr|postinumero|kod pocztowy|psč|psc|směrovací číslo|irányítószám|"
        "posta kodu|почтовый индекс|поштовий індекс|ταχυδρομικός κώδικας|straat|huisnummer|ulica|domicilio|domicile|woonplaats|via e numero"
    ),
    "origin is protected": (
        "ethnicity|ethnic|ethnic group|race|racial|nationality|citizenship|birthplace|place of birth|native language|mother tongue|skin|migrant|"
        "visa status|ethnie|ethnische herkunft|herkunftsland|nationalität|staatsangehörigkeit|staatsbürgerschaft|geburtsort|geburtsland|"
        "muttersprache|hautfarbe|migrationshintergrund|nationalité|origine ethnique|lieu de naissance|pays de naissance|citoyenneté|raza|etnia|"
        "nacionalidad|lugar de nacimiento|nazionalità|cittadinanza|luogo di nascita|nacionalidade|naturalidade|raça|cor da pele|nationaliteit|"
        "geboorteplaats|medborgarskap|nationalitet|statsborgerskap|kansalaisuus|narodowość|obywatelstwo|miejsce urodzenia|národnost|státní občanství|"
        "állampolgárság|uyruk|doğum yeri|национальность|гражданство|место рождения|громадянство|aboriginal|indigenous"
    ),
    "belief and conviction are protected": (
        "religion|religious|faith|belief|denomination|church|political|politics|party|union member|trade union|konfession|religionszugehörigkeit|"
        "glaube|weltanschauung|kirche|kirchensteuer|partei|parteizugehörigkeit|gewerkschaft|caste|kaste|religión|religione|religião|godsdienst|"
        "uskonto|wyznanie|náboženství|vallás|parti politique|afiliación política|partido político|sindicato|syndicat|sindacato|parteibuch|"
        "gewerkschaftlich|вероисповедание|религия|партия"
    ),
    "health is protected": (
        "health|disability|disabled|handicap|illness|diagnosis|blood type|gesundheit|behinderung|schwerbehinderung|krankheit|grad der behinderung|"
        "gdb|health status|health condition|medical|schwerbehindert|behindert|santé|discapacidad|salud|disabilità|salute|deficiência|saúde|"
        "invaliditeit|niepełnosprawność|postižení|инвалидность|biometric|genetic|veteran|pflegegrad"
    ),
    "it tells who somebody is, and nothing of what they need": (
        "email|e mail|mail|email address|mail address|e mail address|phone|phone number|telephone|telefon|telefonnummer|mobile|mobile number|handy|"
        "handynummer|address|adresse|anschrift|ip|ip address|lead email|lead phone|linkedin url|linkedin profile|ssn|social security number|"
        "national id|passport|passport number|passport no|ausweisnummer|sozialversicherungsnummer|steuer id|dni|nif|nie|codice fiscale|cpf|bsn|"
        "personnummer|cpr|cpr nummer|fødselsnummer|henkilötunnus|pesel|rodné číslo|tc kimlik no|инн физлица|снилс|numéro de sécurité sociale|"
        "dirección|direccion|indirizzo|endereço|adres|adress|osoite|adresa|адрес|courriel|correo|correo electrónico|telefono|teléfono|telefone|"
        "téléphone|telefoon|puhelin|телефон"
    ),
    "the state of a family is protected": (
        "marital|marital status|married|civil status|spouse|children|number of children|kids|kidhome|teenhome|dependents|dependants|familienstand|"
        "verheiratet|kinder|kinderzahl|ehepartner|ehestand|situation familiale|situation de famille|état civil|nombre d enfants|estado civil|hijos|"
        "stato civile|figli|filhos|burgerlijke staat|civilstånd|sivilstand|siviilisääty|stan cywilny|rodinný stav|családi állapot|medeni durum|"
        "medeni hali|семейное положение|дети|is married"
    ),
    "a conviction is protected": "criminal record|conviction|convictions|vorstrafe|vorstrafen|casier judiciaire|antecedentes penales",
}
ALONE = (
    "name|names|age|ages|alter|image|picture|bild|birth|party|race|union|genre|generation|email|mail|e mail|phone|telephone|telefon|nom|nombre|"
    "nome|naam|dni|health|пол|адрес|dirección|direccion|indirizzo|endereço|adres|adress|adresa|osoite|cep|età|idade|alder|vek|yaş|medical|"
    "conviction|genetic|nie|mobile|handy|address|adresse|anschrift|cap|cp|rue|children|church"
)
"""Words that things have as well: a campaign has a name, a lead an age."""
PERSON = (
    "contact|person|customer|client|user|applicant|buyer|prospect|kunde|kunden|kontakt|work|private|business|home|office|privat|ansprechpartner|"
    "years|in|of|your|my|the|jahre|jahren|contacto|contatto|contato|cliente|persona|klient|клиента|контакта|del|du|dei|da|do|van|müşteri|"
    "kontaktu|kundens|asiakkaan|ans|años|anni|anos|lat|let|лет"
)
"""Words beside which such a word speaks of a person all the same."""
SEXES = (
    "male|female|m|f|w|d|man|woman|men|women|diverse|divers|nonbinary|mr|mrs|ms|miss|mr.|mrs.|ms.|herr|frau|männlich|weiblich|homme|femme|other|"
    "x|m.|mme|mlle|monsieur|madame|sr|sr.|sra|sra.|señor|señora|sig.|sig.ra|signor|signora|dhr|dhr.|mevr|mevr.|hombre|mujer|masculino|femenino|"
    "feminino|masculin|féminin|uomo|donna|maschio|femmina|homem|mulher|mann|vrouw|kvinna|kvinne|kvinde|mand|mies|nainen|kobieta|mężczyzna|muž|"
    "žena|férfi|nő|erkek|kadın|мужской|женский|муж|жен|м|ж|мужчина|женщина|男|女|男性|女性|先生|女士|남|여|남성|여성|masculine|feminine|non-binary|non binary|"
    "trans"
)
RUN_TOGETHER: dict[str, str] = {
    "a name gives away sex and origin": "氏名|姓名|名前|苗字|名字|フリガナ|ふりがな|성명|이름",
    "a picture gives away sex, age and origin": "顔写真|写真|照片|사진",
    "sex and its expression are protected": "性別|性别|성별|敬称|称谓|妊娠",
    "age is protected": "年齢|年齡|年龄|年代|生年月日|誕生日|生日|出生日期|出生年|生年|나이|연령|생년월일|생일",
    "where somebody lives gives away origin and means": "郵便番号|邮编|邮政编码|郵遞區號|우편번호|住所|住址|番地|주소",
    "origin is protected": "国籍|國籍|국적|人種|种族|種族|民族|籍贯|出身地|本籍",
    "belief and conviction are protected": "宗教|종교|信仰|支持政党|政治面貌|党员|労働組合",
    "health is protected": "健康|障害|残疾|病歴|病史|건강|장애",
    "it tells who somebody is, and nothing of what they need": "身份证|マイナンバー|주민등록번호|電話番号|手机|電話|电话|전화|メールアドレス|邮箱|이메일",
    "the state of a family is protected": "婚姻|配偶|既婚|結婚|子供|子女|家族構成|결혼",
}
"""In writing without blanks a word stands within others: `お名前`, `顧客の年齢`."""
OF_THINGS = "会社|企業|法人|商品|製品|キャンペーン|公司|产品|活动|회사|제품|勤務先|事業所"
"""Where one of these stands there too, it is the name or the place of a thing."""
