"""The kinds that are built: one adapter each. A new kind is a file here and a line below."""

from collections.abc import Mapping

from webhooks.adapter import Adapter
from webhooks.kinds import (
    calendly,
    cloudevents,
    generic_json,
    google_lead_form,
    gravity_forms,
    html_form,
    hubspot,
    imap,
    linkedin_lead_gen,
    mailgun,
    mailgun_inbound,
    meta_lead_ads,
    postmark,
    postmark_inbound,
    resend,
    resend_inbound,
    segment,
    sendgrid,
    sendgrid_inbound,
    ses,
    snapchat_lead,
    tiktok_lead,
    typeform,
    webflow,
)
from webhooks.sources import SourceKind

ADAPTERS: Mapping[SourceKind, Adapter] = {
    SourceKind.CALENDLY: calendly.ADAPTER,
    SourceKind.CLOUDEVENTS: cloudevents.ADAPTER,
    SourceKind.GENERIC_JSON: generic_json.ADAPTER,
    SourceKind.GOOGLE_LEAD_FORM: google_lead_form.ADAPTER,
    SourceKind.GRAVITY_FORMS: gravity_forms.ADAPTER,
    SourceKind.HTML_FORM: html_form.ADAPTER,
    SourceKind.HUBSPOT: hubspot.ADAPTER,
    SourceKind.IMAP: imap.ADAPTER,
    SourceKind.LINKEDIN_LEAD_GEN: linkedin_lead_gen.ADAPTER,
    SourceKind.MAILGUN: mailgun.ADAPTER,
    SourceKind.MAILGUN_INBOUND: mailgun_inbound.ADAPTER,
    SourceKind.META_LEAD_ADS: meta_lead_ads.ADAPTER,
    SourceKind.POSTMARK: postmark.ADAPTER,
    SourceKind.POSTMARK_INBOUND: postmark_inbound.ADAPTER,
    SourceKind.RESEND: resend.ADAPTER,
    SourceKind.RESEND_INBOUND: resend_inbound.ADAPTER,
    SourceKind.SEGMENT: segment.ADAPTER,
    SourceKind.SENDGRID: sendgrid.ADAPTER,
    SourceKind.SENDGRID_INBOUND: sendgrid_inbound.ADAPTER,
    SourceKind.SES: ses.ADAPTER,
    SourceKind.SNAPCHAT_LEAD: snapchat_lead.ADAPTER,
    SourceKind.TIKTOK_LEAD: tiktok_lead.ADAPTER,
    SourceKind.TYPEFORM: typeform.ADAPTER,
    SourceKind.WEBFLOW: webflow.ADAPTER,
}
