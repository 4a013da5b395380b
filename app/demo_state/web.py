"""What a request stands on: in a demo `g.demo` says how it stands, everywhere else it is None."""

from flask import Flask, g

from app.demo_state.watch import Demo, DemoWatch


def stand(app: Flask) -> None:
    """Note how the demo stands, if this is one; then the site's settings let nothing out."""
    watch: DemoWatch = app.extensions["demo_watch"]
    g.demo = watch.look_soon()
    if g.demo is not None and not app.extensions["settings"].demo:
        app.extensions["settings"] = watch.settings()


def demo() -> Demo | None:
    """The demo this request is a part of; None in a workspace of one's own."""
    found: Demo | None = g.get("demo")
    return found
