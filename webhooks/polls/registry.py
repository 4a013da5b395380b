"""The platforms that can be asked for what they never delivered."""

from collections.abc import Mapping

from webhooks.polling import Poll
from webhooks.polls import calendly, linkedin, meta, tiktok, typeform
from webhooks.sources import SourceKind

POLLS: Mapping[SourceKind, Poll] = {
    SourceKind.CALENDLY: calendly.POLL,
    SourceKind.LINKEDIN_LEAD_GEN: linkedin.POLL,
    SourceKind.META_LEAD_ADS: meta.POLL,
    SourceKind.TIKTOK_LEAD: tiktok.POLL,
    SourceKind.TYPEFORM: typeform.POLL,
}
