"""Certificates that senders sign with: asked for once each, kept, and used to prove what came before them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from prospects import outbox
from prospects.ids import first_id
from prospects.store import insert_new
from prospects.topics import Topic
from webhooks import outbound, sns
from webhooks.adapter import Incoming, Refused
from webhooks.kinds.registry import ADAPTERS
from webhooks.known import Known
from webhooks.outbound import Answered, Networks, NoAnswer
from webhooks.receive import MARKED
from webhooks.rows import CertificateRow, DeliveryRow, DeliveryState
from webhooks.sources import Source

FORGED = "its signature proves nothing"
NO_SUCH = "the certificate it names cannot be had, so nothing proves it"
MOST_AT_ONCE = 2000
LONGEST_WAIT = timedelta(days=3)
"""Longer than a promise is tried; what came before is not looked through."""


@dataclass(frozen=True, slots=True)
class Later:
    """Try again. `reason` holds no personal data."""

    reason: str


def kept(session: Session, urls: Collection[str] | None = None) -> dict[str, str]:
    """The certificates we have, as PEM by address: all of them, or those of these addresses."""
    query = select(CertificateRow.url, CertificateRow.pem)
    if urls is not None:
        query = query.where(CertificateRow.url.in_(urls))
    return {row.url: row.pem for row in session.execute(query)}


def doubt(delivery: DeliveryRow, source: Source, certificates: Mapping[str, str]) -> str | None:
    """Why what was kept unproved is not to be believed, now that its certificate is here; None if it is."""
    request = Incoming(
        method="POST",
        headers={},
        query={},
        body=delivery.body or b"",
        token=source.token,
        certificates=certificates,
    )
    found = ADAPTERS[source.kind].verify(request, source, delivery.received_at)
    return FORGED if isinstance(found, Refused) or found.unproved else None


def believed(
    session: Session, deliveries: Sequence[DeliveryRow], sources: Known, now: datetime
) -> list[DeliveryRow]:
    """Those that are believed; of the others some wait for a certificate, and some were forged."""
    urls = {url for each in deliveries if (url := each.headers.get(MARKED))}
    here = kept(session, urls) if urls else {}
    ask_for(session, urls - set(here), now)
    found: list[DeliveryRow] = []
    for each in deliveries:
        source, url = sources.sources.get(each.source), each.headers.get(MARKED)
        if url is None or source is None:
            found.append(each)
        elif url in here and (why := doubt(each, source, here)):
            each.state, each.reason = DeliveryState.UNREADABLE, why
            each.body = each.sha256 = None
        elif url in here:
            each.headers = {name: value for name, value in each.headers.items() if name != MARKED}
            found.append(each)
    return found


def ask_for(session: Session, urls: Iterable[str], now: datetime) -> None:
    """Promise to get these certificates."""
    outbox.post(session, Topic.CERTIFICATE, sorted(set(urls)), now)


def prepare(session: Session, url: str, now: datetime) -> str | None:
    """The address to call; None if the certificate is here, and then what waited for it goes on."""
    if not sns.is_certificate(url):
        return None
    if kept(session, [url]):
        _go_on(session, url, now)
        return None
    return url


def call(url: str, *, allow: Networks) -> Answered | NoAnswer:
    """Ask the sender's platform; no transaction is open here."""
    return outbound.get(url, {}, allow=allow)


def settle(session: Session, url: str, answer: Answered | NoAnswer, now: datetime) -> Later | None:
    """Keep the certificate, and look again at what waited for it; None when nothing is left to do."""
    if isinstance(answer, NoAnswer):
        return Later(answer.reason)
    if answer.status >= 500 or answer.status == 429:
        return Later(f"the platform answered {answer.status}")
    if answer.status != 200 or sns.key_in(answer.body) is None:
        _refuse(session, url, now)
        return None
    row = {"url": url, "pem": answer.body.decode("ascii", "replace"), "fetched_at": now}
    insert_new(session, CertificateRow, [row], on=["url"])
    _go_on(session, url, now)
    return None


def _waiting(session: Session, url: str, now: datetime) -> list[DeliveryRow]:
    query = select(DeliveryRow).where(
        DeliveryRow.id >= first_id(now - LONGEST_WAIT),
        DeliveryRow.state == DeliveryState.RECEIVED,
        DeliveryRow.headers[MARKED].as_string() == url,
    )
    return list(session.execute(query.limit(MOST_AT_ONCE)).scalars())


def _go_on(session: Session, url: str, now: datetime) -> None:
    outbox.post(session, Topic.INGEST, [each.id for each in _waiting(session, url, now)], now)


def _refuse(session: Session, url: str, now: datetime) -> None:
    """Nobody will ever prove these: what they said is not kept."""
    ids = [each.id for each in _waiting(session, url, now)]
    session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.id.in_(ids))
        .values(state=DeliveryState.UNREADABLE, reason=NO_SUCH, body=None, sha256=None)
        .execution_options(synchronize_session=False)
    )
