"""What platforms do by themselves when an address of ours does not answer, as far as they say so."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from webhooks import imported, polling
from webhooks.sources import SourceKind

HABITS: Mapping[str, str] = {
    SourceKind.LINKEDIN_LEAD_GEN: "LinkedIn checks this address every two hours; after three failed checks in a row it blocks it, and it must be validated again there by hand.",
    SourceKind.META_LEAD_ADS: "Meta tries again for about 36 hours, ever more slowly, and then drops the notification.",
    SourceKind.GOOGLE_LEAD_FORM: "Google does not say whether it tries again: when this address was away, download the leads in Google Ads and import the file.",
    SourceKind.TIKTOK_LEAD: "TikTok does not say how long it tries again; what it gave up is asked for.",
    SourceKind.SNAPCHAT_LEAD: "Snapchat does not say whether it tries again, and cannot be asked.",
    SourceKind.TYPEFORM: "Typeform switches its webhook off at once when it is answered 404 or 410, as a source that is switched off here answers; after other failures it tries again for about ten hours.",
    SourceKind.CALENDLY: "Calendly tries again for about a day, and then switches the subscription off without a word: make it anew there.",
    SourceKind.HUBSPOT: "HubSpot tries again up to ten times within about a day, and not at all what it is refused (4xx).",
    SourceKind.WEBFLOW: "Webflow tries again three times, ten minutes apart.",
    SourceKind.GRAVITY_FORMS: "Gravity Forms keeps every entry in WordPress, from where it can be sent again.",
}
CHECKED_EVERY = timedelta(hours=2)
CHECKS_ALLOWED = 3
"""LinkedIn's: failed checks in a row after which an address is blocked."""


def came(headers: Mapping[str, str]) -> str:
    """How a delivery came, where its platform did not send it."""
    if polling.HEADER in headers:
        return "asked for, because it had not been delivered"
    return "from a file" if imported.HEADER in headers else ""


def unchecked(kind: str, challenged_at: datetime | None, now: datetime) -> bool:
    """Whether LinkedIn's checks have stayed away for so long that it may have blocked the address."""
    checks = kind == SourceKind.LINKEDIN_LEAD_GEN and challenged_at is not None
    return checks and now - (challenged_at or now) > CHECKED_EVERY * CHECKS_ALLOWED
