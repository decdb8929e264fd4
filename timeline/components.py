"""What the parts in ``templates/components/`` are given.

Plain values, so that a part can be printed from any page, in an e-mail or in a test, without a
database row behind it. A page turns its rows into these and hands them to the part whose first
line names them. Texts are shown as they are given (and escaped); addresses are ready to be used
as ``href``.

Words for slugs (headlines, link states, stances) are in :mod:`timeline.words`; a ``label`` that is
given wins over them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from timeline import words

# What facets count: one, several.
UNITS: Final = words.PairsOfLabels(
    {
        "entry": (pgettext_lazy("after the number 1", "entry"), pgettext_lazy("after any other number", "entries")),
        "company": (
            pgettext_lazy("after the number 1", "company"),
            pgettext_lazy("after any other number", "companies"),
        ),
        "pledge": (pgettext_lazy("after the number 1", "pledge"), pgettext_lazy("after any other number", "pledges")),
        "source": (pgettext_lazy("after the number 1", "source"), pgettext_lazy("after any other number", "sources")),
    }
)


@dataclass(frozen=True, kw_only=True)
class ShownDate:
    """A date, no more exact than it is known. Part: ``date.html``.

    text: as a person reads it ("11 June 2020", "about June 2019", "by 27 March 2020").
    machine: a value that HTML's ``<time datetime>`` allows (``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD``),
        or "" where there is none, as for intervals and seasons.
    edtf: the stored Extended Date/Time Format value.
    why: why it is not a plain day, in two or three words ("month only", "not dated", "“last week”").
    """

    text: str
    machine: str = ""
    edtf: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Status:
    """Where a pledge or clause stands. Parts: ``status_badge.html``, ``status_marks.html``.

    headline: one of the slugs of ``words.HEADLINES``.
    text, conduct, clock: slugs of the three axes, "" where there is nothing to say. They become data
        attributes, and the text and conduct marks where the labels are given.
    label: overrides the headline's words ("Unclear: lapsed or in force").
    text_label, conduct_label, clock_label: the words of the marks.
    """

    headline: str
    text: str = ""
    conduct: str = ""
    clock: str = ""
    label: str = ""
    text_label: str = ""
    conduct_label: str = ""
    clock_label: str = ""

    @property
    def words(self) -> str:
        return self.label or words.HEADLINES.get(self.headline, self.headline)


@dataclass(frozen=True, kw_only=True)
class CitationMark:
    """``[n]`` and the state of the link behind it. Part: ``citation_marker.html``.

    number: the source's number on this page.
    href: "#source-<slug>" where the page lists its sources, else the source's own page.
    link_state: one of the slugs of ``words.LINK_STATES``.
    stance: "supports" (not said aloud), "disputes" or "context".
    reason: why the link's state is what it is, in a sentence.
    """

    number: int
    href: str
    link_state: str = "unchecked"
    stance: str = "supports"
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class SourceUse:
    """One thing on the page that a source bears on. Part of ``source_item.html``.

    used_for: what it was used for, in words ("exact words", "Microsoft pledge of June 2020").
    last_seen: when the quoted words were last seen there, word for word.
    standing: whether they stand there now, a value of ``PassageStanding``; "" where nobody has looked.
    passage_href: the address that leads right to them; "" where it must not, or cannot.
    """

    stance: str = "supports"
    used_for: str = ""
    quotation: str = ""
    language: str = ""
    locator: str = ""
    last_seen: ShownDate | None = None
    standing: str = ""
    passage_href: str = ""


@dataclass(frozen=True, kw_only=True)
class SourceItem:
    """A row of a page's list of sources. Part: ``source_item.html`` (inside ``<ol class="reflist">``).

    slug: becomes the id "source-<slug>", which citation marks point to.
    title_is_headline: True only where the title was read on the page itself; otherwise the part says
        that it is a description.
    byline: authors and the like, ready to print ("Jeffrey Dastin and Munsif Vengattil").
    via: where it was read if not at the publisher's ("read at Investing.com", "copy of a Reuters report").
    link_words: overrides the words of the link state ("Link moved, still reachable").
    link_reason: why the state is what it is, in a sentence.
    read_href: the original address; "" for none, and for links that must not be offered (hijacked).
    archived_href, archived: the best archived copy and its date.
    record_href: our page about the source.
    """

    number: int
    slug: str
    title: str
    record_href: str
    title_is_headline: bool = True
    language: str = "en"
    byline: str = ""
    publisher: str = ""
    via: str = ""
    published: ShownDate | None = None
    link_state: str = "unchecked"
    link_words: str = ""
    link_reason: str = ""
    read_href: str = ""
    archived_href: str = ""
    archived: ShownDate | None = None
    uses: Sequence[SourceUse] = ()

    @property
    def leads_with_archive(self) -> bool:
        """Whether the archived copy stands before the original, which is gone or failing."""
        return bool(self.archived_href) and self.link_state in words.LOST


@dataclass(frozen=True, kw_only=True)
class EntryRow:
    """One event of a timeline. Part: ``entry_row.html`` (inside ``<ol class="entries">``).

    mark: "bar" (a pledge's event, drawn in the look of the first status), "invests", "sells" or "event".
    kinds: what it is, in words ("Pledge made", "Investment").
    tags: audiences, places and other words that help to choose.
    differs: True where sources disagree on it.
    here: True for the row the reader came from.
    """

    slug: str
    href: str
    title: str
    date: ShownDate
    summary: str = ""
    language: str = "en"
    mark: str = "event"
    statuses: Sequence[Status] = ()
    citations: Sequence[CitationMark] = ()
    kinds: Sequence[str] = ()
    tags: Sequence[str] = ()
    differs: bool = False
    here: bool = False

    @property
    def first_headline(self) -> str:
        return self.statuses[0].headline if self.statuses else "in-force"


@dataclass(frozen=True, kw_only=True)
class Chip:
    """An active filter; following it takes the filter away. Part: ``chip.html``.

    label: with the name of its filter ("Company: Microsoft").
    href: this page's address without it.
    """

    label: str
    href: str


@dataclass(frozen=True, kw_only=True)
class FacetValue:
    """One value to filter by. count: how many entries it would leave in the present selection."""

    value: str
    label: str
    count: int
    chosen: bool = False

    @property
    def offered(self) -> bool:
        """A value that leaves nothing stays in its place and cannot be chosen, only taken away."""
        return self.chosen or self.count > 0


@dataclass(frozen=True, kw_only=True)
class FacetGroup:
    """Values under one small heading ("" for none); ``folded`` are those behind "Show more"."""

    values: Sequence[FacetValue]
    label: str = ""
    folded: Sequence[FacetValue] = ()


@dataclass(frozen=True, kw_only=True)
class Facet:
    """Checkboxes of one parameter. Part: ``facet.html``.

    name: the parameter ("company"). open: unfolded although nothing is chosen in it.
    unit: what the counts count, one of ``UNITS``, read aloud after each number.
    """

    name: str
    label: str
    groups: Sequence[FacetGroup]
    open: bool = False
    unit: tuple[str, str] = field(default_factory=lambda: UNITS["entry"])

    @property
    def chosen(self) -> int:
        every = (value for group in self.groups for value in (*group.values, *group.folded))
        return sum(value.chosen for value in every)

    @property
    def unfolded(self) -> bool:
        return self.open or self.chosen > 0


@dataclass(frozen=True, kw_only=True)
class YearCount:
    """How many entries a year has; href narrows the list to it; on: inside the chosen span."""

    year: int
    count: int
    href: str
    on: bool = True


@dataclass(frozen=True)
class DrawnYear:
    """A bar of the histogram, in the units of its viewBox."""

    year: int
    count: int
    href: str
    on: bool
    x: float
    y: float
    width: float
    height: float
    middle: float
    labelled: bool


@dataclass(frozen=True, kw_only=True)
class Histogram:
    """Entries a year, as bars that are links. Part: ``histogram.html``. Give every year of the span,
    those without entries too."""

    years: Sequence[YearCount]
    label: str = field(default_factory=lambda: _("Entries by year"))

    WIDTH = 256.0
    HEIGHT = 54.0

    @property
    def bars(self) -> list[DrawnYear]:
        if not self.years:
            return []
        step = self.WIDTH / len(self.years)
        gap = 3.0 if step > 12 else 1.0
        most = max(year.count for year in self.years) or 1
        # A label is about 34 units wide: name as many years as fit, the last one always.
        every = max(1, round(40 / step + 0.49))
        drawn = []
        for place, year in enumerate(self.years):
            height = max(2.0 if year.count else 0.75, self.HEIGHT * year.count / most)
            labelled = (len(self.years) - 1 - place) % every == 0
            x = place * step
            drawn.append(
                DrawnYear(
                    year=year.year,
                    count=year.count,
                    href=year.href,
                    on=year.on,
                    x=round(x + gap / 2, 2),
                    y=round(self.HEIGHT - height, 2),
                    width=round(step - gap, 2),
                    height=round(height, 2),
                    middle=round(x + step / 2, 2),
                    labelled=labelled,
                )
            )
        return drawn


@dataclass(frozen=True, kw_only=True)
class Pager:
    """The way to newer and older rows. Part: ``pager.html``. An empty href leaves the link out.

    older_label, newer_label: what is there ("Older: before 8 Oct 2019").
    note: "25 shown of 1,204."
    """

    newer_href: str = ""
    older_href: str = ""
    newer_label: str = field(default_factory=lambda: _("Newer"))
    older_label: str = field(default_factory=lambda: _("Older"))
    note: str = ""
    label: str = field(default_factory=lambda: _("Older and newer"))


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A sentence with the sources it rests on. quoted: it is somebody's own words."""

    text: str
    citations: Sequence[CitationMark] = ()
    language: str = ""
    quoted: bool = False


@dataclass(frozen=True, kw_only=True)
class ScopeRow:
    """One line of "what it covers, and what it leaves open". Part: ``scope_table.html``.

    label: the question ("To whom", "Where", "Until"). Empty ``covers`` prints "Not stated".
    leaves_open: what the words do not settle, questions that were not answered among them.
    """

    label: str
    covers: Sequence[Remark] = ()
    leaves_open: Sequence[Remark] = ()


@dataclass(frozen=True, kw_only=True)
class Account:
    """One answer to a disputed question. Part of ``dispute.html``.

    heading: who gives it ("Company statement, in Reuters"). says: the answer, short.
    preferred: the one this record uses.
    """

    heading: str
    says: str
    quotation: str = ""
    language: str = ""
    citations: Sequence[CitationMark] = ()
    preferred: bool = False


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """Accounts side by side. Part: ``dispute.html``.

    uses: which account the status uses; "" prints that none is preferred. reason: why.
    """

    slug: str
    question: str
    accounts: Sequence[Account]
    uses: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ClauseShown:
    """One clause of the terms: what it says, its own status, its scope."""

    label: str
    status: Status | None = None
    scope: Sequence[ScopeRow] = ()


@dataclass(frozen=True, kw_only=True)
class TermsShown:
    """One version of a pledge's wording. Part: ``terms.html``, given newest first.

    change: how it came about ("As made", "Narrowed", "Reworded").
    from_date, until_date: since when it holds, and until when (None: still).
    current: the version in force on the page's date.
    wording: the words themselves.
    """

    number: int
    change: str
    from_date: ShownDate
    until_date: ShownDate | None = None
    current: bool = False
    wording: str = ""
    language: str = ""
    citations: Sequence[CitationMark] = ()
    clauses: Sequence[ClauseShown] = ()


@dataclass(frozen=True, kw_only=True)
class Step:
    """One event that led to the present status. Part: ``steps.html`` (a list of them, newest first).

    label: what it did, short ("In force", "Earlier practice"). says_who: the line under it.
    now: True for the one that decides the present status.
    """

    date: ShownDate
    label: str
    summary: str = ""
    href: str = ""
    citations: Sequence[CitationMark] = ()
    says_who: str = ""
    now: bool = False


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One of the figures in a row. Part: ``stats.html`` (a list of them).

    before, linked, after: the words under the number; ``linked`` leads to the list behind it.
    """

    number: int
    linked: str
    href: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class Crumb:
    """A step of the breadcrumb (``crumbs.html``); the last one has no href."""

    label: str
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class PledgeCard:
    """A pledge on its company's page. Part: ``pledge_card.html``."""

    href: str
    title: str
    status: Status
    covers: Sequence[str] = ()
    leaves_open: Sequence[str] = ()
    foot: str = ""
    differs: bool = False
    citations: Sequence[CitationMark] = ()


@dataclass(frozen=True, kw_only=True)
class TermBar:
    """How much of a term with an end date has passed. Part: ``term_bar.html``.

    days, gone: whole days of the term and those that have passed on the page's date.
    """

    headline: str
    days: int
    gone: int
    from_text: str
    left_text: str

    @property
    def gone_width(self) -> float:
        if self.days <= 0:
            return 308.0
        return round(308.0 * min(max(self.gone / self.days, 0.0), 1.0), 1)

    @property
    def label(self) -> str:
        # Translators: of a term, as “300 of 365 days gone; 65 days left”
        said = _("%(gone)s of %(days)s days gone; %(left)s")
        return said % {"gone": self.gone, "days": self.days, "left": self.left_text}


@dataclass(frozen=True, kw_only=True)
class SpanShown:
    """A stretch of time with one status. ends: what comes after ("" for open)."""

    status: Status
    from_date: ShownDate
    until_date: ShownDate | None = None


@dataclass(frozen=True, kw_only=True)
class LinkCheckMark:
    """One check of a link. Part: ``link_strip.html`` (a list of them, oldest first)."""

    link_state: str
    on: str
    saw: str = ""


@dataclass(frozen=True, kw_only=True)
class Menu:
    """Links in a menu that opens without script. Part: ``menu.html``; groups of (heading, links)."""

    label: str
    groups: Sequence[tuple[str, Sequence[MenuLink]]] = field(default_factory=tuple)
    intro: str = ""
    foot: str = ""


@dataclass(frozen=True, kw_only=True)
class MenuLink:
    """label: "BibTeX"; hint: ".bib"."""

    label: str
    href: str
    hint: str = ""
