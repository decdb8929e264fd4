"""The picture of companies by time, drawn on the server from plain values.

A page hands over lanes (a company each) with bars (pledges), holdings (investments) and happenings
(other events); :func:`draw` works out two drawings of the same facts, a wide one with labels beside the
bars and a narrow one with labels above them, between which the style sheet chooses. Part:
``components/swimlane.html``.

What the marks mean: a bar runs from the day a pledge was made to the day it ended, in the pattern of its
status on each day, solid up to the page's date and tinted after it. A square end is a known end, an arrow
is none. A tick is an event, a dotted line the whole period in which one of vague date may fall; where ticks
would run into each other, a column for each period tells how many there were. Nothing after the page's date
is drawn but what the words themselves set for it.

All numbers in the drawings are in units of the viewBox and are written as text, so that no locale can
change them. Across, they are whole: a unit is about a pixel, and short numbers make light pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Final

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dates.edtf import display, display_day
from timeline.words import HEADLINE_ORDER, counted

# Widths of letters in the text face at 13 units, on average; a little too wide is better than too narrow.
LETTER: Final = 6.5
TARGET: Final = 24.0
MOST_ROWS: Final = 40  # other events of a lane in the table; the list has them all
FEW_ROWS: Final = 3  # where there are several lanes
# Months in which events share one mark: the fewest that are as wide as a target.
PERIODS: Final = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
APART: Final = 2.6  # units that a tick needs to be told from the next
TALLEST: Final = 18.0  # of columns


# --- what a page hands over -----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Days on which a bar has one look. ``until`` is the day after the last one, None where it goes on.

    word: the status in words, for those who do not see the pattern.
    """

    headline: str
    word: str
    since: date
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A pledge.

    stretches: its statuses up to the page's date, oldest first.
    closed: the look and word of the status that ended it, and since when; None while it is open.
    made: when it was made, as printed. planned: the last day that its words set for it, None where they set none.
    said: what a screen reader says after the label.
    """

    label: str
    href: str
    stretches: Sequence[Stretch]
    closed: Stretch | None = None
    made: str = ""
    planned: date | None = None
    said: str = ""
    differs: bool = False


@dataclass(frozen=True, kw_only=True)
class Holding:
    """A stake: from when, and until when if its sale is announced or done. Each date with its earliest and latest day.

    kind: what it is, in a word. since_words, until_words: its dates as printed, the second with what happened then.
    note: the sum, as reported, with what it measures.
    """

    label: str
    href: str
    since: tuple[date, date]
    since_words: str
    until: tuple[date, date] | None = None
    until_words: str = ""
    kind: str = field(default_factory=lambda: pgettext("kind of investment", "Stake"))
    note: str = ""
    said: str = ""


@dataclass(frozen=True, kw_only=True)
class Happening:
    """Any other event, on one day or on some day of a span. edtf: its date as stored."""

    title: str
    href: str
    earliest: date
    latest: date
    edtf: str

    @property
    def middle(self) -> date:
        return self.earliest + (self.latest - self.earliest) // 2


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A company.

    more: given two days, the address of the list of its events between them. left: pledges that are not among its bars.
    """

    name: str
    note: str = ""
    href: str = ""
    bars: Sequence[Bar] = ()
    holdings: Sequence[Holding] = ()
    happenings: Sequence[Happening] = ()
    more: Callable[[date, date], str] | None = None
    left: int = 0

    def with_few_bars(self, most: int) -> Lane:
        """With no more bars than so many: those of open pledges, then the latest. The others are said to be left."""
        if len(self.bars) <= most:
            return self
        places = sorted(range(len(self.bars)), key=lambda place: (self.bars[place].closed is not None, -place))
        kept = [self.bars[place] for place in sorted(places[:most])]
        return replace(self, bars=kept, left=len(self.bars) - most)

    def days(self) -> Iterable[date]:
        for bar in self.bars:
            yield from (stretch.since for stretch in bar.stretches)
            if bar.closed:
                yield bar.closed.since
        for holding in self.holdings:
            yield from holding.since
            yield from holding.until or ()
        for happening in self.happenings:
            yield happening.earliest
            yield happening.latest


# --- what the template prints -----------------------------------------------------------------------------


def _n(number: float) -> str:
    """A length for an attribute: one decimal, none where it is zero."""
    return f"{number:.1f}".removesuffix(".0")


