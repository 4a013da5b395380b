"""The examples of the public contract are taken as they stand there."""

from pathlib import Path

from app.workspace.apply import work_out
from app.workspace.standing import Standing

FILES = {
    "team.yaml": """
people:
  - {email: rita@acme.example, name: Rita Okoye, roles: [rep], zone: Europe/Berlin, hours: {mon-fri: ["09:00-17:00"]}, weight: 1, capacity: {open: 20, per_day: 8}, skills: {language: [de, en]}, absences: [{from: 2026-12-24, until: 2027-01-02, reason: leave}], active: true}
  - {email: manager@acme.example, roles: [manager]}
""",
    "stages.yaml": """
stages:            # the order is the list's
  - {slug: awareness, name: Awareness, needs: ["what it costs not to act"], questions: [{ask: "Is anyone tasked with this?", disproves_if: "no one"}], content: [{slug: guide, title: A guide, url: "https://acme.example/guide"}]}
  - {slug: evaluation, name: Evaluation}
""",
    "sources.yaml": """
sources:
  - {slug: linkedin, kind: linkedin_lead_gen, secrets: ["${SECRET}", "${SECRET_OLD}"], access_token: "${TOKEN}", api_base_url: "http://127.0.0.1:${PORT}", pages: [1122334455]}
  - {slug: api, kind: generic_json, auth: {header: X-Token, value: "${TOKEN}"}}
  - {slug: signed, kind: generic_json, secrets: "${SECRET}", auth: {hmac_header: X-Signature}}
  - {slug: standard, kind: generic_json, auth: {standard_webhooks: "${WHSEC}"}}
  - {slug: mapped, kind: generic_json, token: "${TOKEN}", map: {work_email: email, "how_big_is_your_team?": account.employees}}
""",
    "scoring.yaml": """
warm: {stage: evaluation, points: 60, leave_points: 45}        # either makes warm; hysteresis
fit: {cap: 50, rules: [{name: senior, if: {field: seniority, op: in, value: [director, vp, c_level]}, points: 20}]}
engagement: {cap: 50, half_life: 14d, rules: [{name: pricing, activity: page_view, where: {field: page, op: contains, value: /pricing}, points: 12, cap: 24}]}
evidence: [{stage: evaluation, activity: form, where: {field: form, op: eq, value: demo}, weight: 3, half_life: 30d}]
gates: [{name: competitor, if: {field: account.domain, op: in, value: [rival.example]}}]
explore: 0.0                        # share of unrouted people sent to the desk for verification
model: points                       # or a card's id
""",
    "routing.yaml": """
teams: [{slug: dach, people: [rita@acme.example]}]
rules: [{name: german, if: {field: country, op: eq, value: DE}, to: "team:dach", lane: fast}]     # to: team:S | person:E | account_owner
lanes: {fast: {accept_within: 15m, clock: real, remind: [5m, 10m]}, normal: {accept_within: 24h, clock: business}}
confirm_within: 3d
fallback: manager@acme.example
holidays: [DE]
""",
    "flows/considered.yaml": """
flow: considered
enter: {activity: form, where: {field: form, op: eq, value: guide}, again: 90d}
exits: [{if: {field: lifecycle, op: eq, value: won}, reason: bought}]
steps:
  - {id: hello, mail: {template: hello, topic: newsletter}}
  - {id: pause, wait: 2d}
  - {id: look, wait_for: {first: [{activity: click, then: deep}], within: 5d, else: nudge}}
  - {id: nudge, mail: {template: nudge, topic: newsletter}, next: sort}
  - {id: deep, mail: {template: deep, topic: newsletter}}
  - {id: sort, branch: {when: [{if: {field: points, op: gte, value: 60}, then: go}], else: end}}
  - {id: go, hand_off: {lane: fast}}
  - {id: end, exit: {reason: done}}
""",
    "mails/hello.html": "---\nsubject: Hello\nfrom: owner\nreply_to: team@acme.example\n---\n<p>Hi</p>",
    "mails/nudge.html": "---\nsubject: Still there?\n---\n<p>Hi</p>",
    "mails/deep.html": "---\nsubject: More\n---\n<p>Hi</p>",
    "mails/deep.txt": "Hi",
}
ENVIRON = {
    "SECRET": "one-secret",
    "SECRET_OLD": "an-older-secret",
    "TOKEN": "a-long-enough-token",
    "PORT": "8123",
    "WHSEC": "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0",
}


def test_the_contracts_examples_are_taken(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)

    changes = work_out(tmp_path, ENVIRON, Standing(), secret="k" * 40)

    assert len(changes.changes) == 14
    linkedin = next(each.body for each in changes.changes if each.slug == "linkedin")
    assert [each["name"] for each in linkedin["secrets"]] == ["SECRET", "SECRET_OLD"]
    assert linkedin["api_base_url"]["name"] == "http://127.0.0.1:${PORT}"
    assert linkedin["pages"] == [1122334455]
