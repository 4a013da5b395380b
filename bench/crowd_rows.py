"""The rows of the crowd, one statement a table, in an order in which each finds what it refers to."""

from bench.crowd import HEAVY, HEAVY_EVERY, Size

FIRST = (
    "Ada,Bela,Chen,Dörte,Elif,Femi,Giulia,Hana,Ida,José,Kwame,Leïla,Marek,Noor,Olga,Priya,Quentin,Rosa,"
    "Søren,Tomás,Ulla,Viktor,Wei,Ximena,Yuki,Zofia,Анна,Борис,Ελένη,Γιώργος,محمد,فاطمة,דוד,रवि,王芳,李伟,김민준"
)
LAST = (
    "Abel,Bianchi,Castro,Diallo,Eriksson,Fischer,Garcia,Horvat,Ivanov,Jansen,Kowalski,Lindqvist,Müller,"
    "Nguyen,Okoye,Petrov,Quispe,Rossi,Schmidt,Takahashi,Ueda,Vasquez,Weber,Xu,Yilmaz,Zimmermann,Ångström,"
    "Иванова,Папаδάκης,الحسن,כהן,शर्मा,von der Hohenstaufen-Wolfenbüttel"
)
FIRMS = (
    "Aster,Birch,Cobalt,Delta,Ember,Fjord,Garnet,Harbor,Iris,Juniper,Kite,Larch,Mistral,Nimbus,Onyx"
)
TRADES = "Bakeries,Clinics,Freight,Foods,Labs,Logistics,Paper,Pumps,Software,Steel,Textiles,Tools"
TITLES = (
    "Head of Purchasing,CTO,Buyer,VP Operations,Einkaufsleiterin,Engineer,Managing Director,"
    "Assistant,Directeur des achats,IT Manager"
)
KINDS = (
    "page_view,page_view,page_view,page_view,page_view,page_view,page_view,page_view,page_view,page_view,"
    "click,click,open,open,mail_sent,mail_sent,delivered,download,form,reply"
)
PAGES = "/,/pricing,/docs,/blog/steel,/product,/security,/careers,/blog/cost-of-waiting"
CLOSED = "('won', 'lost', 'recycled', 'disqualified')"

