"""The rows of the crowd's way through sales: handoffs in every state, what was decided, found and promised."""

BRIEF = """jsonb_build_object('at', pg_temp.opened(h), 'requested_by', 'grew warm', 'advice', NULL,
        'who', jsonb_build_object('name', p.name, 'title', p.title, 'country', p.country, 'language', NULL, 'zone', p.zone),
        'company', jsonb_build_object('name', p.company, 'domain', NULL, 'employees', '200'),
        'claim', jsonb_build_object('stage', p.stage, 'name', p.stage, 'confidence', 0.6, 'since', pg_temp.opened(h),
            'expires_at', NULL, 'model', 'points'),
        'evidence', jsonb_build_array(jsonb_build_object('text', 'Read about prices', 'at', pg_temp.opened(h), 'times', 2)),
        'questions', jsonb_build_array(jsonb_build_object('ask', 'Who signs?', 'disproves_if', 'nobody knows')),
        'needs', jsonb_build_array('what it costs not to act'), 'content', '[]'::jsonb,
        'standing', jsonb_build_object('grade', p.grade, 'points', p.points, 'fit', p.fit, 'engagement', p.engagement),
        'history', (SELECT jsonb_agg(jsonb_build_object('at', pg_temp.opened(h), 'text', 'Read the page /pricing for ' || s))
            FROM generate_series(1, 8) s),
        'colleagues', '[]'::jsonb, 'next_mails', '[]'::jsonb,
        'source', jsonb_build_object('source', 'site', 'first_at', pg_temp.opened(h), 'campaign', 'guide'), 'findings', '[]'::jsonb)"""

