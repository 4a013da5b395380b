"""What a crowd's workspace has learned: models, one of them tried on everybody, a change of rules, and how people were seen over time."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import create_engine, insert, select, text
from sqlalchemy.orm import Session

from app.pages.model_words import CHECKS
from bench.kept import Kept, Say
from bench.score_people import NAMES, card_of
from prospects.ids import new_id
from prospects.store import table_of
from scoring import current
from scoring.card.card import sha256, written
from scoring.learning.rows import DriftRow, TrainingRow
from scoring.models import Origin, State
from scoring.rows import ModelRow

MODELS = 60
"""A year of trainings, a week apart and some by hand."""
MOVED = 40
"""Times that what was believed of one person in a hundred has changed."""
DAY = timedelta(days=1)

OF_PEOPLE: tuple[str, ...] = (
    """INSERT INTO shadow (prospect_id, model_id, points, grade, score, warm, was_points, was_grade, was_warm, at)
    SELECT id, '{tried}', (points * 7 + abs(mod(hashtext(id::text), 100))) / 8,
        ('[0:4]={{A1,B2,C3,D4,B4}}'::text[])[abs(mod(hashtext(id::text), 5))], NULL,
        CASE WHEN abs(mod(hashtext(id::text), 500)) = 0 THEN NOT warm ELSE warm END, points, grade, warm, '{now}'
    FROM prospect""",
    """INSERT INTO shadow_tally (model_id, slot, people, moved, warmer, colder)
    SELECT model_id, 0, count(*), count(*) / 3, count(*) FILTER (WHERE warm AND NOT was_warm),
        count(*) FILTER (WHERE was_warm AND NOT warm) FROM shadow GROUP BY model_id""",
    """INSERT INTO rules_change (version, state, model, at, by, people, looked)
    SELECT {version}, 'waiting', 'points', '{now}', 'mia', count(*), count(*) FROM prospect""",
    """INSERT INTO crossing (prospect_id, version, state, up, points_before, points_after, at)
    SELECT id, {version}, 'held', NOT warm, points, 100 - points, '{now}' FROM prospect
    WHERE abs(mod(hashtext(id::text), 50)) = 0""",
    """INSERT INTO assessment (prospect_id, id, at, stage, confidence, model, points, fit, engagement, grade, warm,
        reasons, stage_reasons)
    SELECT id, gen_random_uuid(), created_at + n * interval '2 hours', ('[0:2]={{awareness,consideration,evaluation}}'::text[])[mod(n, 3)],
        0.5, 'points', mod(7 * n, 60), 20, mod(7 * n, 40), ('[0:3]={{A1,B2,C3,D4}}'::text[])[mod(n, 4)], false,
        jsonb_build_array(jsonb_build_object('text', 'Sent the form guide', 'term', 'form', 'value', n)),
        '[{{"text": "Read about prices twice", "term": "click", "value": 2}}]'
    FROM prospect, generate_series(1, {moved}) n WHERE abs(mod(hashtext(id::text), 100)) = 0""",
    """INSERT INTO override (prospect_id, id, value, reason, by, at, until)
    SELECT id, gen_random_uuid(), 1, 'We met them at the fair', 'mia', '{now}', '{now}'::timestamptz + interval '30 days'
    FROM prospect WHERE abs(mod(hashtext(id::text), 1000)) = 0""",
    """UPDATE confirmation SET claimed_model = ('[0:2]={{points,card-a,card-b}}'::text[])[abs(mod(hashtext(id::text), 3))],
        claimed_signal = ('[0:3]={{evaluation.form,consideration.click,decision.reply,verdict.found}}'::text[])[abs(mod(hashtext(id::text), 4))]""",
    "UPDATE handoff SET drawn = 0.05 WHERE abs(mod(hashtext(id::text), 40)) = 0",
    """UPDATE confirmation SET requested_by = h.requested_by, drawn = h.drawn FROM handoff h
    WHERE h.prospect_id = confirmation.prospect_id AND h.id = confirmation.handoff_id""",
)
"""The rows about everybody."""


def learn(kept: Kept, say: Say) -> None:
    """Bring all this into a crowd that has none of it yet; SQLite's demo has its own."""
    engine = create_engine(kept.url)
    with Session(engine) as session:
        if session.execute(select(ModelRow.id).limit(1)).first() is not None:
            return
        say("models, and what one of them says of everybody")
        tried = _models(session, kept.now)
        words = {"tried": tried, "now": kept.now, "moved": MOVED}
        words["version"] = current.current(session).version
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("SET LOCAL statement_timeout = 0"))
        for statement in OF_PEOPLE:
            session.connection().exec_driver_sql(statement.format(**words))
        session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Also for those whose columns and indexes came only as the crowd was brought to the schema.
        connection.exec_driver_sql("VACUUM (ANALYZE)")
    engine.dispose()


