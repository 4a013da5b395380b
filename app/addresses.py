"""Where this site is reached, for links that are handed on: never what a request claims its host to be."""

from app.settings import Settings

ADDRESS_FILE = "address"
"""In the data folder: where this one was last up, for links that commands and pages show."""
USUAL_ADDRESS = "http://127.0.0.1:8080"


def base_url(settings: Settings) -> str:
    """WARMLINE_BASE_URL; without it, where `up` last listened."""
    if settings.base_url:
        return settings.base_url
    kept = settings.data / ADDRESS_FILE
    return kept.read_text().strip() if kept.is_file() else USUAL_ADDRESS
