"""How what tells of mails is set up: services that carry ours, and ways in for those that come (as docs/sources.md says it)."""

from collections.abc import Mapping, Sequence

from webhooks.sources import SourceKind

MAILS: Mapping[str, Sequence[str]] = {
    SourceKind.IMAP: (
        "Give the mailbox as `mailbox: imaps://user:password@host/INBOX`; it is looked into every minute, and nothing in it is changed.",
        "Let what answers your mails and what comes back arrive there: it is the mailbox of `WARMLINE_MAIL_FROM`, or where your mail server hands the host of `WARMLINE_RETURN_DOMAIN` to.",
        "Answer one of your mails and find the answer in the person's history.",
    ),
    SourceKind.MAILGUN_INBOUND: (
        "In Mailgun open *Receiving → Create route*, and forward what comes to your address to `https://…/webhooks/<slug>`.",
        "Copy the *HTTP webhook signing key* into `secrets`.",
        "Answer one of your mails and find the answer in the person's history.",
    ),
    SourceKind.POSTMARK_INBOUND: (
        "Make up a random `token`, and enter `https://…/webhooks/<slug>/<token>` as the webhook of your inbound stream.",
        "Tick *Include raw email content*, so that mails that came back are read whole.",
        "Answer one of your mails and find the answer in the person's history.",
    ),
    SourceKind.RESEND_INBOUND: (
        "In Resend open *Receiving* and point the MX record of your host there, then *Webhooks → Add Webhook*: enter `https://…/webhooks/<slug>` and choose `email.received`.",
        "Copy the signing secret that begins with `whsec_` into `secrets`, and an API key with *Full access* into `access_token`: the webhook only names the mail, which is fetched with it.",
        "Answer one of your mails and find the answer in the person's history.",
    ),
    SourceKind.SENDGRID_INBOUND: (
        "Make up a random `token`, and in SendGrid under *Settings → Inbound Parse* add your host with `https://…/webhooks/<slug>/<token>`.",
        "Tick *POST the raw, full MIME message*, so that mails that came back are read whole.",
        "Answer one of your mails and find the answer in the person's history.",
    ),
    SourceKind.MAILGUN: (
        "In Mailgun open *Send → Webhooks*, and copy the *HTTP webhook signing key* into `secrets`.",
        "Enter `https://…/webhooks/<slug>` for every event.",
        "Send a mail and look for it under *Received*.",
    ),
    SourceKind.POSTMARK: (
        "Make up a random `token`: Postmark signs nothing, so whoever knows the address is believed.",
        "In Postmark open *your server → the message stream → Webhooks*, enter `https://…/webhooks/<slug>/<token>` and tick every event.",
        "Press *Send test*: it appears under *Received* as a test.",
    ),
    SourceKind.RESEND: (
        "In Resend open *Webhooks → Add Webhook*, enter `https://…/webhooks/<slug>` and choose every `email` event and `contact.updated`.",
        "Copy the signing secret that begins with `whsec_` into `secrets`.",
    ),
    SourceKind.SENDGRID: (
        "In SendGrid open *Settings → Mail Settings → Event Webhook*, enter `https://…/webhooks/<slug>` and choose every event.",
        "Enable *Signed Event Webhook* and copy the verification key into `secrets`.",
    ),
    SourceKind.SES: (
        "In Amazon SES make a configuration set whose events go to a topic of Amazon SNS, and use the set for your mails.",
        "List the topic's ARN in `topics`, and set its attribute `SignatureVersion` to 2.",
        "Subscribe `https://…/webhooks/<slug>` to the topic: it confirms itself within a minute.",
    ),
}
