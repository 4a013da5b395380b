"""What buyers of the demo tell the reps who call them, by what it shows; and what they then order."""

FOUND_AT = {
    "awareness": (
        "Nobody there is tasked with it; a colleague had sent on our guide.",
        "They have never lost a load, and ask what it would cost if they did.",
    ),
    "consideration": (
        "They collect what there is, and compare nobody yet.",
        "They lost two pallets last summer and ask what others do about it.",
        "The auditor asked for readings; how to get them is not decided.",
    ),
    "evaluation": (
        "They compare us with paper lists and one competitor.",
        "Fourteen doors, two sites; they choose between two of us before Easter.",
        "The plant manager wants it, IT wants a security paper first.",
        "They were fined last summer, and asked three of us for a price.",
        "One warehouse tries ours for a month, another one somebody else's.",
    ),
    "decision": (
        "The budget is there, the board signs in April.",
        "An auditor comes in May; they want it on the doors before that.",
        "They start with one warehouse, and ask which day we can deliver.",
        "The plant manager has said yes; purchasing asks for our terms.",
        "They have told the other one no; only the signature is missing.",
    ),
}
"""What buyers tell a rep who finds them at that stage."""
FOUND_ELSE = {
    "wrong_person": (
        "Reads the lists every morning; what is bought, somebody else decides.",
        "Filled in the form for somebody else there, and said for whom.",
    ),
    "not_a_buyer": (
        "They signed with another one in December, for three years.",
        "Their landlord measures the doors; they wanted to read the guide.",
        "They gave up their own cold store last year; nothing is left to measure.",
        "Sells sensors to bakeries, and wanted to see our prices.",
        "The parent company buys for all of them, and has a system of its own.",
    ),
}
"""What they tell where there is no stage to be found."""
LOST = (
    "Bought from the company that serves their cooling plant.",
    "The project was put off to next year.",
    "Too dear for what they lose in a summer.",
)
RIGHT_PEOPLE = (
    ("Robin Falk", "robin.falk"),
    ("Inés Abreu", "ines.abreu"),
    ("Dörte Hölscher", "doerte.hoelscher"),
    ("Tadeusz Wąs", "tadeusz.was"),
    ("Marguerite Oury", "m.oury"),
)
"""Whom buyers name as the one to talk to."""
PRODUCTS = ("Isotherm Monitor", "Isotherm Monitor and Validate", "Isotherm Validate")