def _models(session: Session, now: datetime) -> str:
    """Keep them with their trainings; returns the one that is tried."""
    rows = list(_rows(now))
    session.execute(insert(table_of(ModelRow)), rows)
    tried: str = rows[0]["id"]
    drifts = [
        {"model_id": tried, "day": (now - n * DAY).date(), "at": now, "body": _drift()}
        for n in range(30)
    ]
    session.execute(insert(table_of(DriftRow)), drifts)
    session.execute(insert(table_of(TrainingRow)), [_training(row) for row in rows])
    return tried


def _rows(now: datetime) -> Iterator[dict[str, Any]]:
    for n in range(MODELS):
        at = now - 6 * n * DAY - 3 * DAY
        card = card_of(at, grown=1 + n / 1000)
        yield {
            "id": card.id,
            "state": State.APPROVED if n == 0 else State.RETIRED,
            "origin": Origin.RECORD,
            "sha256": sha256(card),
            "body": written(card),
            "report": _report(),
            "trained_at": at,
            "approved_at": at,
            "retired_at": at if n else None,
        }


def _training(model: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(model["trained_at"]),
        "state": "done",
        "because": "a week has gone by",
        "asked_by": "warmline",
        "asked_at": model["trained_at"],
        "ended_at": model["trained_at"],
        "model_id": model["id"],
        "labels": 1000,
        "report": {"positives": 200, "losses": 800, "words": ["Learned from 1,000 leads."]},
    }


def _report() -> dict[str, Any]:
    """As large as that of a card of forty terms."""
    figures = {"auc": 0.8, "pr_auc": 0.6, "log_loss": 0.4, "brier": 0.1, "ece": 0.02, "lift10": 3.1}
    ten = [n / 10 for n in range(1, 11)]
    return {
        "rows": 1000,
        "positives": 200,
        "losses": 800,
        "signal": True,
        "gate": {
            "outcome": "ask",
            "checks": [
                {"name": name, "passed": n % 2 == 0, "figures": figures, "words": "So it was."}
                for n, name in enumerate(CHECKS)
            ],
        },
        "looked": {
            "newest": True,
            "rows": 200,
            "won": 40,
            "higher": 31,
            "lower": 9,
            "psi": dict.fromkeys(NAMES, 0.1),
            "reliability": [{"rows": 20, "predicted": part, "won": part} for part in ten],
            "lift": ten,
            "slices": [
                {"column": "came.source", "level": f"s{n}", "rows": 90, "auc": 0.8, "auc_now": 0.7, "ratio": 1.0}
                for n in range(20)
            ],
        },
        "candidates": [
            {"name": name, "cv": figures, "time_split": figures, "why_not": ""}
            for name in ("points", "platt", "scorecard", "additive", "full_boosting")
        ],
        "shares": {name: {f"level {n}": 0.05 for n in range(20)} for name in NAMES},
        "words": ["Learned from 1,000 leads."] * 8,
    }  # fmt: skip


def _drift() -> dict[str, Any]:
    return {"people": 900, "psi": dict.fromkeys(NAMES, 0.1), "look": list(NAMES[:2]), "words": []}