SALES: tuple[tuple[str, str], ...] = (
    (
        "opportunity",
        """INSERT INTO opportunity (id, account_id, product, amount, currency, expected_on, state, created_at, closed_at)
    SELECT pg_temp.handoff(h), pg_temp.company(pg_temp.account_of(pg_temp.handed(h))), 'pumps', 900 + pg_temp.chance(h, 71, 90000),
        pg_temp.one_of('{{EUR,EUR,EUR,USD}}', h, 72), (pg_temp.opened(h) + interval '60 days')::date,
        CASE pg_temp.place(h) WHEN 'won' THEN 'won' WHEN 'lost' THEN 'lost' ELSE 'open' END, pg_temp.opened(h),
        CASE WHEN pg_temp.place(h) IN ('won', 'lost') THEN pg_temp.opened(h) + interval '30 days' END
    FROM generate_series(1, {handoffs}) h WHERE pg_temp.place(h) IN ('won', 'lost', 'checked')""",
    ),
    (
        "handoff",
        """INSERT INTO handoff (prospect_id, id, account_id, opportunity_id, product, lane, state, reason, rep_id,
        fallback, brief, buyer, brief_template, claimed_stage, requested_by, decision_id, opened_at, offered_at,
        expires_at, accepted_at, confirm_by, closed_at)
    SELECT p.id, pg_temp.handoff(h), p.account_id,
        CASE WHEN place IN ('won', 'lost', 'checked') THEN pg_temp.handoff(h) END, '', 'normal', place,
        CASE WHEN place = 'held' THEN 'nobody is on duty' END, pg_temp.rep(h), mod(h, 9) = 0, {BRIEF},
        jsonb_build_object('email', p.email, 'phone', p.phone), 1, p.stage,
        pg_temp.one_of('{{"warm","flow {flow}, step go"}}', h, 73), pg_temp.handoff(h), pg_temp.opened(h),
        CASE WHEN place <> 'held' THEN pg_temp.opened(h) END,
        CASE WHEN place = 'offered' THEN '{now}'::timestamptz + mod(h, 30) * interval '1 hour' END,
        CASE WHEN place NOT IN ('held', 'offered') THEN pg_temp.opened(h) + interval '1 hour' END,
        CASE WHEN place NOT IN ('held', 'offered') THEN pg_temp.opened(h) + interval '3 days' END,
        CASE WHEN place IN ('won', 'lost', 'recycled', 'disqualified') THEN pg_temp.opened(h) + interval '30 days' END
    FROM (SELECT h, pg_temp.place(h) AS place FROM generate_series(1, {handoffs}) h) each
    JOIN prospect p ON p.id = pg_temp.who(pg_temp.handed(h))""",
    ),
    (
        "open_handoff",
        """INSERT INTO open_handoff (whose, product, prospect_id, handoff_id)
    SELECT 'account:' || account_id, '', prospect_id, id FROM handoff
    WHERE state IN ('held', 'offered', 'accepted', 'checked') ON CONFLICT DO NOTHING""",
    ),
    (
        "decision",
        """INSERT INTO decision (prospect_id, id, handoff_id, rule, lane, team, turn, candidates, chosen_id, fallback,
        why, at, configuration)
    SELECT prospect_id, id, id, 'german', 'normal', 'world', 1, (SELECT jsonb_agg(jsonb_build_object(
        'member', pg_temp.rep(c), 'name', 'rep' || c, 'eligible', c < 5, 'reason', CASE WHEN c > 4 THEN 'at their limit' END,
        'pointer', 0.25, 'chosen', c = 1)) FROM generate_series(1, 6) c),
        rep_id, fallback, 'It was their turn.', opened_at, 1 FROM handoff""",
    ),
    (
        "offer",
        """INSERT INTO offer (prospect_id, handoff_id, n, rep_id, state, offered_at, expires_at, closed_at)
    SELECT prospect_id, id, 1, rep_id, CASE WHEN state = 'offered' THEN 'open' ELSE 'accepted' END, offered_at,
        coalesce(expires_at, offered_at + interval '1 day'), accepted_at FROM handoff WHERE state <> 'held'""",
    ),
    (
        "confirmation",
        """INSERT INTO confirmation (prospect_id, id, handoff_id, rep_id, verdict, claimed, claimed_confidence, stage_found,
        spoke_with, channel, at, fact, still_needed, deciders, right_person, recorded_at)
    SELECT prospect_id, id, id, rep_id, verdict, claimed_stage, 0.6,
        CASE WHEN verdict IN ('confirmed', 'earlier', 'later')
            THEN pg_temp.one_of('{{awareness,consideration,evaluation,decision}}', hashtext(id::text), 75) END,
        'Ida', 'call', accepted_at + interval '1 day', 'They compare three suppliers.', '["security paper"]', '[]', '{{}}',
        accepted_at + interval '1 day'
    FROM (SELECT *, pg_temp.one_of('{{confirmed,confirmed,earlier,later,wrong_person,not_a_buyer}}', hashtext(id::text), 74)
        AS verdict FROM handoff WHERE state IN ('checked', 'won', 'lost', 'disqualified')) found""",
    ),
    (
        "promise",
        """INSERT INTO promise (prospect_id, id, handoff_id, confirmation_id, rep_id, what, due_at, made_at, kept_at)
    SELECT prospect_id, id, handoff_id, id, rep_id, 'Send the security paper', at + interval '2 days', at,
        CASE WHEN pg_temp.chance(hashtext(id::text), 76, 100) < 94 THEN at + interval '1 day' END FROM confirmation""",
    ),
    (
        "contact_attempt",
        """INSERT INTO contact_attempt (prospect_id, id, handoff_id, rep_id, channel, at, note, recorded_at)
    SELECT prospect_id, id, id, rep_id, 'call', accepted_at, NULL, accepted_at FROM handoff
    WHERE accepted_at IS NOT NULL AND mod(hashtext(id::text), 3) = 0""",
    ),
    (
        "notice",
        """INSERT INTO notice (prospect_id, id, handoff_id, kind, n, member_id, state, made_at, settled_at)
    SELECT prospect_id, id, id, 'offered', 1, rep_id, 'sent', opened_at, opened_at FROM handoff""",
    ),
    (
        "activity",
        """INSERT INTO activity (prospect_id, id, kind, happened_at, learned_at, source, key, body, suspect_robot)
    SELECT prospect_id, pg_temp.mint(at, hashtext(id::text) & 1048575), kind, at, at, 'routing', kind || ':' || id,
        jsonb_build_object('handoff', id, 'result', state, 'rep', rep_id, 'verdict', 'confirmed', 'claimed', claimed_stage,
            'stage_found', claimed_stage, 'spoke_with', 'Ida', 'channel', 'call', 'fact', 'x', 'lane', 'normal',
            'expires_at', at), false
    FROM (SELECT *, 'offered' AS kind, offered_at AS at FROM handoff WHERE offered_at IS NOT NULL
        UNION ALL SELECT *, 'accepted', accepted_at FROM handoff WHERE accepted_at IS NOT NULL
        UNION ALL SELECT *, 'outcome', closed_at FROM handoff WHERE state IN ('won', 'lost')
        UNION ALL SELECT *, 'verdict', accepted_at + interval '1 day' FROM handoff
            WHERE state IN ('checked', 'won', 'lost', 'disqualified')) act""",
    ),
)
