"""What a list of events may be narrowed by: the one definition behind page, exports and feed.

Repeating a parameter means "or", different ones mean "and". An empty value is none. A value that is not known is
refused with what is allowed; a parameter that is not known is left aside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, reduce
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django_filters import Filter, FilterSet

from dates.edtf import EdtfDate, NotEdtf, display, parse
from pledges.models import Citation, Effect, Event, EventMark, StatusSpan
from pledges.models.happening import EventQuerySet, happened_by
from sources.health import slug_expression
from timeline import vocabularies
from timeline.asking import CannotRead, read_day, shown
from timeline.vocabularies import Vocabulary, refusal
from timeline.words import Labels, locale

MOST_VALUES: Final = 100
LONGEST_VALUE: Final = 300
LONGEST_SEARCH: Final = 200
SEARCH_CONFIGURATION: Final = "record_search"
SEVERAL_HYPHENS: Final = re.compile(r"-(?:\s*-)+")
LONE_HYPHENS: Final = re.compile(r"-(?![\w\"])")


# --- reading one parameter -----------------------------------------------------------------------------------


class AsGiven(forms.Widget):
    """All values of a parameter, in the order of the address."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        if isinstance(data, QueryDict):
            return [str(value) for value in data.getlist(name)]
        value = data.get(name, [])
        return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


class Values(forms.Field):
    """Some words of a vocabulary. Gives them with what they are called, each once."""

    widget = AsGiven

    def __init__(self, *, vocabulary: Vocabulary, **options: Any) -> None:
        super().__init__(**(options | {"required": False}))
        self.vocabulary = vocabulary

    def clean(self, value: list[str]) -> dict[str, str]:
        given = list(dict.fromkeys(one.strip() for one in value if one.strip()))
        if not given:
            return {}
        if len(given) > MOST_VALUES:
            said = _("At most %(most)s values can be asked for at once, not %(given)s.")
            raise ValidationError(said % {"most": MOST_VALUES, "given": len(given)})
        fitting = [one for one in given if len(one) <= LONGEST_VALUE]
        known = self.vocabulary.labels(fitting)
        # What is called otherwise now comes back under its present name, and may be given under both.
        unknown = next((one for one in given if one not in known and not self._renamed(one)), None)
        if unknown is not None:
            raise ValidationError(refusal(unknown, self.vocabulary))
        return known

    def _renamed(self, value: str) -> bool:
        return len(value) <= LONGEST_VALUE and bool(self.vocabulary.labels([value]))


class Single(forms.Field):
    """One value, which a function reads."""

    widget = AsGiven

    def __init__(self, *, read: Callable[[str], Any], **options: Any) -> None:
        super().__init__(**(options | {"required": False}))
        self.read = read

    def clean(self, value: list[str]) -> Any:
        given = list(dict.fromkeys(one.strip() for one in value if one.strip()))
        if len(given) > 1:
            said = _("It is given %(number)s times with different values. Give it once.")
            raise ValidationError(said % {"number": len(given)})
        return self.read(given[0]) if given else None


def read_search(text: str) -> str:
    if len(text) > LONGEST_SEARCH:
        said = _("A search has at most %(most)s characters, not %(given)s. Use fewer words.")
        raise ValidationError(said % {"most": LONGEST_SEARCH, "given": len(text)})
    return text


def searchable(text: str) -> str:
    """A search without hyphens that leave out nothing: PostgreSQL cannot read very many of them in a row."""
    return LONE_HYPHENS.sub(" ", SEVERAL_HYPHENS.sub("-", text))


def read_date(text: str) -> EdtfDate:
    try:
        read = parse(text)
    except NotEdtf as fault:
        raise ValidationError(_how_to_mend(text, fault)) from fault
    if read.is_interval:
        said = _("“%(written)s” is a span. Give its first date as “from” and its last as “to”.")
        raise ValidationError(said % {"written": shown(text)})
    return read


def _how_to_mend(text: str, fault: NotEdtf) -> str:
    """What is wrong with a date: just what, in English, which editors are told too; else how dates are written."""
    if locale().language == "en":
        return str(fault)
    said = _("“%(written)s” is not a date as this record writes it. Write 2020-06-11, 2020-06 or 2020.")
    return said % {"written": shown(text)}


def read_as_of(text: str) -> date:
    try:
        return read_day(text)
    except ValueError as fault:
        raise ValidationError(str(fault)) from fault


class ValuesFilter(Filter):  # type: ignore[misc]  # django-filter has no types
    field_class = Values


class SingleFilter(Filter):  # type: ignore[misc]
    field_class = Single


