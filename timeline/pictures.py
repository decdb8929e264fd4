"""Pictures that stand by themselves, to be saved and printed elsewhere: SVG with its own colours, and PNG of the same.

On a page a picture takes its colours and patterns from the style sheets. Here the same rules are read from the same
files and written into the picture, in the light colours, so that there is one place to change them.
"""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import resvg_py
from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string

from timeline.figures import LETTER, Swimlane
from timeline.sprite import every_definition
from timeline.words import HEADLINES

FACES: Final = Path(__file__).parent / "faces"
PIXELS: Final = 2.0  # of a PNG for each unit, so that print is sharp
MOST_PIXELS: Final = 6_000_000  # some seconds of work where every pattern occurs
KEPT_FOR: Final = 24 * 3600  # seconds
HEAD: Final = 64.0
LINE: Final = 22.0
MARGIN: Final = 16.0
_VARIABLE: Final = re.compile(r"var\((--[\w-]+)(?:,\s*(?:[^()]|\([^()]*\))*)?\)")
_RULE: Final = re.compile(r"^(\.(?:chart|bar|st-)[^{]*)\{([^}]*)\}", re.MULTILINE)
# Beyond Latin, Greek and Cyrillic with their signs, which the faces hold. Looking for others takes time.
_LETTERS_OF_OTHERS: Final = re.compile(r"[\u0530-\u1dff\u2c00-\ufaff\ufb1d-\U0010ffff]")
_OF_PAGES_ALONE: Final = re.compile(r":|svg|__|--wide|--narrow|figcaption")


@dataclass(frozen=True, kw_only=True)
class Plate:
    """What stands around a picture. heading: what it shows; below: whose it is, of which day, where it is kept."""

    heading: str
    subject: str
    below: str


@functools.cache
def tokens() -> dict[str, str]:
    """The design tokens in their light values, by name (``--ink``)."""
    sheet = (settings.BASE_DIR / "static/css/tokens.css").read_text()
    light = sheet[sheet.index(":root {") :]
    declared = re.findall(r"(--[\w-]+):\s*([^;]+);", light[: light.index("\n}")])
    return dict(declared)


def resolved(markup: str) -> str:
    """Markup with each variable replaced by its light value."""
    while found := _VARIABLE.search(markup):
        markup = markup.replace(found.group(), tokens().get(found.group(1), "currentColor"))
    return markup


def _before_print(sheet: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL).partition("@media print")[0]


@functools.cache
def style() -> str:
    """The rules of the style sheets that concern what is drawn, without those of pages."""
    sheet = "".join(_before_print(settings.BASE_DIR / "static/css" / name) for name in ("site.css", "charts.css"))
    rules = ['text { font-family: "Source Sans 3", sans-serif; }']
    fills: dict[str, str] = {}
    for selector, body in _RULE.findall(sheet):
        selector = selector.strip()
        if selector.startswith(".st-"):
            if fill := re.search(r"--b-fill:\s*([^;]+);", body):
                fills.setdefault(selector, fill.group(1))
        elif not _OF_PAGES_ALONE.search(selector) and "--b-fill" not in body:
            rules.append(f"{selector.removeprefix('.chart').strip() or 'svg'} {{ {body.strip()} }}")
    rules += [f".bar{selector} {{ stroke: {fill}; }}" for selector, fill in fills.items()]
    # The faces here have two weights, and not all that draws takes others for the nearest.
    return re.sub(r"font-weight: (?:5[5-9]|6)\d*", "font-weight: 600", resolved("\n".join(rules)))


@functools.cache
def definitions() -> str:
    """Patterns and marks that the pictures refer to."""
    return resolved(f"<defs>{''.join(every_definition().values())}</defs>")


def as_svg(picture: Swimlane, plate: Plate) -> str:
    """The wide drawing as a file of its own (SVG 1.1), with heading, key and source line."""
    drawing = picture.wide
    width, height = float(drawing.width), float(drawing.height)
    key = _key(picture, width)
    key_top = HEAD + height + 14
    below = key_top + (key[-1].row + 1) * LINE + 18 if key else key_top + 14
    return render_to_string(
        "timeline/picture.svg",
        {
            "plate": plate,
            "picture": picture,
            "drawing": drawing,
            "style": style(),
            "definitions": definitions(),
            "width": drawing.width,
            "height": f"{below + 16:.0f}",
            "head": f"{HEAD:.0f}",
            "key": key,
            "key_top": f"{key_top:.0f}",
            "below": f"{below:.0f}",
            "margin": f"{MARGIN:.0f}",
            "ground": tokens()["--paper"],
            "surface": tokens()["--surface"],
            "ink": tokens()["--ink"],
            "quiet": tokens()["--ink-2"],
        },
    )


@dataclass(frozen=True)
class Swatch:
    """One look of the key and its words, at its place."""

    headline: str
    words: str
    x: float
    row: int

    @property
    def place(self) -> str:
        return f"translate({self.x:.0f} {self.row * LINE:.0f})"


def _key(picture: Swimlane, width: float) -> list[Swatch]:
    found: list[Swatch] = []
    x, row = MARGIN, 0
    for headline in picture.headlines:
        words = HEADLINES.get(headline, headline)
        needs = 40 + len(words) * LETTER + 22
        if found and x + needs > width:
            x, row = MARGIN, row + 1
        found.append(Swatch(headline, words, x, row))
        x += needs
    return found


def as_png(svg: str, *, zoom: float = PIXELS) -> bytes:
    """A drawing in pixels, with the faces that come with this site; those of the machine for letters that they lack.

    Kept for a day: the same drawing gives the same pixels.

    :param zoom: pixels for each unit, fewer where the drawing is very large.
    """
    key = f"drawing-{zoom}-{hashlib.sha256(svg.encode()).hexdigest()}"
    kept: bytes | None = cache.get(key)
    if kept is None:
        kept = _drawn(svg, zoom)
        cache.set(key, kept, KEPT_FOR)
    return kept


def _drawn(svg: str, zoom: float) -> bytes:
    size = re.search(r'<svg[^>]*width="([\d.]+)"[^>]*height="([\d.]+)"', svg)
    area = float(size[1]) * float(size[2]) if size else 1.0
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=min(zoom, (MOST_PIXELS / area) ** 0.5),
            skip_system_fonts=not _LETTERS_OF_OTHERS.search(svg),
            font_dirs=[str(FACES)],
            font_family="Source Sans 3",
            sans_serif_family="Source Sans 3",
            serif_family="Source Sans 3",
        )
    )
