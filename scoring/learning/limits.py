"""What no model knows, however good it is: said of each, wherever it is shown. Pure."""

LIMITS = (
    "It says how such people ended before; it knows nothing that nobody recorded.",
    "It was trained on people somebody talked to; of others it is less sure.",
    "Its reasons are shares of a sum: they say what spoke for and against, not what caused it.",
)
