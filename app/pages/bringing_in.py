"""Gives a colleague a way in: a mail where mail can leave, else a link that is shown once."""

from flask import current_app, flash, g

from app.addresses import base_url
from app.auth import links, ways_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages.colleagues import with_password
from app.pages.setup_views import Invited
from app.settings import Settings
from prospects.member import Member


def mails() -> bool:
    """Whether mail can leave."""
    settings: Settings = current_app.extensions["settings"]
    return settings.smtp_url is not None


def by_mail(member: Member) -> None:
    """Mail an invitation; who can sign in already is mailed a way to another password."""
    who = str(current().id)
    kind = ways_in.Kind.RESET if _can_sign_in(member) else ways_in.Kind.INVITATION
    perform(
        current_app.extensions["database"],
        lambda s: ways_in.post(s, kind, member.id, g.now, by=who),
    )
    flash(f"A mail with a link is on its way to {member.email}.", "good")


def by_link(member: Member) -> Invited:
    """A link to hand on: an invitation, or for who can sign in one to choose another password."""
    database = current_app.extensions["database"]
    if _can_sign_in(member):
        token = perform(database, lambda s: links.reset(s, member.id, g.now))
        path, lasts = f"{links.RESET_PATH}{token}", "for one hour"
    else:
        token = perform(database, lambda s: links.invitation(s, member.id, g.now))
        path, lasts = f"{links.PATH}{token}", "for seven days"
    return Invited(member.email, f"{base_url(current_app.extensions['settings'])}{path}", lasts)


def _can_sign_in(member: Member) -> bool:
    with reading(current_app.extensions["database"]) as session:
        return member.id in with_password(session)
