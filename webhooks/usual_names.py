"""What people usually call the fields of their forms, and our names for them. Pure."""

import re

OURS = {
    "your_name": "name",
    "full_name": "name",
    "given_name": "first_name",
    "firstname": "first_name",
    "your_first_name": "first_name",
    "family_name": "last_name",
    "lastname": "last_name",
    "surname": "last_name",
    "your_last_name": "last_name",
    "e_mail": "email",
    "email_address": "email",
    "your_email": "email",
    "business_email": "work_email",
    "company_email": "work_email",
    "work_email_address": "work_email",
    "tel": "phone",
    "telephone": "phone",
    "mobile": "phone",
    "phone_number": "phone",
    "your_phone": "phone",
    "work_phone_number": "work_phone",
    "organization": "company",
    "organisation": "company",
    "company_name": "company",
    "your_company": "company",
    "website": "domain",
    "company_website": "domain",
    "organization_title": "title",
    "job_title": "title",
    "timezone": "zone",
    "form_name": "form",
}
"""Usual names of fields, those of HTML's `autocomplete` among them, and our names for them."""
PLAIN = frozenset(
    {"email", "work_email", "phone", "work_phone", "name", "first_name", "last_name", "title"}
    | {"company", "domain", "country", "zone", "language", "form"}
)


def usual(label: str) -> str | None:
    """Our name for a field that is called so: `E-Mail` is email, `Work email` is work_email."""
    plain = re.sub(r"\W+", "_", label.strip().lower()).strip("_")
    ours = OURS.get(plain, plain)
    return ours if ours in PLAIN else None
