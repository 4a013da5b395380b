"""A visitor without JavaScript: opens pages, fills in forms, presses buttons."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests


@dataclass
class Form:
    """A form as a browser would send it."""

    action: str
    method: str = "get"
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        if not self.forms or "name" not in given:
            return
        form, name = self.forms[-1], given["name"]
        if tag in ("input", "textarea", "select", "button"):
            form.names.add(name)
        if tag == "input":
            ticked = given.get("type") not in ("radio", "checkbox") or "checked" in given
            if ticked and given.get("type") != "submit":
                form.fields.append((name, given.get("value", "")))
        if tag == "textarea":
            self._area = name
            form.fields.append((name, ""))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            name, before = self.forms[-1].fields[-1]
            self.forms[-1].fields[-1] = (name, before + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None


class Visitor:
    """One browser: `page` is the last answer."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.page = requests.Response()

    @property
    def path(self) -> str:
        """Where we are."""
        return urlsplit(self.page.url).path

    @property
    def text(self) -> str:
        """The page's words."""
        return self.page.text

    def open(self, path: str, expect: int = 200) -> "Visitor":
        self.page = self.session.get(urljoin(self.url, path), timeout=20)
        assert self.page.status_code == expect, f"{path}: {self.page.status_code}"
        return self

    def forms(self) -> list[Form]:
        parser = _Forms()
        parser.feed(self.text)
        return parser.forms

    def submit(self, action: str, expect: int = 200, **filled: str) -> "Visitor":
        """Fill in the form whose action ends so, and send it."""
        form = next(each for each in self.forms() if re.search(action, each.action))
        missing = set(filled) - form.names
        assert not missing, f"{action} has no {missing}"
        fields = [(name, value) for name, value in form.fields if name not in filled]
        fields += list(filled.items())
        self.page = self.session.request(
            form.method, urljoin(self.page.url, form.action), data=fields, timeout=20
        )
        assert self.page.status_code == expect, (
            f"{action}: {self.page.status_code} {self.text[-2000:]}"
        )
        return self

    def sign_in(self, email: str, password: str, expect: int = 200) -> "Visitor":
        return self.open("/login").submit("/login$|^$", expect, email=email, password=password)