class EventFilter(FilterSet):  # type: ignore[misc]
    """Every parameter of a list of events. ``qs`` is the selection in no order; ``selection`` says it in full."""

    q = SingleFilter(label=pgettext_lazy("filter", "Search"), read=read_search)
    company = ValuesFilter(label=pgettext_lazy("filter", "Company"), vocabulary=vocabularies.COMPANY)
    own = ValuesFilter(
        label=pgettext_lazy("filter", "Without subsidiaries"), vocabulary=vocabularies.closed(vocabularies.YES)
    )
    role = ValuesFilter(label=pgettext_lazy("filter", "Part in it"), vocabulary=vocabularies.closed(vocabularies.ROLES))
    kind = ValuesFilter(
        label=pgettext_lazy("filter", "Kind"),
        vocabulary=vocabularies.closed(vocabularies.EFFECTS | vocabularies.HOLDINGS | vocabularies.KINDS),
    )
    status = ValuesFilter(
        label=pgettext_lazy("filter", "Status"), vocabulary=vocabularies.closed(vocabularies.STATUSES)
    )
    standing = ValuesFilter(
        label=pgettext_lazy("filter", "Who says so"), vocabulary=vocabularies.closed(vocabularies.STANDINGS)
    )
    action = ValuesFilter(label=pgettext_lazy("filter", "Action"), vocabulary=vocabularies.closed(vocabularies.ACTIONS))
    technology = ValuesFilter(label=pgettext_lazy("filter", "Technology"), vocabulary=vocabularies.TECHNOLOGY)
    audience = ValuesFilter(label=pgettext_lazy("filter", "Audience"), vocabulary=vocabularies.AUDIENCE)
    jurisdiction = ValuesFilter(label=pgettext_lazy("filter", "Place"), vocabulary=vocabularies.JURISDICTION)
    year = ValuesFilter(label=pgettext_lazy("filter", "Year"), vocabulary=vocabularies.YEAR)
    since = SingleFilter(label=pgettext_lazy("filter", "From"), read=read_date)
    until = SingleFilter(label=pgettext_lazy("filter", "To"), read=read_date)
    source_type = ValuesFilter(
        label=pgettext_lazy("filter", "Source type"), vocabulary=vocabularies.closed(vocabularies.SOURCE_TYPES)
    )
    publisher = ValuesFilter(label=pgettext_lazy("filter", "Publisher"), vocabulary=vocabularies.PUBLISHER)
    health = ValuesFilter(
        label=pgettext_lazy("filter", "Source health"), vocabulary=vocabularies.closed(vocabularies.HEALTH)
    )
    disputed = ValuesFilter(label=pgettext_lazy("filter", "Disputed"), vocabulary=vocabularies.closed(vocabularies.YES))
    order = ValuesFilter(label=pgettext_lazy("filter", "Order"), vocabulary=vocabularies.closed(vocabularies.ORDERS))
    as_of = SingleFilter(label=pgettext_lazy("filter", "As of"), read=read_as_of)
    cursor = SingleFilter(label=pgettext_lazy("filter", "Place in the list"), read=str)

    @classmethod
    def get_filters(cls) -> dict[str, Filter]:
        """All parameters under the names that they have in addresses, of which Python keeps one for itself."""
        in_addresses = {"since": "from", "until": "to"}
        return {in_addresses.get(name, name): one for name, one in super().get_filters().items()}

    @cached_property
    def selection(self) -> Selection:
        """What was asked for.

        :raises CannotRead: naming each parameter that cannot be read.
        """
        problems = [(name, str(fault)) for name in self.filters for fault in self.form.errors.get(name, [])]
        if problems:
            raise CannotRead(*problems)
        given = self.form.cleaned_data
        selection = Selection(
            values={name: value for name, value in given.items() if isinstance(value, dict) and value},
            q=given["q"] or "",
            since=given["from"],
            until=given["to"],
            day=given["as_of"],
            cursor=given["cursor"] or "",
        )
        if len(selection.values.get("order", {})) > 1:
            raise CannotRead(("order", _("It is given more than once. Give one of newest, oldest, relevance.")))
        if selection.since and selection.until and _first(selection.since) > _last(selection.until):
            raise CannotRead(("from", _("It is later than “to”, so nothing can lie between them. Swap the two.")))
        return selection

    def filter_queryset(self, queryset: EventQuerySet) -> EventQuerySet:
        return self.selection.of(queryset)


def read_selection(parameters: QueryDict) -> Selection:
    """What an address asks for.

    :raises CannotRead: naming each parameter that cannot be read.
    """
    selection: Selection = EventFilter(parameters, queryset=Event.objects.none()).selection
    return selection


# --- what was asked for --------------------------------------------------------------------------------------

# The order of parameters in the addresses that this site writes.
PARAMETERS: Final = tuple(EventFilter.base_filters)
# Parameters that are answered by the marks of an event, with the facet of the marks.
BY_MARKS: Final = {
    "kind": "kind",
    "standing": "standing",
    "action": "action",
    "technology": "technology",
    "audience": "audience",
    "source_type": "source_type",
    "publisher": "publisher",
    "disputed": "disputed",
}
DATES: Final = ("year", "from", "to")