ROWS: tuple[tuple[str, str], ...] = (
    (
        "account",
        """INSERT INTO account (id, domain, name, fields, created_at, owner_id)
    SELECT pg_temp.company(a), 'firm' || a || '.example',
        pg_temp.one_of('{FIRMS}', a, 1) || ' ' || pg_temp.one_of('{TRADES}', a, 2) || ' ' || a,
        '{{"employees": "200"}}', pg_temp.born(a), CASE WHEN mod(a, 40) = 0 THEN pg_temp.rep(a) END
    FROM generate_series(1, {accounts}) a""",
    ),
    (
        "prospect",
        """INSERT INTO prospect (id, account_id, email, phone, name, title, company, country, zone, fields,
        owner_id, lifecycle, stage, points, fit, engagement, grade, warm, assessment_id, look_due_at,
        created_at, changed_at)
    SELECT pg_temp.who(n), pg_temp.company(pg_temp.account_of(n)),
        'p' || n || '@firm' || pg_temp.account_of(n) || '.example', '+4930' || 1000000 + n,
        pg_temp.one_of('{FIRST}', n, 21) || ' ' || pg_temp.one_of('{LAST}', n, 22),
        pg_temp.one_of('{TITLES}', n, 23),
        pg_temp.one_of('{FIRMS}', pg_temp.account_of(n), 1) || ' '
            || pg_temp.one_of('{TRADES}', pg_temp.account_of(n), 2),
        pg_temp.one_of('{{DE,DE,FR,US,GB,PL,JP,BR,IN,NG}}', n, 24), 'Europe/Berlin', '{{"budget": "20000"}}',
        CASE WHEN mod(n, {handoff_every}) = 0 THEN pg_temp.rep(n / {handoff_every}) END,
        CASE WHEN mod(n, {handoff_every}) = 0 THEN
            CASE pg_temp.place(n / {handoff_every}) WHEN 'held' THEN 'warm' WHEN 'accepted' THEN 'with_a_rep'
                ELSE pg_temp.place(n / {handoff_every}) END
            ELSE pg_temp.one_of('{{inquiry,nurturing,nurturing,nurturing,nurturing}}', n, 25) END,
        pg_temp.one_of('{{awareness,awareness,awareness,awareness,consideration,consideration,evaluation,decision}}', n, 26),
        pg_temp.chance(n, 27, 60), pg_temp.chance(n, 28, 40), pg_temp.chance(n, 29, 20),
        pg_temp.one_of('{{A1,B2,C3,C4,D3,D4,D4}}', n, 30), mod(n, {handoff_every}) = 0,
        pg_temp.mint(pg_temp.born(n), n + 1), '{now}'::timestamptz + pg_temp.chance(n, 31, 90) * interval '1 day',
        pg_temp.born(n), pg_temp.born(n) + pg_temp.chance(n, 32, 100) * interval '1 hour'
    FROM generate_series(1, {prospects}) n""",
    ),
    (
        "prospect_words",
        """INSERT INTO prospect_words (prospect_id, words)
    SELECT id, lower(name COLLATE "pg_c_utf8") || chr(10) || email || chr(10) || lower(company) || chr(10)
        || lower(title) FROM prospect""",
    ),
    (
        "identity",
        """INSERT INTO identity (kind, key, prospect_id, learned_at)
    SELECT 'email', 'p' || n || '@firm' || pg_temp.account_of(n) || '.example', pg_temp.who(n), pg_temp.born(n)
    FROM generate_series(1, {prospects}) n""",
    ),
    (
        "activity",
        # OFFSET 0: a person's values are worked out once, not once an activity.
        """INSERT INTO activity (prospect_id, id, kind, happened_at, learned_at, source, key, body, suspect_robot)
    SELECT who, pg_temp.mint(at, n * 8192 + k), kind, at, at,
        CASE WHEN kind IN ('mail_sent', 'delivered') THEN 'nurture' ELSE source END, source || ':' || hash || k,
        CASE kind WHEN 'page_view' THEN jsonb_build_object('page', ('{PAGES}'::text[])[1 + mod(n + k, 8)])
            WHEN 'form' THEN jsonb_build_object('form', 'guide', 'campaign', campaign)
            WHEN 'click' THEN '{{"url": "https://acme.example/pricing", "campaign": "guide"}}'::jsonb
            ELSE '{{"subject": "What waiting costs"}}'::jsonb END, false
    FROM (
        SELECT *, CASE WHEN k = 0 THEN 'form'
                ELSE ('{KINDS}'::text[])[1 + abs(mod(hashint8extended(n * 7 + k, 41), 20))] END AS kind,
            born + lasting * power(k::float / many, 1.5) AS at
        FROM (
            SELECT n::bigint AS n, pg_temp.who(n) AS who, pg_temp.born(n) AS born, '{now}'::timestamptz - pg_temp.born(n) AS lasting,
                pg_temp.source(n) AS source, pg_temp.campaign(n) AS campaign, md5(n::text) AS hash,
                CASE WHEN mod(n, {heavy_every}) = 0 THEN {heavy} ELSE 1 + pg_temp.chance(n, 40, {usual}) END AS many
            FROM generate_series(1, {prospects}) n OFFSET 0
        ) person, LATERAL generate_series(0, many - 1) k OFFSET 0
    ) act ORDER BY at""",
    ),
    (
        "assessment",
        """INSERT INTO assessment (prospect_id, id, at, stage, confidence, model, points, fit, engagement, grade,
        warm, reasons, stage_reasons)
    SELECT id, assessment_id, created_at, stage, 0.6, 'points', points, fit, engagement, grade, warm,
        '[{{"text": "Sent the form guide", "term": "form", "value": 15}}]',
        '[{{"text": "Read about prices twice", "term": "click", "value": 2}}]'
    FROM prospect""",
    ),
    (
        "consent",
        """INSERT INTO consent (prospect_id, id, topic, given, text, at, source, key)
    SELECT pg_temp.who(n), pg_temp.mint(pg_temp.born(n), n), 'newsletter', true, 'Yes, write to me.',
        pg_temp.born(n), pg_temp.source(n), 'c' FROM generate_series(1, {prospects}, 2) n""",
    ),
    (
        "delivery",
        """INSERT INTO delivery (id, source, key, state, reason, received_at, sha256, bytes, content_type, headers, body)
    SELECT pg_temp.who(n), pg_temp.source(n), md5(n::text) || md5((n + 1)::text),
        CASE WHEN mod(n, 1000) = 1 THEN 'unreadable' WHEN mod(n, 5000) = 2 THEN 'test' ELSE 'ingested' END,
        CASE WHEN mod(n, 1000) = 1 THEN 'this is not JSON' END, pg_temp.born(n),
        md5(n::text) || md5((n + 2)::text), 300, 'application/json', '{{"User-Agent": "platform"}}',
        convert_to(repeat(md5(n::text), 9), 'UTF8')
    FROM generate_series(1, {prospects}) n""",
    ),
    (
        "capture",
        """INSERT INTO capture (id, delivery_id, n, source, space, ref, key, state, prospect_id, tries)
    SELECT pg_temp.who(n), pg_temp.who(n), 0, pg_temp.source(n), 'lead', 'r' || n, md5(n::text), 'recorded',
        pg_temp.who(n), 0 FROM generate_series(1, {prospects}) n WHERE mod(n, 1000) <> 1""",
    ),
    (
        "enrollment",
        """INSERT INTO enrollment (prospect_id, id, flow, version, state, reason, entry, entered_at, left_at, step,
        visit, visits, since, known, asked, due_at)
    SELECT pg_temp.who(n), pg_temp.who(n), '{flow}', 1, state,
        CASE state WHEN 'exited' THEN pg_temp.one_of('{{done,bought,unsubscribed}}', n, 52)
            WHEN 'parked' THEN 'no_consent' END, 'e', pg_temp.born(n),
        CASE WHEN state IN ('finished', 'exited') THEN pg_temp.born(n) + interval '9 days' END,
        pg_temp.one_of('{{hello,pause,look,nudge,deep}}', n, 51), 1, '{{}}', pg_temp.born(n), '[]', true,
        CASE WHEN state = 'active' THEN '{now}'::timestamptz + interval '2 days' END
    FROM (SELECT n, pg_temp.one_of('{{active,active,finished,finished,finished,exited,held,parked}}', n, 50) AS state
        FROM generate_series(1, {prospects}, 2) n) place
    WHERE state NOT IN ('held', 'parked') OR pg_temp.chance(n, 53, 100) < 5""",
    ),
    (
        "visit",
        """INSERT INTO visit (prospect_id, enrollment_id, step, visit, reached_at)
    SELECT prospect_id, id, 'hello', 1, entered_at FROM enrollment""",
    ),
    (
        "send",
        """INSERT INTO send (prospect_id, id, enrollment_id, flow, step, visit, template, topic, message_id, state,
        reason, attempts, planned_at, handed_over_at, settled_at, transport, address, subject, html, plain)
    SELECT e.prospect_id, pg_temp.mint(e.entered_at + s * interval '5 days', s), e.id, e.flow, 'step' || s, 1, 'hello',
        'newsletter', md5(e.id::text || s) || '@acme.example',
        CASE WHEN pg_temp.chance(hashtext(e.id::text), 54, 400) = 0 THEN 'held' ELSE
            pg_temp.one_of('{{sent,sent,delivered,delivered,bounced}}', s + hashtext(e.id::text), 55) END, NULL, 1,
        e.entered_at, e.entered_at, e.entered_at, 'smtp', 'p@firm.example', 'What waiting costs',
        repeat('<p>Waiting costs more than you think.</p>', 6), repeat('Waiting costs. ', 12)
    FROM enrollment e, generate_series(1, 2) s""",
    ),
    (
        "message",
        """INSERT INTO message (id, queue, topic, ref, state, due_at, posted_at, attempt, crashes, last_error)
    SELECT pg_temp.who(n), 'inside', 'react', pg_temp.who(n),
        CASE WHEN mod(n, 10000) = 2 THEN 'dead' ELSE 'waiting' END,
        '{now}'::timestamptz + interval '1 hour' + pg_temp.chance(n, 31, 90) * interval '1 day', pg_temp.born(n), 0, 0, NULL
    FROM generate_series(1, {prospects}, 2) n""",
    ),
    (
        "cost",
        """INSERT INTO cost (source, campaign, month, amount, currency, set_by, set_at)
    SELECT s, c, to_char('{now}'::timestamptz - m * interval '1 month', 'YYYY-MM'), 1200 + m, 'EUR', 'mia', '{now}'
    FROM unnest('{SOURCES}'::text[]) s, unnest('{CAMPAIGNS}'::text[]) c, generate_series(0, 23, 3) m""",
    ),
    (
        "audit",
        """INSERT INTO audit (id, at, who, act, about, detail)
    SELECT pg_temp.who(n), pg_temp.born(n), 'ada@acme.example', pg_temp.one_of('{{release mail,replay,token created}}', n, 61),
        n::text, '{{}}' FROM generate_series(1, {prospects}, 20) n""",
    ),
)


def words(size: Size, *, now: str, flow: str, sources: str, campaigns: str) -> dict[str, object]:
    """What the statements are filled with."""
    lists = {
        "FIRST": FIRST,
        "LAST": LAST,
        "FIRMS": FIRMS,
        "TRADES": TRADES,
        "TITLES": TITLES,
        "KINDS": KINDS,
        "PAGES": PAGES,
        "SOURCES": sources,
        "CAMPAIGNS": campaigns,
    }
    return {
        **{name: "{" + each + "}" for name, each in lists.items()},
        "prospects": size.prospects,
        "accounts": size.accounts,
        "handoffs": size.handoffs,
        "handoff_every": size.handoff_every,
        "usual": size.usual,
        "heavy": HEAVY,
        "heavy_every": HEAVY_EVERY,
        "now": now,
        "flow": flow,
    }
