"""Segments and conditions as the gallery shows them: full, empty, wrong, long and foreign."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.pages import condition_form, condition_view, office
from app.pages.condition_form import Typed
from app.pages.condition_line import Known, Line
from app.pages.mistake import Mistake
from app.pages.segment_views import SegmentEditor, SegmentLine, SegmentPage, Segments
from tests.pages import examples as ex

KNOWN = Known(custom=["fields.company size", "fields.ما حجم شركتك؟"])
TYPED = Typed(lines=(Line("country", "in", "DE, AT"), Line("did:click", "happened", "30d")))
WRONG = Typed(
    lines=(Line("stage", "eq", "evaluatoin"), Line("points", "gte", ex.LONG), Line("was dann?", "eq", "x")),
    text=f"{{field: contry, op: eq, value: DE}}\n# {ex.CHINESE * 20}",
    match="any",
)  # fmt: skip
EMPTY = condition_view.builder(Typed(), KNOWN)
BUILDER = condition_view.builder(TYPED, KNOWN)
BUILDER_WRONG = condition_view.builder(WRONG, KNOWN, condition_form.understand(WRONG, KNOWN))

LINE = SegmentLine(url="/gallery/segment", slug="price-lookers", name="Looked at prices", condition="country is one of DE, AT and at least 1 × click within 30d", owner="browser", people_url="/gallery/people", flows=[("considered", "/gallery/flow"), ("a" * 60, "")])  # fmt: skip
HARD = replace(LINE, name=ex.ARABIC, slug="a" * 60, condition=f"title is “{ex.LONG}” " * 6, owner="files", flows=[])  # fmt: skip
PAGE = SegmentPage(line=LINE, text="field: country\nop: in\nvalue: [DE, AT]\n", tally="At least 37 people, among the newest 5,000 looked through", since=3, edit_url="/gallery/segment-editor", copy_url="/gallery/segment-editor")  # fmt: skip
EDITOR = SegmentEditor(builder=BUILDER, name=ex.LONG, slug="price-lookers", since=3, tally="37 people", people=[("/gallery/person", ex.ARABIC), ("/gallery/person", ex.LONG)], flows=["considered"])  # fmt: skip
EDITOR_WRONG = SegmentEditor(builder=BUILDER_WRONG, slug="Not so", left_out=["the words"], refused="price-lookers belongs to the workspace’s files.", mistakes={"name": Mistake(reason="Its name is missing.", mend="Say who they are."), "slug": Mistake(reason="This cannot be its short name.")})  # fmt: skip

PAGES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "people-condition": ("marketing/people.html", {"people": office.People(lines=[ex.line(ex.person())], builder=BUILDER, tally="At least 1 person, among the newest 50,000 looked through", save_url="/gallery/segment-editor")}),
    "people-condition-wrong": ("marketing/people.html", {"people": office.People(lines=[], builder=BUILDER_WRONG)}),
    "segments": ("marketing/segments.html", {"segments": Segments(lines=[LINE, HARD])}),
    "segments-empty": ("marketing/segments.html", {"segments": Segments(lines=[])}),
    "segment": ("marketing/segment.html", {"segment": PAGE}),
    "segment-hard": ("marketing/segment.html", {"segment": replace(PAGE, line=HARD, edit_url=None, refused="A flow lets people in by it.")}),
    "segment-editor": ("marketing/segment_editor.html", {"editor": EDITOR}),
    "segment-editor-new": ("marketing/segment_editor.html", {"editor": SegmentEditor(builder=EMPTY)}),
    "segment-editor-wrong": ("marketing/segment_editor.html", {"editor": EDITOR_WRONG}),
}  # fmt: skip