def _first(when: EdtfDate) -> date:
    return when.earliest or when.sorts_on


def _last(when: EdtfDate) -> date:
    return when.latest or when.sorts_on


# How each parameter with a vocabulary is said, with its values.
IN_WORDS: Final = Labels(
    {
        "company": gettext_lazy("company is %(values)s"),
        "role": gettext_lazy("role is %(values)s"),
        "kind": gettext_lazy("kind is %(values)s"),
        "status": gettext_lazy("status is %(values)s"),
        "standing": gettext_lazy("standing is %(values)s"),
        "action": gettext_lazy("action is %(values)s"),
        "technology": gettext_lazy("technology is %(values)s"),
        "audience": gettext_lazy("audience is %(values)s"),
        "jurisdiction": gettext_lazy("jurisdiction is %(values)s"),
        "year": gettext_lazy("year is %(values)s"),
        "source_type": gettext_lazy("source type is %(values)s"),
        "publisher": gettext_lazy("publisher is %(values)s"),
        "health": gettext_lazy("health is %(values)s"),
    }
)


def any_of(words: Iterable[str]) -> str:
    """“a or b”."""
    first, *others = words
    return reduce(lambda said, word: _("%(some)s or %(other)s") % {"some": said, "other": word}, others, first)


@dataclass(frozen=True)
class Selection:
    """A selection of events, read from an address and checked.

    values: for each parameter with a vocabulary, what was chosen with what it is called.
    since, until: dates as written; a year means its first day in ``since`` and its last in ``until``.
    day: the day asked for, None for today.
    """

    values: Mapping[str, dict[str, str]] = field(default_factory=dict)
    q: str = ""
    since: EdtfDate | None = None
    until: EdtfDate | None = None
    day: date | None = None
    cursor: str = ""
    now: datetime = field(default_factory=timezone.now)

    def chosen(self, name: str) -> list[str]:
        return list(self.values.get(name, ()))

    @property
    def as_of(self) -> date:
        """The day on which statuses are shown."""
        return self.day or timezone.localdate(self.now)

    @property
    def own(self) -> bool:
        """Whether subsidiaries are left out."""
        return bool(self.chosen("own"))

    @property
    def order(self) -> str:
        """``newest``, ``oldest`` or ``relevance``; without words to search for all are equally relevant."""
        order = next(iter(self.chosen("order")), "newest")
        return "newest" if order == "relevance" and not self.q else order

    @property
    def query(self) -> SearchQuery | None:
        if not self.q:
            return None
        return SearchQuery(searchable(self.q), search_type="websearch", config=SEARCH_CONFIGURATION)

    # --- which events ---

    @property
    def fixed(self) -> Q:
        """What holds for the counts of every facet as well: the search, the day."""
        words = Q(text__words=self.query) if self.query else Q()
        return words & happened_by(self.as_of)

    @property
    def conditions(self) -> dict[str, Q]:
        """One condition for each facet in which something is chosen, by the name of the facet."""
        asked: dict[str, Q] = {}
        for name, facet in BY_MARKS.items():
            if chosen := self.chosen(name):
                asked[name] = _marked(facet, chosen)
        if companies := self.chosen("company"):
            asked["company"] = _marked("company" if self.own else "group", companies)
        if roles := self.chosen("role"):
            asked["role"] = self._in_a_role(roles)
        if places := self.chosen("jurisdiction"):
            asked["jurisdiction"] = _in_places(places)
        if headlines := self.chosen("status"):
            asked["status"] = _with_status(headlines, self.as_of)
        if slugs := self.chosen("health"):
            asked["health"] = _with_health(slugs, self.now)
        if dates := self._dates():
            asked["year"] = dates
        return asked

    def _in_a_role(self, roles: Sequence[str]) -> Q:
        companies = self.chosen("company")
        if not companies:
            return _marked("role", roles)
        return _marked("company-role", [f"{company}:{role}" for company in companies for role in roles])

    def _dates(self) -> Q:
        return in_years(self.chosen("year")) & overlaps(
            _first(self.since) if self.since else None, _last(self.until) if self.until else None
        )

    def of(self, events: EventQuerySet) -> EventQuerySet:
        """Those of the given events that were asked for."""
        found = events.filter(self.fixed)
        for condition in self.conditions.values():
            found = found.filter(condition)
        return found

    def events(self) -> EventQuerySet:
        """The public events that were asked for, in no order."""
        return self.of(Event.objects.public())

    # --- how it is said ---

    def pairs(self, *, without: Sequence[str] = (), **changed: str | None) -> list[tuple[str, str]]:
        """The parameters of an address for the same selection.

        :param without: parameters to be left out, or one value of a parameter as ``name=value``.
        :param changed: parameters with another value; None takes one away.
        """
        pairs: list[tuple[str, str]] = []
        for name in PARAMETERS:
            if name in changed:
                value = changed[name]
                pairs += [(name, value)] if value else []
            elif name not in without:
                pairs += [(name, one) for one in self._written(name) if f"{name}={one}" not in without]
        return pairs

    def address(self, path: str, *, without: Sequence[str] = (), **changed: str | None) -> str:
        """A link to the same selection, or one that differs as ``pairs`` says. The place in the list is left out."""
        query = urlencode(self.pairs(without=without, **{"cursor": None, **changed}))
        return f"{path}?{query}" if query else path

    def _written(self, name: str) -> list[str]:
        single = {
            "q": self.q,
            "from": self.since.text if self.since else "",
            "to": self.until.text if self.until else "",
            "as_of": self.day.isoformat() if self.day else "",
            "cursor": self.cursor,
        }
        return [single[name]] if single.get(name) else self.chosen(name)

    @property
    def is_everything(self) -> bool:
        return not self.pairs(without=("order", "cursor", "as_of"))

    @property
    def in_words(self) -> str:
        """“company is Microsoft; year is 2020”; empty where everything was asked for."""
        said = [_("search is “%(words)s”") % {"words": self.q}] if self.q else []
        for name, labels in self.values.items():
            if name in IN_WORDS:
                said.append(IN_WORDS[name] % {"values": any_of(labels.values())})
        if self.own:
            said.append(pgettext("selection of events", "subsidiaries left out"))
        if self.chosen("disputed"):
            said.append(pgettext("selection of events", "only what is disputed"))
        span = self.span_in_words
        return "; ".join([*said, span] if span else said)

    @property
    def span_in_words(self) -> str:
        if self.since and self.until:
            if display(self.since) == display(self.until):
                return display(self.since)
            span = {"since": display(self.since, in_sentence=True), "until": display(self.until, in_sentence=True)}
            return _("%(since)s to %(until)s") % span
        if self.since:
            return _("from %(since)s") % {"since": display(self.since, in_sentence=True)}
        return _("up to %(until)s") % {"until": display(self.until, in_sentence=True)} if self.until else ""