@dataclass(frozen=True)
class Shape:
    """One SVG element: its name, its attributes in order, and its text. ``quiet``: hidden from screen readers."""

    tag: str
    attributes: tuple[tuple[str, str], ...]
    text: str = ""
    quiet: bool = False

    @cached_property
    def markup(self) -> str:
        written = "".join(f' {name}="{escape(value)}"' for name, value in self.attributes if value)
        if self.tag != "text":
            return f"<{self.tag}{written}/>"
        hidden = ' aria-hidden="true"' if self.quiet else ""
        return f"<text{hidden}{written}>{escape(self.text)}</text>"


@dataclass(frozen=True)
class Mark:
    """Shapes that are one link (or none, where ``href`` is empty)."""

    shapes: tuple[Shape, ...]
    href: str = ""
    label: str = ""

    @property
    def drawn(self) -> str:
        return "".join(shape.markup for shape in self.shapes)

    @property
    def markup(self) -> str:
        if not self.href:
            return self.drawn
        return f'<a href="{escape(self.href)}" aria-label="{escape(self.label)}">{self.drawn}</a>'


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """Its parts are written here and not by a template, which for the thousands of a large record takes seconds."""

    width: str
    height: str
    axis: Sequence[Shape]
    frame: Sequence[Shape]
    marks: Sequence[Mark]

    @property
    def axis_markup(self) -> SafeString:
        return _markup(shape.markup for shape in self.axis)

    @property
    def frame_markup(self) -> SafeString:
        return _markup(shape.markup for shape in self.frame)

    @property
    def links_markup(self) -> SafeString:
        """The marks as on a page, each a link."""
        return _markup(mark.markup for mark in self.marks)

    @property
    def marks_markup(self) -> SafeString:
        """The marks as in a file, where nothing leads anywhere."""
        return _markup(mark.drawn for mark in self.marks)


def _markup(parts: Iterable[str]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 -- every part has escaped what it holds


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """The same facts in words."""

    who: str
    what: str
    href: str
    since: str
    until: str
    status: str


@dataclass(frozen=True, kw_only=True)
class Swimlane:
    """Two drawings of the same lanes, with a table of the same facts. Part: ``swimlane.html``.

    key: makes the ids of this picture its own on the page.
    headlines: the looks that occur, for the key. marks: what else occurs, of "stakes", "events", "columns" and "ahead".
    """

    key: str
    title: str
    description: str
    wide: Drawing
    narrow: Drawing
    headlines: Sequence[str]
    marks: Sequence[str]
    differs: bool
    table: Sequence[TableRow] = field(default_factory=tuple)

    @property
    def drawings(self) -> list[tuple[Drawing, str]]:
        return [(self.wide, "wide"), (self.narrow, "narrow")]


def _line(css: str, x1: float, x2: float, y1: float, y2: float) -> Shape:
    return Shape("line", (("class", css), ("x1", _n(x1)), ("x2", _n(x2)), ("y1", _n(y1)), ("y2", _n(y2))))


def _rect(css: str, x: float, y: float, width: float, height: float, fill: str = "") -> Shape:
    left = round(x)
    across = max(round(x + width) - left, 0)
    attributes = [("class", css), ("x", _n(left)), ("y", _n(y)), ("width", _n(across)), ("height", _n(height))]
    return Shape("rect", tuple([*attributes, ("fill", fill)] if fill else attributes))


def _path(css: str, d: str, fill: str = "") -> Shape:
    return Shape("path", (("class", css), ("d", d), *((("fill", fill),) if fill else ())))


def _words(css: str, x: float, y: float, text: str, anchor: str = "") -> Shape:
    attributes = [("class", css), ("x", _n(round(x))), ("y", _n(y))]
    return Shape("text", tuple([*attributes, ("text-anchor", anchor)] if anchor else attributes), text, quiet=True)


def _pattern(headline: str) -> str:
    return f"url(#pt-{headline})"


def _width(text: str, size: float = 13.0) -> float:
    return len(text) * LETTER * size / 13.0


def _name_width(name: str) -> float:
    """The width of a lane's name, which is bold and 15 units high, letter by letter: its note follows it closely."""
    return sum(
        4.5 if one in " .,'ijlrtfI" else 12.5 if one in "mwMW" else 9.8 if one.isupper() else 8.2 for one in name
    )


def shortened(text: str, letters: int) -> str:
    """The text, or its beginning with an ellipsis, cut between words where that loses little."""
    if len(text) <= letters:
        return text
    cut = text[: letters - 1]
    at_word = cut.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > letters * 0.6 else cut).rstrip(" ,;:") + "…"


