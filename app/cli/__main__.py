"""`python -m app.cli` is `warmline`."""

from app.cli import main

main()
