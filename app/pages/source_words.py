"""What pages say of sources: how each kind is set up (as docs/sources.md says it), and how one is doing."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from app.pages.mail_sources import MAILS
from app.pages.source_habits import HABITS, unchecked
from app.pages.source_views import Health, Refusal
from app.pages.views import Tone
from app.pages.words import several
from webhooks.health import Health as Noted
from webhooks.silence import TIMES, Pace
from webhooks.sources import SourceKind

SETUP: Mapping[str, Sequence[str]] = {
    **MAILS,
    SourceKind.GENERIC_JSON: (
        "Make up a long random value and say in `auth` which header carries it.",
        "In Zapier, Make, n8n or your own program post JSON to `https://…/webhooks/<slug>` with that header, and give each lead an `external_id` of yours.",
        "Send one lead with an `email` and find the person under *Received*.",
        "An e-mail address or a phone number is needed; without one the capture is dead and says so.",
    ),
    SourceKind.LINKEDIN_LEAD_GEN: (
        "Give the app's client secret as `secrets`, the ad account or organization as `pages`, and an access token with `r_marketing_leadgen_automation`.",
        "Subscribe `https://…/webhooks/<slug>` in LinkedIn; it sends a challenge now and every two hours, which is answered from memory, also while the database is away.",
        "A notification only names a lead; the worker of the queue `outside` fetches it with its form, so that answers have names and consents have their text.",
    ),
    SourceKind.META_LEAD_ADS: (
        "In *developers.facebook.com → your app → App settings → Basic* copy the app secret into `secrets`.",
        "Make up a `verify_token`, and make a long-lived *page* access token with `leads_retrieval`, `pages_manage_metadata`, `pages_show_list`, `pages_read_engagement` and `ads_management`.",
        "Under *Webhooks → Page* enter `https://…/webhooks/<slug>` and the verify token, and subscribe the field `leadgen`.",
        "Subscribe each page too, or nothing arrives: `POST /{page-id}/subscribed_apps?subscribed_fields=leadgen` with the page token.",
        "In *Business settings → Leads access* let the app read leads, and switch the app from development to live.",
        "Press *Test* beside `leadgen`: it appears under *Received* as a test.",
    ),
    SourceKind.GOOGLE_LEAD_FORM: (
        "Make up a random key of 8 to 50 characters and set it as `GOOGLE_FORM_KEY`.",
        "In Google Ads open the lead form asset, *Export leads from Google Ads → Webhook integration*, and enter `https://…/webhooks/<slug>` and the key.",
        "Press *Send test data*: it turns green, and appears under *Received* as a test.",
    ),
    SourceKind.HTML_FORM: (
        "List in `origins` the beginning of every address your form stands on; posts from other pages are answered 403.",
        "Put the form on your page, with the hidden field `website`: people do not see it and robots fill it in.",
        "Fill it in once and find yourself under *Received*.",
        "To see what people read before they sent it, put the script into the head of every page.",
    ),
    SourceKind.SEGMENT: (
        "Make up a random write key and set it as `SEGMENT_WRITE_KEY`.",
        "In Segment add a webhook destination, in RudderStack a webhook or HTTP destination, with the address `https://…/webhooks/<slug>`, and the write key as the user's name of Basic authentication, without a password.",
        "Send one `identify` with `traits.email` and find the person under *Received*.",
    ),
    SourceKind.CLOUDEVENTS: (
        "Make up a random token and set it as `APP_TOKEN`; `auth` and `token` work as for `generic_json` instead.",
        "Let your program post its events to `https://…/webhooks/<slug>` with `Authorization: Bearer` and the token; `?access_token=` is believed too, but stands in the logs of proxies.",
        "Send one event whose `data` has an `email` and find it under *Received*.",
    ),
    SourceKind.TIKTOK_LEAD: (
        "TikTok signs no leads: give the source a long random `token`, and an `access_token` with which each lead is confirmed before it is believed.",
        "Subscribe `https://…/webhooks/<slug>/<token>` with `POST /open_api/v1.3/subscription/subscribe/`: `subscribe_entity` LEAD, your `advertiser_id`, the `page_id` of each form.",
        "List the advertisers in `pages`, each as `ADVERTISER` or `ADVERTISER/PAGE`.",
    ),
    SourceKind.SNAPCHAT_LEAD: (
        "Give the source a long random `token`: which header carries Snapchat's signature is published nowhere.",
        "For each form `POST /v1/lead_gen/integrations/public_webhook` with its `form_id` and `https://…/webhooks/<slug>/<token>`.",
        "Once you have seen the header with the signature, name it: `auth: {hmac_header: …, secret: …}`.",
    ),
    SourceKind.TYPEFORM: (
        "In *your form → Connect → Webhooks* add `https://…/webhooks/<slug>`, and under *Edit* a secret; put the same into `secrets`.",
        "List the ids of your forms in `pages`, and make a personal token with the right to read responses as `access_token`: with both, responses that were never delivered are fetched.",
        "Fill the form in once and find yourself under *Received*.",
    ),
    SourceKind.CALENDLY: (
        "Make a personal access token, and with it `POST /webhook_subscriptions`: your address, the events `invitee.created`, `invitee.canceled` and `routing_form_submission.created`, a `signing_key` of your own.",
        "Put the signing key into `secrets`, the token into `access_token`, and the address of your organization (`https://api.calendly.com/organizations/…`) into `pages`.",
        "Book a meeting with yourself and find it under *Received*.",
    ),
    SourceKind.HUBSPOT: (
        "In your app of HubSpot, under *Webhooks*, enter `https://…/webhooks/<slug>` and subscribe `contact.creation`, `contact.privacyDeletion` and changes of the properties you care for.",
        "Put the app's client secret into `secrets`, a token with `crm.objects.contacts.read` into `access_token`, your portal's id into `pages`.",
        "Set `WARMLINE_BASE_URL` to the address HubSpot knows, because it signs the address too.",
    ),
    SourceKind.WEBFLOW: (
        "Make the webhook by Webflow's API (`form_submission`), and put the key it answers with into `secrets`.",
        "A webhook made in *Site settings → Integrations* is not signed: give the source a `token` in place of `secrets`.",
        "Send the form of your site once and find yourself under *Received*.",
    ),
    SourceKind.GRAVITY_FORMS: (
        "In *Form → Settings → Webhooks* of Gravity Forms add a feed: POST to `https://…/webhooks/<slug>`, format JSON.",
        "Add a request header such as `X-Lead-Token` with a long random value, and say so in the source: `auth: {header: X-Lead-Token, value: …}`.",
        'With *All fields* each has only its number: `map: {"2": email, "3": company}` names them.',
    ),
}
SNIPPET = '<script async src="{base}/t.js" data-source="{slug}"></script>'
PROOFS = {
    "header": "The header {name} with its secret value.",
    "hmac_header": "The header {name} with the HMAC-SHA256 of the raw body, hex or base64.",
    "standard_webhooks": "The signature of Standard Webhooks 1.0.",
}
REFUSALS: Mapping[int, tuple[str, str]] = {
    400: (
        "It could not be read, and nothing in it proved its sender.",
        "Send a test from the platform and compare what it sends with the set-up on the source's page.",
    ),
    401: (
        "Its sender could not be proved: the signature or the secret did not match.",
        "If the platform sent it, the secret there and the one in sources.yaml differ: copy it again, run warmline apply, and have the platform send once more. If it was nobody you know, there is nothing to do.",
    ),
    403: (
        "It came from a page that may not post here.",
        "If the form stands on that page, add the page's address to the source's origins and run warmline apply.",
    ),
    429: (
        "One address posted too often within a minute.",
        "If that is your own server, give it a source that can prove itself; else there is nothing to do.",
    ),
}
"""Why a request was refused, by what it was answered, and what to do. Of the request nothing was kept."""
REFUSED = ("It was not believed.", "Send a test from the platform, and look here again.")
EVER = datetime.min.replace(tzinfo=UTC)
BROKEN = "It cannot be used as it is set up"
UNCHECKED = "LinkedIn has not checked this address for more than six hours, and may have blocked it: validate it again there."


def health(
    noted: Noted, pace: Pace | None, kind: str, now: datetime, *, broken: str | None, active: bool
) -> Health:
    """How a source is doing: the worst thing first, in one chip and a sentence."""
    state, tone, line = _state(noted, pace, broken=broken, active=active)
    if tone is Tone.GOOD and unchecked(kind, noted.challenged_at, now):
        state, tone, line = "unchecked", Tone.SOON, UNCHECKED
    return Health(
        state=state,
        tone=tone,
        line=line,
        last_delivery_at=noted.last_delivery_at,
        challenged_at=noted.challenged_at,
        refused=noted.refused,
        refused_at=noted.refused_at,
        refusal=refusal(noted)[0] if noted.refused_at else "",
        refusal_mend=refusal(noted)[1] if noted.refused_at else "",
        trouble_at=noted.trouble_at if noted.trouble else None,
        usual=f"about every {span(pace.usual)}".replace(" 1 ", " ") if pace else None,
        asked_at=noted.asked_at,
        asked=_asked(noted),
        habit=HABITS.get(kind, ""),
    )


def _asked(noted: Noted) -> str:
    """What came of asking the platform for what it never delivered."""
    brought = several(noted.missed, "lead", "leads") if noted.missed else "nothing"
    if noted.unasked:
        return f"The last question failed: {noted.unasked}."
    return f"That brought {brought} it had not delivered." if noted.asked_at else ""


def undelivered(noted: Noted) -> str | None:
    """What to say where a platform has what it does not deliver; None where all is well."""
    if noted.missed_at is None or noted.missed_at < (noted.last_delivery_at or EVER):
        return None
    found = several(noted.missed, "lead", "leads")
    return f"{found} had to be asked for: it has them, and does not deliver them."


def refusal(noted: Noted) -> tuple[str, str]:
    """Why the last refused request was refused, and what to do."""
    return REFUSALS.get(noted.refused_status or 0, REFUSED)


def refusals(found: Sequence[Noted]) -> list[Refusal]:
    """What sources refused, each with its reason and mend."""
    return [
        Refusal(
            url=f"/sources/{each.source}",
            source=each.source,
            count=each.refused,
            at=each.refused_at,
            why=refusal(each)[0],
            mend=refusal(each)[1],
        )
        for each in found
        if each.refused_at
    ]


def _state(
    noted: Noted, pace: Pace | None, *, broken: str | None, active: bool
) -> tuple[str, Tone, str]:
    if broken:
        return "broken", Tone.BAD, f"{BROKEN}: {broken}"
    if not active:
        return (
            "switched off",
            Tone.PLAIN,
            "Whoever sends here is told that there is no such source.",
        )
    if noted.trouble:
        return "in trouble", Tone.BAD, f"Its platform complains: {noted.trouble}."
    if noted.refused_at and noted.refused_at > (noted.last_delivery_at or EVER):
        return "refusing", Tone.SOON, f"The last request was refused. {refusal(noted)[0]}"
    if line := undelivered(noted):
        return (
            "not delivering",
            Tone.SOON,
            f"{line} See there whether it has switched this address off.",
        )
    if noted.last_delivery_at is None:
        return "nothing yet", Tone.SOON, "Nothing has arrived here yet. Send a test lead."
    if pace and pace.silent:
        line = f"It is silent for more than {TIMES} times its usual gap of {span(pace.usual)}."
        return "silent", Tone.SOON, line
    return "well", Tone.GOOD, "It delivers as it usually does."


def span(gap: timedelta) -> str:
    """A length of time in its largest unit: `3 hours`."""
    minutes = max(1, round(gap / timedelta(minutes=1)))
    if minutes < 120:
        return several(minutes, "minute", "minutes")
    hours = round(minutes / 60)
    return (
        several(hours, "hour", "hours") if hours < 48 else several(round(hours / 24), "day", "days")
    )
