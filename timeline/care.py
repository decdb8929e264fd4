"""What became of a source, as its page shows it: its copies, its texts, and the words that were quoted from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dates.edtf import display_day
from pledges.models import Citation
from sources.health import badge_of_source
from sources.models import CheckTally, Passage, PassageState, Snapshot, Source, TextVersion
from sources.quotations import Change, PassageStanding
from sources.seen import compared, matches_words
from sources.states import State
from sources.text import Drift
from sources.versions import last_seen_word_for_word
from timeline.components import ShownDate
from timeline.references import NO_ADDRESS, passage_address
from timeline.shown import shown_day
from timeline.words import number

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_COPIES: Final = 50
MOST_OWN_COPIES: Final = 20
MOST_VERSIONS: Final = 20
MOST_MONTHS: Final = 24
LONGEST_SHOWN_ADDRESS: Final = 200

# --- the state of its address -------------------------------------------------------------------------------


def standing_of(source: Source, *, at: datetime) -> str:
    """The reason of the badge in a sentence or two: why it stands so, since when, and on whose word."""
    badge = badge_of_source(source, at=at)
    state = getattr(source, "link_state", None)
    if badge is None or state is None:
        return badge.reason if badge else str(NO_ADDRESS)
    if state.override_until and state.is_overridden(at=at):
        until = display_day(state.override_until.date(), in_sentence=True)
        decided = (
            _("A person decided so; it holds until %(until)s, and it is not checked meanwhile.")
            if state.override_state == State.EXEMPT
            else _("A person decided so; it holds until %(until)s, and checks go on beside it.")
        )
        return f"{_sentence(badge.reason)} {decided % {'until': until}}"
    said = [_sentence(badge.reason)]
    if badge.slug == "moved" and state.moved_to and len(state.moved_to) <= LONGEST_SHOWN_ADDRESS:
        said.append(_("It leads to %(address)s now.") % {"address": state.moved_to})
    if state.since:
        # Translators: after a sentence that says how a link stands
        said.append(_("So since %(since)s.") % {"since": display_day(state.since.date(), in_sentence=True)})
    if state.last_ok_at and badge.slug in ("dead", "archived", "failing"):
        last = display_day(state.last_ok_at.date())
        said.append(_("It last answered as it should on %(date)s.") % {"date": last})
    return " ".join(said)


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."


# --- copies -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class CopyShown:
    """A copy in a public archive.

    gap: how far from the day for which it was looked for ("12 days after the event"); "" where no day is known.
    matches: whether the quoted words stand in it.
    mark, state: whether the archive still gives it out.
    """

    href: str
    name: str
    captured: ShownDate
    gap: str
    matches: str
    mark: str
    state: str
    best: bool = False


@dataclass(frozen=True, kw_only=True)
class KeptCopy:
    """A copy of our own: when it was made and what it is, and nothing that leads to it."""

    what: str
    captured: ShownDate
    digest: str
    matches: str


def copies_of(source: Source, *, lead: bool) -> tuple[list[CopyShown], list[KeptCopy]]:
    """Copies in public archives, oldest first, and our own, newest first. Two queries.

    :param lead: whether the best public copy is to stand out.
    """
    every = Snapshot.objects.filter(source=source)
    public = list(every.filter(kind=Snapshot.Kind.MEMENTO).order_by("captured_at", "pk")[:MOST_COPIES])
    held = [copy for copy in public if copy.lost_at is None]
    best = max(held, key=_worth) if held and lead else None
    own = every.exclude(kind=Snapshot.Kind.MEMENTO).order_by("-captured_at", "-pk")[:MOST_OWN_COPIES]
    return [_copy(copy, best=copy is best) for copy in public], [
        KeptCopy(
            what=_("Our own capture") if copy.kind == Snapshot.Kind.OWN else _("A file that an editor added"),
            captured=shown_day(copy.captured_at.date()),
            digest=copy.digest or "",
            # Whether they stand in a capture is told by the checks themselves.
            matches=matches_words(copy.quotations_asked, copy.quotations_found)
            if copy.kind == Snapshot.Kind.UPLOAD
            else "",
        )
        for copy in own
    ]


def _worth(copy: Snapshot) -> tuple[float, int]:
    """What makes a copy the one to read: the quoted words in it, then nearness to the day it is about."""
    share = (copy.quotations_found or 0) / copy.quotations_asked if copy.quotations_asked else 0.0
    return share, -(copy.gap_days if copy.gap_days is not None else 1_000_000)


def _copy(copy: Snapshot, *, best: bool) -> CopyShown:
    if copy.lost_at:
        mark, state = (
            "dead",
            _("Not found again on %(date)s") % {"date": display_day(copy.lost_at.date())},
        )
    elif copy.verified_at:
        mark, state = (
            "archived",
            _("Opened on %(date)s") % {"date": display_day(copy.verified_at.date())},
        )
    else:
        mark, state = "archived", _("In a public archive")
    return CopyShown(
        href="" if copy.lost_at else copy.url or "",
        name=copy.archive or _("public archive"),
        captured=shown_day(copy.captured_at.date()),
        gap=gap_words(copy.captured_at.date(), copy.near),
        matches=matches_words(copy.quotations_asked, copy.quotations_found),
        mark=mark,
        state=state,
        best=best,
    )


def gap_words(captured: date, near: date | None) -> str:
    """How far a copy is from the event for which it was looked for."""
    if near is None:
        return ""
    days = (captured - near).days
    if days == 0:
        return _("on the day of the event")
    if days > 0:
        said = ngettext("%(number)s day after the event", "%(number)s days after the event", days)
    else:
        said = ngettext("%(number)s day before the event", "%(number)s days before the event", -days)
    return said % {"number": number(abs(days))}


# --- quoted words -------------------------------------------------------------------------------------------

# Of quoted words: the mark, and what is said beside it.
Said = tuple[str, "StrOrPromise"]
SAID: Final[Mapping[PassageStanding, Said]] = {
    PassageStanding.PRESENT: ("live", gettext_lazy("Stands word for word")),
    PassageStanding.ALTERED: ("changed", gettext_lazy("Stands there in other words")),
    PassageStanding.MISSING: ("dead", gettext_lazy("No longer there")),
    PassageStanding.UNREADABLE: ("unverifiable", gettext_lazy("Could not be looked for")),
}
STOOD: Final[Said] = ("unverifiable", gettext_lazy("Stood word for word when the page was last read"))
NEVER_SEEN: Final[Said] = ("unverifiable", gettext_lazy("Not found there"))
NOT_YET: Final[Said] = ("unchecked", gettext_lazy("Not looked for yet"))
CANNOT_BE: Final[Said] = ("unverifiable", gettext_lazy("Could not be looked for"))
_WORST_FIRST: Final = (PassageStanding.ALTERED, PassageStanding.MISSING, PassageStanding.UNREADABLE)


@dataclass(frozen=True, kw_only=True)
class PassageShown:
    """Quoted words and what became of them.

    changes: where they stand in other words, how these differ. weighty: the words of negation, time or scope that
    came or went. stood: they did when the page was last read, whether or not it can be read now.
    href: the address that leads right to them.
    """

    words: str
    mark: str
    said: str
    since: ShownDate | None = None
    last_seen: ShownDate | None = None
    looked: ShownDate | None = None
    changes: Sequence[Change] = ()
    weighty: Sequence[str] = ()
    context_changed: bool = False
    stood: bool = False
    href: str = ""


def passages_of(source: Source, cited: Iterable[Citation], *, at: datetime) -> list[PassageShown]:
    """The words that public entries quote from a source, what changed first.

    :param cited: citations with their passages and the states of these at hand.
    """
    passages = {one.passage.pk: one.passage for one in cited if one.passage is not None}
    return [_passage(source, passage, at=at) for passage in sorted(passages.values(), key=_urgency)]


def _state(passage: Passage) -> PassageState | None:
    return getattr(passage, "state", None)


def _urgency(passage: Passage) -> tuple[int, int]:
    state = _state(passage)
    order = [str(one) for one in _WORST_FIRST]
    return order.index(state.standing) if state and state.standing in order else len(order), passage.pk


def _passage(source: Source, passage: Passage, *, at: datetime) -> PassageShown:
    state = _state(passage)
    link = getattr(source, "link_state", None)
    if state is None:
        # Where the page answered and its text was not read, robots.txt keeps us from it, or it has none.
        never = source.url is None or (link is not None and link.last_ok_at and not link.text_seen_at)
        mark, said = CANNOT_BE if never else NOT_YET
        href = passage_address(source, passage, at=at)
        return PassageShown(words=passage.exact, mark=mark, said=str(said), href=href)
    standing = PassageStanding(state.standing)
    seen = last_seen_word_for_word(state, link)
    badge = badge_of_source(source, at=at)
    mark, said = SAID[standing]
    if standing is PassageStanding.PRESENT and (badge is None or not badge.stands):
        mark, said = STOOD
    elif standing is PassageStanding.MISSING and seen is None:
        mark, said = NEVER_SEEN
    altered = standing is PassageStanding.ALTERED and state.text
    return PassageShown(
        words=passage.exact,
        mark=mark,
        said=str(said),
        stood=standing is PassageStanding.PRESENT,
        since=shown_day(state.since.date()),
        last_seen=shown_day(seen.date()) if seen else None,
        looked=shown_day(state.last_looked_at.date()),
        changes=compared(passage.exact, state.text).both if altered else (),
        weighty=state.weighty if standing is not PassageStanding.PRESENT else (),
        context_changed=state.context_changed,
        href=passage_address(source, passage, at=at),
    )


def passages_in_words(passages: Sequence[PassageShown]) -> str:
    """How the quoted words stand, in a sentence; nothing where none were looked for."""
    looked = [one for one in passages if one.looked]
    standing = sum(one.mark == "live" for one in looked)
    if not looked:
        return ""
    if any(one.stood and one.mark != SAID[PassageStanding.PRESENT][0] for one in looked):
        return _("The quoted words stood there when the page was last read.")
    if not standing and len(looked) == 1:
        return _("The quoted words do not stand there word for word.")
    if standing == len(looked) == 1:
        return _("The quoted words still stand.")
    if standing == len(looked):
        return _("All %(number)s passages still stand.") % {"number": standing}
    return ngettext(
        "%(number)s of %(all)s passages still stands word for word.",
        "%(number)s of %(all)s passages still stand word for word.",
        standing,
    ) % {"number": standing, "all": number(len(looked))}


# --- its texts ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class VersionShown:
    """A text that the page showed for a while, without the text itself.

    differs: how far it is from the one before it. accepted: the one that the page is held against.
    """

    seen_from: datetime
    seen_until: datetime | None
    words: int
    differs: str
    accepted: bool
    digest: str


def versions_of(source: Source) -> list[VersionShown]:
    """The texts of a source, newest first. One query, which leaves the texts where they are."""
    state = getattr(source, "link_state", None)
    rows = list(
        TextVersion.objects.filter(source=source)
        .select_related("snapshot")
        .defer("text", "fingerprints")
        .order_by("-seen_from", "-pk")[: MOST_VERSIONS + 1]
    )
    first = rows[-1].pk if rows and len(rows) <= MOST_VERSIONS else None
    return [
        VersionShown(
            seen_from=row.seen_from,
            seen_until=row.seen_until,
            words=row.words,
            differs=_("the first text that was read") if row.pk == first else str(Drift(row.drift).label),
            accepted=state is not None and state.baseline_id == row.pk,
            digest=(row.snapshot.digest or "") if row.snapshot else "",
        )
        for row in rows[:MOST_VERSIONS]
    ]


def months_of(source: Source) -> list[CheckTally]:
    """Its checks by month, the latest first."""
    return list(CheckTally.objects.filter(source=source).order_by("-month")[:MOST_MONTHS])
