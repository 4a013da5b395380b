"""All pages of the house, in the order in which they are mounted."""

from flask import Blueprint

from app.pages import (
    asides,
    closing,
    companies,
    confirmations,
    decisions,
    flow_editor,
    flows,
    handoffs,
    outbox,
    people,
    received,
    reports,
    setup,
    sign_in,
    sources,
    steering,
    templates,
    today,
    trying,
    you,
)

PAGES: tuple[Blueprint, ...] = (
    sign_in.blueprint,
    you.blueprint,
    today.blueprint,
    handoffs.blueprint,
    confirmations.blueprint,
    closing.blueprint,
    asides.blueprint,
    steering.blueprint,
    decisions.blueprint,
    people.blueprint,
    companies.blueprint,
    flows.blueprint,
    flow_editor.blueprint,
    sources.blueprint,
    received.blueprint,
    reports.blueprint,
    outbox.blueprint,
    templates.blueprint,
    setup.blueprint,
    trying.blueprint,
)
