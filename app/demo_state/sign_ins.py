"""Who of the demo's company is which role, and the one password they all have."""

from prospects.member import Role

PASSWORD = "the owl counts blue lamps"  # noqa: S105 - said to everybody; it opens nothing but a demo
SIGN_INS = {
    Role.REP: "rita@isotherm.example",
    Role.MARKETER: "ida@isotherm.example",
    Role.MANAGER: "mara@isotherm.example",
    Role.ACCOUNT_MANAGER: "anselm@isotherm.example",
    Role.DESK: "yuki@isotherm.example",
    Role.ADMIN: "sam@isotherm.example",
}
"""One colleague for each role."""
WORDS = {
    Role.REP: "the rep",
    Role.MARKETER: "the marketer",
    Role.MANAGER: "the manager",
    Role.ACCOUNT_MANAGER: "the account team",
    Role.DESK: "the desk",
    Role.ADMIN: "the administrator",
}


def in_words(address: str) -> str:
    """What is said on the terminal once the demo is filled."""
    lines = [f"  {WORDS[role]:<18}{email}" for role, email in SIGN_INS.items()]
    return "\n".join(
        [
            f"The demo is filled. Open {address}/demo and choose whom to be, or sign in as",
            *lines,
            f"each with the password: {PASSWORD}",
        ]
    )
