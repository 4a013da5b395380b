"""Which platform speaks for which kind of destination. Pure."""

from collections.abc import Mapping

from webhooks.destinations import DestinationKind
from webhooks.platforms import google, linkedin, meta, tiktok
from webhooks.platforms.conversion import Platform

PLATFORMS: Mapping[DestinationKind, Platform] = {
    DestinationKind.META: meta.PLATFORM,
    DestinationKind.GOOGLE: google.PLATFORM,
    DestinationKind.LINKEDIN: linkedin.PLATFORM,
    DestinationKind.TIKTOK: tiktok.PLATFORM,
}
