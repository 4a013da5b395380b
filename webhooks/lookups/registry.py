"""The enrichers outside that are built, by their kind. Pure."""

from collections.abc import Mapping

from webhooks.destinations import DestinationKind
from webhooks.lookups import http_json
from webhooks.lookups.lookup import Lookup

LOOKUPS: Mapping[DestinationKind, Lookup] = {DestinationKind.HTTP_JSON: http_json.LOOKUP}
