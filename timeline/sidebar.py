"""The filters beside a list: facets with their counts, active filters, years."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from dates.edtf import display_day
from pledges.vocabulary import AUDIENCES, TECHNOLOGIES, label_of
from timeline import vocabularies
from timeline.components import Chip, Facet, FacetGroup, FacetValue, Histogram, YearCount
from timeline.facets import Counts
from timeline.filters import EventFilter, Selection
from timeline.places import place_label
from timeline.vocabularies import capital
from timeline.words import Labels

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

UNFOLDED: Final = 8
MOST_FOLDED: Final = 24
SHORT: Final = 13
LABELS: Final = Labels({name: one.label for name, one in EventFilter.base_filters.items()})


def _label(known: Mapping[str, StrOrPromise]) -> Callable[[str], str]:
    return lambda value: str(known.get(value) or capital(label_of(value)))


def facets_of(selection: Selection, counts: Counts) -> list[Facet]:
    """Every facet of the sidebar, in its order."""
    listed = _Facets(selection, counts)
    companies = {**counts.names, **selection.values.get("company", {})}
    return [
        listed.counted("company", _label(companies), unfolded=True),
        listed.kinds(),
        listed.closed("status", vocabularies.STATUSES, unfolded=True),
        listed.closed("standing", vocabularies.STANDINGS),
        listed.closed("action", vocabularies.ACTIONS),
        listed.counted("technology", _label(TECHNOLOGIES)),
        listed.counted("audience", _label(AUDIENCES)),
        listed.counted("jurisdiction", place_label),
        listed.closed("role", vocabularies.ROLES),
        listed.closed("source_type", vocabularies.SOURCE_TYPES),
        listed.counted("publisher", str),
        listed.closed("health", vocabularies.HEALTH, unfolded=True),
        listed.closed("disputed", {"1": _("Sources disagree")}),
    ]


class _Facets:
    def __init__(self, selection: Selection, counts: Counts) -> None:
        self.selection = selection
        self.counts = counts

    def values(self, name: str, values: Iterable[str], label: Callable[[str], str]) -> list[FacetValue]:
        """The given values with their counts: the most frequent first, then by name."""
        counted = self.counts.facets.get(name, {})
        chosen = self.selection.chosen(name)
        made = [
            FacetValue(value=value, label=label(value), count=counted.get(value, 0), chosen=value in chosen)
            for value in values
        ]
        return sorted(made, key=lambda one: (-one.count, one.label.lower(), one.value))

    def counted(self, name: str, label: Callable[[str], str], *, unfolded: bool = False) -> Facet:
        """An open list: the values that leave something, and those that are chosen."""
        met = dict.fromkeys([*self.counts.facets.get(name, {}), *self.selection.chosen(name)])
        return self.facet(name, [self.group(self.values(name, met, label))], unfolded=unfolded)

    def closed(self, name: str, labels: Mapping[str, str], *, unfolded: bool = False) -> Facet:
        """A short closed list stays whole, so that it does not jump; of a long one, what leaves something."""
        met = labels if len(labels) <= SHORT else self.met(name, labels)
        return self.facet(name, [self.group(self.values(name, met, labels.__getitem__))], unfolded=unfolded)

    def met(self, name: str, values: Iterable[str]) -> list[str]:
        """Of some values, those that leave something, and those that are chosen."""
        counted, chosen = self.counts.facets.get(name, {}), self.selection.chosen(name)
        return [value for value in values if counted.get(value) or value in chosen]

    def kinds(self) -> Facet:
        lists = (
            (_("What happened to a pledge"), vocabularies.EFFECTS),
            (_("What happened to a stake"), vocabularies.HOLDINGS),
            (_("Other events"), vocabularies.KINDS),
        )
        groups = [
            self.group(self.values("kind", self.met("kind", labels), labels.__getitem__), label=label, unfolded=5)
            for label, labels in lists
        ]
        return self.facet("kind", groups, unfolded=True)

    def group(self, values: Sequence[FacetValue], *, label: str = "", unfolded: int = UNFOLDED) -> FacetGroup:
        """The first values in sight, with all that are chosen; the rest behind "Show more"."""
        shown = [one for place, one in enumerate(values) if one.chosen or (place < unfolded and one.count)]
        rest = [one for one in values if one not in shown][:MOST_FOLDED]
        if not shown or len(rest) == 1:
            shown, rest = [*shown, *rest[:unfolded]], rest[unfolded:]
        return FacetGroup(values=shown, label=label, folded=rest)

    def facet(self, name: str, groups: Sequence[FacetGroup], *, unfolded: bool) -> Facet:
        filled = [group for group in groups if group.values]
        return Facet(name=name, label=LABELS[name], groups=filled, open=unfolded)


def chips_of(selection: Selection, path: str) -> list[Chip]:
    """What is chosen, each with a link to the list without it."""
    chips = []
    if selection.q:
        said = _("Search: %(words)s") % {"words": selection.q}
        chips.append(Chip(label=said, href=selection.address(path, without=["q"])))
    for name, labels in selection.values.items():
        if name in ("order", "own"):
            continue
        for value, label in labels.items():
            without = [f"{name}={value}"]
            said = LABELS[name]
            if name != "disputed":
                # Translators: what a list is narrowed by, and to what: “Company: Microsoft”
                said = _("%(filter)s: %(value)s") % {"filter": said, "value": label}
            chips.append(Chip(label=said, href=selection.address(path, without=without)))
    if selection.own and selection.chosen("company"):
        chips.append(Chip(label=LABELS["own"], href=selection.address(path, without=["own"])))
    if selection.since or selection.until:
        said = capital(selection.span_in_words)
        chips.append(Chip(label=said, href=selection.address(path, without=["from", "to"])))
    if selection.day:
        said = _("As it stood on %(date)s") % {"date": display_day(selection.day)}
        chips.append(Chip(label=said, href=selection.address(path, without=["as_of"])))
    return chips


def histogram_of(selection: Selection, counts: Counts, path: str) -> Histogram:
    """Events a year; each bar narrows the list to its year, or takes the year away where it is chosen."""
    chosen = {int(year) for year in selection.chosen("year")}
    span = (selection.since, selection.until)
    if not counts.years:
        return Histogram(years=[])
    years = []
    for year in range(min(counts.years), max(counts.years) + 1):
        on = year in chosen if chosen else _within(year, selection)
        changed = None if chosen == {year} else f"{year:04}"
        without = ["from", "to"] if any(span) else []
        href = selection.address(path, without=without, year=changed)
        years.append(YearCount(year=year, count=counts.years.get(year, 0), href=href, on=on))
    return Histogram(years=years)


def _within(year: int, selection: Selection) -> bool:
    since, until = selection.since, selection.until
    starts = since is None or since.sorts_on.year <= year
    return starts and (until is None or (until.latest or until.sorts_on).year >= year)


def kept_beside(selection: Selection) -> list[tuple[str, str]]:
    """Parameters that the form has no control for and hands on."""
    return [pair for pair in selection.pairs() if pair[0] in ("year", "order", "as_of")]