# --- conditions ------------------------------------------------------------------------------------------------


def _marked(facet: str, values: Sequence[str]) -> Q:
    return Q(pk__in=EventMark.objects.filter(facet=facet, value__in=values).values("event"))


def _in_places(codes: Sequence[str]) -> Q:
    """In one of some places; a country takes in its parts, “world” is only itself."""
    asked = Q(value__in=codes)
    for code in codes:
        if len(code) == 2:
            asked |= Q(value__startswith=f"{code}-")
    return Q(pk__in=EventMark.objects.filter(asked, facet="jurisdiction").values("event"))


def _with_status(headlines: Sequence[str], day: date) -> Q:
    effects = Effect.objects.public().filter(pledge__publication__isnull=False, pledge__retracted_because="")
    spans = StatusSpan.objects.on(day)
    asked = Q(pledge__in=spans.filter(headline__in=headlines).values("pledge"))
    if "not-made-yet" in headlines:
        asked |= ~Q(pledge__in=spans.values("pledge"))
    return Q(pk__in=effects.filter(asked).values("event"))


def _with_health(slugs: Sequence[str], now: datetime) -> Q:
    cited = (
        Citation.objects.filter(source__url__isnull=False, source__publication__isnull=False)
        .annotate(health=slug_expression(at=now, through="source__link_state"))
        .filter(health__in=slugs)
    )
    of_effects = Effect.objects.public().filter(citations__in=cited.exclude(effect=None))
    return Q(pk__in=cited.exclude(event=None).values("event")) | Q(pk__in=of_effects.values("event"))


def overlaps(
    first: date | None, last: date | None, *, earliest: str = "date_earliest", latest: str = "date_latest"
) -> Q:
    """Rows whose date may fall between two days, both inclusive; None for no bound.

    An open start has no earliest day and an open end no latest: they reach as far as is asked.

    :param earliest, latest: the columns of the derived days.
    """
    asked = Q()
    if first:
        asked &= Q(**{f"{latest}__isnull": True}) | Q(**{f"{latest}__gte": first})
    if last:
        asked &= Q(**{f"{earliest}__isnull": True}) | Q(**{f"{earliest}__lte": last})
    return asked


def in_years(years: Iterable[str], *, earliest: str = "date_earliest", latest: str = "date_latest") -> Q:
    """Rows whose date may fall into one of some years."""
    found = Q()
    for year in map(int, years):
        found |= overlaps(date(year, 1, 1), date(year, 12, 31), earliest=earliest, latest=latest)
    return found
