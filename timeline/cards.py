"""Cards by which other sites show a link to a page of the record: 1,200 by 630 pixels, drawn from the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string

from timeline.figures import in_lines
from timeline.pictures import as_png, definitions, style, tokens
from timeline.words import HEADLINES

WIDTH, HEIGHT = 1200, 630
TITLE_LETTERS: Final = 40
TITLE_LINES: Final = 4
BELOW_LETTERS: Final = 92


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a card says.

    over: what kind of page it is, and whose. title: its name. headline: slug of a pledge's status, or nothing.
    said: one or two sentences. foot: the day and the address.
    """

    over: str
    title: str
    headline: str = ""
    said: str = ""
    foot: str = ""


def png_of(card: Card) -> bytes:
    """The card in pixels."""
    return as_png(_svg_of(card), zoom=1.0)


def _svg_of(card: Card) -> str:
    title = in_lines(card.title, TITLE_LETTERS, TITLE_LINES)
    return render_to_string(
        "timeline/card.svg",
        {
            "card": card,
            "name": settings.SITE_NAME,
            "title": _placed(title, first=188, step=66),
            "status": HEADLINES.get(card.headline, ""),
            "status_y": 188 + 66 * len(title) - 30,
            "said": _placed(in_lines(card.said, BELOW_LETTERS, 2), first=HEIGHT - 128, step=32),
            "style": style(),
            "definitions": definitions(),
            "paper": tokens()["--paper"],
            "ink": tokens()["--ink"],
            "quiet": tokens()["--ink-2"],
            "rule": tokens()["--ink"],
            "accent": tokens().get(f"--{card.headline}-fill", tokens()["--ink"]),
        },
    )


def _placed(lines: Sequence[str], *, first: int, step: int) -> list[tuple[int, str]]:
    return [(first + step * number, line) for number, line in enumerate(lines)]
