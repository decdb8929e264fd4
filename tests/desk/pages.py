"""Forms as a browser sends them: opened, filled in, sent with all that was in them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client


class Form(HTMLParser):
    """The fields of the largest form of a page, by name, with what they hold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []
        self._area: str | None = None
        self._select: tuple[str, bool, bool] | None = None
        self.feed(page)

    @property
    def values(self) -> dict[str, list[str]]:
        return max(self.forms, key=len)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        match tag:
            case "form":
                self.forms.append({})
            case "input" if name and self.forms:
                kind = given.get("type", "text")
                if kind in ("submit", "button") or (kind in ("checkbox", "radio") and "checked" not in given):
                    return
                self.forms[-1].setdefault(name, []).append(given.get("value") or ("on" if kind == "checkbox" else ""))
            case "textarea" if name and self.forms:
                self._area = name
                self.forms[-1].setdefault(name, []).append("")
            case "select" if name and self.forms:
                self._select = (name, "multiple" in given, False)
            case "option" if self._select:
                name, several, chosen = self._select
                if "selected" in given or not (several or chosen or name in self.forms[-1]):
                    held = self.forms[-1].setdefault(name, [])
                    if not several:
                        held.clear()
                    held.append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area:
            # The first line break of a text area is the page's, not the text's.
            self.forms[-1][self._area][-1] += data


class Keyboard:
    """Opens pages and sends forms."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def open(self, address: str, status: int = 200) -> str:
        answer = self.client.get(address)
        assert answer.status_code == status, (answer.status_code, address)
        return answer.content.decode()

    def fill_in(self, address: str, **typed: Any) -> dict[str, list[str]]:
        """What the form at an address holds, with some of it typed over."""
        values = Form(self.open(address)).values
        held = {name: [text.removeprefix("\r\n").removeprefix("\n") for text in some] for name, some in values.items()}
        for name, value in typed.items():
            field = name.replace("__", "-")
            held[field] = [str(item) for item in value] if isinstance(value, list) else [str(value)]
        return held

    def send(self, address: str, **typed: Any) -> HttpResponse:
        """Fill in the form at an address and send it; the answer is followed where it leads."""
        return self.post(address, self.fill_in(address, **typed))

    def post(self, address: str, held: dict[str, Any]) -> HttpResponse:
        answer: HttpResponse = self.client.post(address, held, follow=True)
        return answer


def typed_in(page: str) -> dict[str, list[str]]:
    """What the form of a page still holds."""
    values = Form(page).values
    return {name: [text.removeprefix("\r\n").removeprefix("\n") for text in some] for name, some in values.items()}