def in_lines(text: str, letters: int, most: int = 2) -> list[str]:
    """A name in at most so many lines, its end cut off with an ellipsis."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= letters:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    kept = [shortened(line, letters) for line in lines[:most]]
    if len(lines) > most and not kept[-1].endswith("…"):
        kept[-1] = shortened(kept[-1] + " …", letters) if len(kept[-1]) > letters - 2 else kept[-1] + " …"
    return kept


# --- time -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scale:
    """Days to units. ``first`` and ``last`` are the ends of what is shown."""

    first: date
    last: date
    left: float
    right: float

    def x(self, day: date) -> float:
        days = (min(max(day, self.first), self.last) - self.first).days
        return self.left + round((self.right - self.left) * days / max((self.last - self.first).days, 1))

    def day(self, x: float) -> date:
        part = (x - self.left) / (self.right - self.left)
        return self.first + timedelta(days=round((self.last - self.first).days * min(max(part, 0.0), 1.0)))


def shown_time(lanes: Sequence[Lane], today: date) -> tuple[date, date]:
    """From the beginning of the first year in which something is, to a while after the page's date."""
    first = min((day for lane in lanes for day in lane.days()), default=today)
    start = date(min(first, today).year, 1, 1)
    planned = max((bar.planned for lane in lanes for bar in lane.bars if bar.planned), default=today)
    after = max((today - start) // 10, timedelta(days=120))
    # An end far ahead would squeeze what has happened into a corner; the bar is cut there and says so.
    soon = min(planned + timedelta(days=30), today + max(3 * after, timedelta(days=800)))
    return start, max(today + after, soon)


# --- drawing ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What differs between the two drawings."""

    width: float
    left: float
    right: float
    top: float
    narrow: bool

    @property
    def room(self) -> float:
        return self.right - self.left


WIDE: Final = Layout(width=1120, left=176, right=1108, top=38, narrow=False)
NARROW: Final = Layout(width=360, left=12, right=348, top=32, narrow=True)
BAR: Final = 15.0
ARROW: Final = 7.0
STUB: Final = 26.0


def draw(
    *, key: str, title: str, description: str, lanes: Sequence[Lane], today: date, most_bars: int = 0
) -> Swimlane | None:
    """The picture of these lanes as of a day; None where there is nothing to show.

    :param today: the page's date; happenings after it must not be in the lanes.
    :param most_bars: of one lane; 0 for all. In the order of time.
    """
    if not any(True for lane in lanes for _ in lane.days()):
        return None
    first, last = shown_time(lanes, today)
    if most_bars:
        lanes = [lane.with_few_bars(most_bars) for lane in lanes]
    wide, narrow = _Pen(WIDE, first, last, today, lanes), _Pen(NARROW, first, last, today, lanes)
    bars = [bar for lane in lanes for bar in lane.bars]
    rows = MOST_ROWS if len(lanes) == 1 else FEW_ROWS
    seen = {stretch.headline for bar in bars for stretch in (*bar.stretches, *((bar.closed,) if bar.closed else ()))}
    return Swimlane(
        key=key,
        title=title,
        description=description,
        wide=wide.drawing(),
        narrow=narrow.drawing(),
        headlines=[slug for slug in HEADLINE_ORDER if slug in seen],
        marks=_marks(lanes, columns=wide.has_columns or narrow.has_columns),
        differs=any(bar.differs for bar in bars),
        table=[row for lane in lanes for row in _table(lane, rows)],
    )


def _marks(lanes: Sequence[Lane], *, columns: bool) -> list[str]:
    """What the key must explain beside the looks of bars."""
    occurs = {
        "stakes": any(lane.holdings for lane in lanes),
        "events": any(lane.happenings for lane in lanes),
        "columns": columns,
        "ahead": any(bar.closed is None for lane in lanes for bar in lane.bars),
    }
    return [name for name, there in occurs.items() if there]


class _Pen:
    """Draws one of the two drawings, lane under lane."""

    def __init__(self, layout: Layout, first: date, last: date, today: date, lanes: Sequence[Lane]) -> None:
        self.layout = layout
        self.scale = Scale(first, last, layout.left, layout.right)
        self.today = today
        self.lanes = lanes
        self.marks: list[Mark] = []
        self.rules: list[float] = []
        self.y = layout.top
        a_month = layout.room / max((last - first).days / 30.44, 0.2)
        self.period = next((n for n in PERIODS if n * a_month >= TARGET), PERIODS[-1])
        self.cells = [self._cells(lane.happenings) for lane in lanes]
        crowds = [len(one) for cells in self.cells for one in cells.values()]
        self.fullest = max(crowds, default=0)

    @property
    def has_columns(self) -> bool:
        return any(self._is_crowded(cells) for cells in self.cells)

    def drawing(self) -> Drawing:
        for lane, cells in zip(self.lanes, self.cells, strict=True):
            if self.y > self.layout.top:
                self.rules.append(self.y)
            self._lane(lane, cells)
        height = self.y + 4
        return Drawing(
            width=_n(self.layout.width),
            height=_n(height),
            axis=self._axis(height),
            frame=self._frame(height),
            marks=tuple(self.marks),
        )

    # The frame

    def _axis(self, height: float) -> list[Shape]:
        layout, scale = self.layout, self.scale
        now = scale.x(self.today)
        shapes = [_rect("future", now, layout.top, layout.width - now, height - layout.top)]
        years = range(scale.first.year, scale.last.year + 1)
        step = layout.room / max((scale.last - scale.first).days / 365.25, 0.2)
        every = next(n for n in (1, 2, 5, 10, 20, 50, 100) if step * n >= 40)
        lines = []
        for year in years:
            x = scale.x(date(year, 1, 1))
            labelled = (year - scale.first.year) % every == 0
            lines.append(f"M{_n(x)} {_n(layout.top - 10 if labelled else layout.top - 4)}V{_n(height)}")
            if labelled and x + 34 < layout.width:
                shapes.append(_words("", x + 5, layout.top - 14, str(year)))
            if step > 150:
                quarters = (scale.x(date(year, month, 1)) for month in (4, 7, 10))
                lines += [f"M{_n(q)} {_n(layout.top - 4)}v6" for q in quarters if q < layout.right]
        shapes.insert(1, _path("", "".join(lines)))
        return shapes

    def _frame(self, height: float) -> list[Shape]:
        layout = self.layout
        now = self.scale.x(self.today)
        label = _("today") if layout.narrow else display_day(self.today)
        if layout.narrow and _width(display_day(self.today, short=True), 12) < layout.right - now:
            label = display_day(self.today, short=True)
        ends = now + 5 + _width(label, 12) > layout.width
        return [
            *(
                [_path("lane-rule", "".join(f"M0 {_n(y)}H{_n(layout.width)}" for y in self.rules))]
                if self.rules
                else ()
            ),
            _line("today", now, now, layout.top - 10, height),
            _words("today-label halo", now - 5 if ends else now + 5, layout.top - 1, label, "end" if ends else ""),
        ]

    # A lane

    def _lane(self, lane: Lane, cells: Mapping[int, Sequence[Happening]]) -> None:
        top = self.y
        name_end = self._name(lane, top)
        self.y = name_end if self.layout.narrow else top + 9
        if cells:
            self._strip(lane, cells)
        for row in self._packed(lane.holdings):
            self._holdings(row)
        for bar in lane.bars:
            self._bar(bar)
        if lane.left:
            self._left(lane)
        self.y = max(self.y + 5, name_end + 6)

    def _name(self, lane: Lane, top: float) -> float:
        """The lane's name and note; returns where they end."""
        if self.layout.narrow:
            letters = int((self.layout.room - _width(lane.note, 12) - 8) / (LETTER * 1.2))
            name = shortened(lane.name, max(letters, 8))
            self._link(lane, [_words("lane-name halo", self.layout.left, top + 20, name)])
            after = self.layout.left + _name_width(name) + 8
            self.marks.append(Mark((_words("lane-sub halo", after, top + 20, lane.note),)))
            return top + 30
        lines = in_lines(lane.name, 19)
        y = top + 25
        self._link(lane, [_words("lane-name", 16, y + 17 * n, line) for n, line in enumerate(lines)])
        y += 17 * (len(lines) - 1)
        notes = in_lines(lane.note, 24)
        self.marks.append(Mark(tuple(_words("lane-sub", 16, y + 16 + 14 * n, line) for n, line in enumerate(notes))))
        return y + 16 + 14 * (len(notes) - 1) if notes else y

    def _link(self, lane: Lane, shapes: list[Shape]) -> None:
        if not lane.href:
            self.marks.append(Mark(tuple(shapes)))
            return
        y = float(dict(shapes[0].attributes)["y"]) - 17
        ring = _rect(
            "ring",
            (0 if not self.layout.narrow else 4),
            y,
            8 + 160 * (not self.layout.narrow) + min(_width(lane.name, 15), 220) * self.layout.narrow,
            7 + 17 * len(shapes),
        )
        self.marks.append(Mark((ring, *shapes), lane.href, lane.name if not lane.note else f"{lane.name}: {lane.note}"))

    # Other events, in one strip

    def _period(self, day: date) -> int:
        """The number of the period that a day lies in. Years begin one, and decades where it is a decade."""
        return (day.year * 12 + day.month - 1) // self.period

    def _days(self, period: int) -> tuple[date, date]:
        """The first and the last day of a period."""
        first, after = period * self.period, (period + 1) * self.period
        return date(first // 12, first % 12 + 1, 1), date(after // 12, after % 12 + 1, 1) - timedelta(days=1)

    def _cells(self, happenings: Sequence[Happening]) -> dict[int, list[Happening]]:
        """Events by the period in which they lie, or the middle of the time in which they may."""
        cells: dict[int, list[Happening]] = {}
        for happening in sorted(happenings, key=lambda one: (one.earliest, one.latest)):
            cells.setdefault(self._period(happening.middle), []).append(happening)
        return cells

    def _is_crowded(self, cells: Mapping[int, Sequence[Happening]]) -> bool:
        """Whether ticks would run into each other somewhere."""
        return any(len(one) * APART > self._reaches(period)[1] for period, one in cells.items())

    def _reaches(self, period: int) -> tuple[float, float]:
        """Where a period begins, and how wide it is: as a target at least."""
        first, last = self._days(period)
        start = self.scale.x(first)
        width = max(self.scale.x(last + timedelta(days=1)) - start, TARGET)
        return min(start, self.layout.right - width), width

    def _strip(self, lane: Lane, cells: Mapping[int, Sequence[Happening]]) -> None:
        """Ticks or columns; all events of a period are one link."""
        layout = self.layout
        crowded = self._is_crowded(cells)
        if layout.narrow:
            self.marks.append(Mark((_words("lbl small-label halo", layout.left, self.y + 7, _("Other events")),)))
            self.y += 16 if crowded else 8
        labels = {} if crowded or layout.narrow else self._labels(cells)
        base = self.y + (15 if labels else 9 if crowded and not layout.narrow else 2)
        drawn = self._columns(cells, base) if crowded else self._ticks(cells, base)
        self.marks.append(Mark(tuple(drawn)))
        for period, happenings in cells.items():
            x, width = self._reaches(period)
            shapes = [_rect("ring", x, base, width, TARGET)]
            if crowded:
                top = base + TARGET - self._column(len(happenings))
                shapes.append(_words("number", x + width / 2, top - 2, str(len(happenings))))
            elif period in labels:
                shapes.append(_words("lbl-2 halo", self._middle(happenings[0]) - 2, base + 1, labels[period]))
            self.marks.append(Mark(tuple(shapes), *self._where_to(lane, period, happenings)))
        self.y = base + TARGET + 3

    def _labels(self, cells: Mapping[int, Sequence[Happening]]) -> dict[int, str]:
        """The titles of events that are alone in their period, where there is room behind them."""
        labels: dict[int, str] = {}
        places = [*(self._middle(cells[period][0]) for period in cells), self.layout.right]
        for (period, happenings), (place, following) in zip(cells.items(), pairwise(places), strict=True):
            if len(happenings) == 1 and _width(happenings[0].title, 12) <= following - place - 16:
                labels[period] = happenings[0].title
        return labels

    def _middle(self, happening: Happening) -> float:
        return round((self.scale.x(happening.earliest) + self.scale.x(happening.latest)) / 2)

    def _ticks(self, cells: Mapping[int, Sequence[Happening]], base: float) -> list[Shape]:
        happenings = [one for cell in cells.values() for one in cell]
        ticks = sorted({self._middle(one) for one in happenings})
        spans = sorted({(self.scale.x(one.earliest), self.scale.x(one.latest)) for one in happenings})
        vague = _strokes([(start + 1, f"h{_n(end - start - 2)}", end - 1) for start, end in spans if end - start > 6])
        drawn = [_path("tick", f"M0 {_n(base + 10)}{_strokes([(x, 'v13m0-13', x) for x in ticks])}")]
        return [_path("vague", f"M0 {_n(base + 18)}{vague}"), *drawn] if vague else drawn

    def _column(self, number: int) -> float:
        return max(round(TALLEST * number / self.fullest), 2)

    def _columns(self, cells: Mapping[int, Sequence[Happening]], base: float) -> list[Shape]:
        drawn = []
        for period, happenings in cells.items():
            x, width = self._reaches(period)
            height = _n(self._column(len(happenings)))
            drawn.append(f"M{_n(x + 1)} {_n(base + TARGET)}v-{height}h{_n(width - 2)}v{height}z")
        return [_path("column", "".join(drawn))]

    def _where_to(self, lane: Lane, period: int, happenings: Sequence[Happening]) -> tuple[str, str]:
        """Where the link of a period leads, and what it is called."""
        if len(happenings) == 1 or lane.more is None:
            return happenings[0].href, f"{happenings[0].title}. {display(happenings[0].edtf)}"
        first, last = self._days(period)
        if self.period < 12:
            in_words = display(f"{first:%Y-%m}/{last:%Y-%m}" if self.period > 1 else f"{first:%Y-%m}", short=True)
        else:
            in_words = display(f"{first.year}/{last.year}" if self.period > 12 else f"{first.year}")
        # Translators: “3 events, Jan 2020 – Jun 2020”
        said = _("%(events)s, %(period)s") % {"events": counted(len(happenings), "event"), "period": in_words}
        return lane.more(first, last), said

    # Stakes

    def _reach(self, holding: Holding) -> tuple[float, float]:
        """How far a stake with its words reaches."""
        start = self.scale.x(holding.since[0]) - 10
        end = self.scale.x(holding.until[1] if holding.until else holding.since[1]) + 14
        if self.layout.narrow:
            return self.layout.left, self.layout.right
        label = _width(self._holding_label(holding)) + 6
        left_fits = start - label >= self.layout.left
        return (start - label if left_fits else start, end if left_fits else end + label)

    def _holding_label(self, holding: Holding) -> str:
        words = f"{holding.label}, {holding.note}" if holding.note else holding.label
        return shortened(words, 48 if self.layout.narrow else 62)

    def _packed(self, holdings: Sequence[Holding]) -> list[list[Holding]]:
        """Stakes in as few rows as their words allow."""
        rows: list[list[Holding]] = []
        for holding in sorted(holdings, key=lambda one: one.since):
            start, end = self._reach(holding)
            for row in rows:
                if all(end + 8 < other[0] or other[1] + 8 < start for other in map(self._reach, row)):
                    row.append(holding)
                    break
            else:
                rows.append([holding])
        return rows

    def _holdings(self, row: Sequence[Holding]) -> None:
        layout = self.layout
        if layout.narrow:
            self.y += 12
        y = self.y + 12
        for holding in row:
            start = self.scale.x(holding.since[0])
            if holding.since[0] != holding.since[1]:
                start = (start + self.scale.x(holding.since[1])) / 2
            shapes = []
            end = start
            if holding.until:
                end = max((self.scale.x(holding.until[0]) + self.scale.x(holding.until[1])) / 2, start + 16)
                shapes.append(_line("hold", start, end, y, y))
            for days in (holding.since, holding.until):
                first, last = (self.scale.x(day) for day in days) if days else (0.0, 0.0)
                if last - first > 16:
                    shapes.append(_line("vague", first, last, y + 9, y + 9))
            shapes.append(_path("dia", _diamond(start, y)))
            if holding.until:
                shapes.append(_path("dia dia--open", _diamond(end, y)))
            shapes.insert(0, _rect("ring", start - 12, y - 12, max(end - start + 24, TARGET), TARGET))
            label = self._holding_label(holding)
            if layout.narrow:
                shapes.append(_words("lbl small-label halo", layout.left, y - 15, label))
            elif start - 14 - _width(label) >= layout.left:
                shapes.append(_words("lbl halo", start - 14, y + 5, label, "end"))
                note = shortened(holding.until_words, 40)
                if holding is row[-1] and end + 18 + _width(note, 12) <= layout.width:
                    shapes.append(_words("lbl-2 halo", end + 14, y + 5, note))
            else:
                shapes.append(_words("lbl halo", end + 14, y + 5, label))
            self.marks.append(Mark(tuple(shapes), holding.href, _said(holding.label, holding.said)))
        self.y += 30

    # Pledges

    def _bar(self, bar: Bar) -> None:
        layout, scale = self.layout, self.scale
        if not bar.stretches and bar.closed is None:
            return
        first = bar.stretches[0] if bar.stretches else bar.closed
        assert first is not None  # noqa: S101 -- one of the two is there
        start = scale.x(first.since)
        end, shapes = self._ends(bar, start)
        label = shortened(bar.label, 52 if layout.narrow else 70)
        above = layout.narrow
        if not layout.narrow:
            note = self._note(bar)
            fits_left = start - 10 - _width(label) >= layout.left
            fits_right = end + 8 + _width(f"{label} · {note}" if note else label) <= layout.width - 4
            above = not fits_left and not fits_right
        y = self.y + (18 if above else 5)
        drawn = [shape(y) for shape in shapes]
        drawn.insert(0, _rect("ring", start - 4, y - 5, max(end - start + 8, TARGET), TARGET))
        if above:
            css = "lbl halo small-label" if layout.narrow else "lbl halo"
            drawn.append(_words(css, self._label_start(start, label), y - 5, label))
            if not layout.narrow and note and end + 8 + _width(note, 12) <= layout.width - 4:
                drawn.append(_words("lbl-2 halo", end + 8, y + 12, note))
        elif fits_left:
            drawn.append(_words("lbl halo", start - 8, y + 12, label, "end"))
            if note and end + 8 + _width(note, 12) <= layout.width - 4:
                drawn.append(_words("lbl-2 halo", end + 8, y + 12, note))
        else:
            drawn.append(_words("lbl halo", end + 8, y + 12, f"{label} · {note}" if note else label))
        if bar.differs and end - start > 34:
            drawn += self._differs(bar, start, end, y)
        if not layout.narrow:
            drawn += self._term(bar, start, end, y)
        self.marks.append(Mark(tuple(drawn), bar.href, _said(bar.label, bar.said)))
        self.y = y + BAR + (7 if above else 10)

    def _left(self, lane: Lane) -> None:
        """That there are pledges which are not drawn here."""
        said = counted(lane.left, "more pledge")
        x, width = self.layout.left, _width(said)
        ring = _rect("ring", x - 4, self.y, width + 8, TARGET)
        self.marks.append(Mark((ring, _words("lbl halo", x, self.y + 16, said)), lane.href, f"{said}: {lane.name}"))
        self.y += TARGET + 4

    def _differs(self, bar: Bar, start: float, end: float, y: float) -> list[Shape]:
        """The mark that accounts differ, on ground of its own and beside the line of the day."""
        x = end - 26 if bar.closed is None else end - STUB - 16
        now = self.scale.x(self.today)
        if x - 4 < now < x + 16:
            x = now - 18 if now - 18 > start else now + 5
        place = (("x", _n(x)), ("y", _n(y + 2)), ("width", "12"), ("height", "12"))
        return [
            _rect("differs-ground", x - 2, y + 1, 16, 14),
            Shape("use", (("class", "differs"), ("href", "#i-differ"), *place)),
        ]

    def _label_start(self, start: float, label: str) -> float:
        size = 12.5 if self.layout.narrow else 13.0
        return max(self.layout.left, min(start, self.layout.right - _width(label, size)))

    def _term(self, bar: Bar, start: float, end: float, y: float) -> list[Shape]:
        """Until when a bar runs that its words end, on the part of it that is still to come, where there is room."""
        if bar.closed or not bar.planned or bar.planned > self.scale.last:
            return []
        # Translators: on a bar that ends on a day still to come
        said = _("to %(date)s") % {"date": display_day(bar.planned, short=True, in_sentence=True)}
        right = end - (34 if bar.differs else 6)
        if right - _width(said, 12) < max(self.scale.x(self.today), start) + 6:
            return []
        return [_words("lbl-2 halo", right, y + 12, said, "end")]

    def _note(self, bar: Bar) -> str:
        """What stands behind a bar: how and when it ended, or that its end lies outside the picture."""
        if bar.closed:
            ended = {"status": bar.closed.word, "date": display_day(bar.closed.since, short=True)}
            # Translators: beside a bar, how a pledge ended and when, as “Lapsed 10 Jun 2021”; short
            return pgettext("end of a pledge", "%(status)s %(date)s") % ended
        if bar.planned and bar.planned > self.scale.last:
            return _("to %(year)s") % {"year": bar.planned.year}
        return ""

    def _ends(self, bar: Bar, start: float) -> tuple[float, list[Callable[[float], Shape]]]:
        """Where the bar ends, and its pieces, each to be placed at a height."""
        scale, now = self.scale, self.scale.x(self.today)
        pieces: list[Callable[[float], Shape]] = []
        if bar.closed:
            closes = scale.x(bar.closed.since)
            for stretch in bar.stretches:
                x = scale.x(stretch.since)
                until = min(scale.x(stretch.until), closes) if stretch.until else closes
                if until > x:
                    pieces.append(_piece(stretch.headline, x, until - x))
            end = min(max(closes, start) + STUB, self.layout.width - 6)
            pieces.append(_piece(bar.closed.headline, end - STUB, STUB))
            return end, pieces
        last = bar.stretches[-1]
        if bar.planned and bar.planned <= scale.last:
            end = max(scale.x(bar.planned), start + 3)
            ahead = max(scale.x(last.since), min(now, end))
            pieces.append(_piece(last.headline, ahead, end - ahead, planned=True))
        else:
            end = max(self.layout.right - 10, start + ARROW + 4)
            pieces.append(_arrow(last.headline, min(max(scale.x(last.since), start), end), end))
        for stretch in bar.stretches:
            x = scale.x(stretch.since)
            until = min(scale.x(stretch.until), now) if stretch.until else min(now, end)
            pieces.append(_piece(stretch.headline, x, max(until - x, 3)))
        if bar.planned and bar.planned <= scale.last:
            pieces.append(lambda y: _line("tick", end, end, y - 3, y + BAR + 3))
        return end, pieces


def _strokes(places: Iterable[tuple[float, str, float]]) -> str:
    """Strokes one after another along a line: where each begins, how it is drawn, where it ends. Steps are short."""
    drawn, pen = [], 0.0
    for begins, stroke, ends in places:
        drawn.append(f"m{_n(begins - pen)} 0{stroke}")
        pen = ends
    return "".join(drawn)


def _piece(headline: str, x: float, width: float, *, planned: bool = False) -> Callable[[float], Shape]:
    css = f"bar st-{headline}{' planned' if planned else ''}"
    return lambda y: _rect(css, x, y, width, BAR, _pattern(headline))


def _arrow(headline: str, x: float, end: float) -> Callable[[float], Shape]:
    tip, middle = _n(ARROW), _n(BAR / 2)

    def at(y: float) -> Shape:
        d = f"M{_n(x)} {_n(y)}H{_n(end - ARROW)}l{tip} {middle}-{tip} {middle}H{_n(x)}z"
        return _path(f"bar planned st-{headline}", d, _pattern(headline))

    return at


def _diamond(x: float, y: float) -> str:
    return f"M{_n(x)} {_n(y - 7)}l7 7-7 7-7-7z"


def _said(label: str, said: str) -> str:
    return f"{label}. {said}" if said else label


def _table(lane: Lane, most: int) -> Iterable[TableRow]:
    for bar in lane.bars:
        now = bar.closed or (bar.stretches[-1] if bar.stretches else None)
        if now is None:
            continue
        since = bar.made or display_day((bar.stretches[0] if bar.stretches else now).since)
        if bar.closed:
            until = display_day(bar.closed.since)
        else:
            until = display_day(bar.planned) if bar.planned else _("no end stated")
        yield TableRow(who=lane.name, what=bar.label, href=bar.href, since=since, until=until, status=now.word)
    if lane.left:
        said = counted(lane.left, "more pledge")
        yield TableRow(who=lane.name, what=said, href=lane.href, since="", until="", status=_("Pledges"))
    for holding in lane.holdings:
        yield TableRow(
            who=lane.name,
            what=f"{holding.label}, {holding.note}" if holding.note else holding.label,
            href=holding.href,
            since=holding.since_words,
            until=holding.until_words or _("no sale on record"),
            status=holding.kind,
        )
    shown = lane.happenings[:most] if lane.more is not None else lane.happenings
    for happening in shown:
        yield TableRow(
            who=lane.name,
            what=happening.title,
            href=happening.href,
            since=display(happening.edtf),
            until="",
            status=_("Event"),
        )
    left = lane.happenings[len(shown) :]
    if left and lane.more is not None:
        first, last = min(one.earliest for one in left), max(one.latest for one in left)
        yield TableRow(
            who=lane.name,
            what=counted(len(left), "more event"),
            href=lane.more(first, last),
            since=display_day(first),
            until=display_day(last),
            status=_("Events"),
        )
