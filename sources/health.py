"""The public word on a source's address: a slug for machines, a word and a reason for readers, an icon.

`badge` is a function of plain values; `slug_expression` says the same to the database, for filters and counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import Case, CharField, Q, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from dates.edtf import display_day
from sources.models import LinkState, Source
from sources.outcomes import ALIVE, Outcome
from sources.states import State

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Badge(NamedTuple):
    """What is shown beside a source. `mark` names its symbol and colour."""

    slug: str
    label: str
    reason: str
    linked: bool = True  # False: the address is printed but not linked

    @property
    def stands(self) -> bool:
        """Whether the page is there to be read, so that its words may be spoken of in the present."""
        return self.slug in ("works", "moved", "changed")

    @property
    def mark(self) -> str:
        """The slug of the mark that pages draw."""
        return MARKS[self.slug] if self.linked else "hijacked"


_LABELS: Final[Mapping[str, StrPromise]] = {
    "works": pgettext_lazy("link", "Works"),
    "moved": pgettext_lazy("link", "Moved"),
    "changed": pgettext_lazy("link", "Page changed"),
    "cannot-be-checked": pgettext_lazy("link", "Cannot be checked"),
    "failing": pgettext_lazy("link", "Failing"),
    "dead": pgettext_lazy("link", "Dead"),
    "archived": pgettext_lazy("link", "Archived copy"),
    "unchecked": pgettext_lazy("link", "Not checked yet"),
}
SLUGS = tuple(_LABELS)
# From the slug to the mark that pages draw for it.
MARKS = {
    "works": "live",
    "moved": "moved",
    "changed": "changed",
    "cannot-be-checked": "unverifiable",
    "failing": "suspect",
    "dead": "dead",
    "archived": "archived",
    "unchecked": "unchecked",
}


def badge(
    state: State,
    *,
    moved: bool = False,
    changed: bool = False,
    hijacked: bool = False,
    tls_problem: bool = False,
    has_archive: bool = False,
    reason: str = "",
) -> Badge:
    """The badge of a source whose address stands so.

    :param reason: words of the last check or of a person, where they say more than the state.
    """
    if state is State.DEAD and has_archive:
        if reason:
            # Translators: %(reason)s is a whole sentence.
            words = _("%(reason)s A public archive holds a copy.") % {"reason": reason}
        else:
            words = _("The page is gone. A public archive holds a copy.")
        return _badge("archived", words)
    if state is State.DEAD:
        return _badge("dead", reason or _("The page is gone: several checks, days apart, found it missing."))
    if hijacked:
        words = _("Another party holds the address now, so it is not linked.")
        return _badge("failing", words)._replace(linked=False)
    if state is State.SUSPECT:
        return _badge("failing", reason or _("The last check failed; it is checked again over the next days."))
    if state in (State.UNVERIFIABLE, State.EXEMPT):
        return _badge("cannot-be-checked", reason or _("The site does not let robots read the page."))
    if tls_problem:
        return _badge("cannot-be-checked", _("The certificate of the site does not hold, so the page was not read."))
    if state is State.UNCHECKED:
        return _badge("unchecked", reason or _("No check has come to a result yet."))
    if changed:
        return _badge("changed", _("The page answers, but its text has changed."))
    if moved:
        return _badge("moved", _("The page has moved, and its old address still leads to it."))
    return _badge("works", reason or _("The page answered the last check."))


def _badge(slug: str, reason: str) -> Badge:
    return Badge(slug, str(_LABELS[slug]), reason)


# By which a site, or we, refuse a check: nothing is known of the page, and not because nobody asked.
REFUSED = (Outcome.BLOCKED, Outcome.UNSAFE, Outcome.UNSUPPORTED)


def badge_of(link_state: LinkState | None, *, at: datetime) -> Badge:
    """The badge of a row, of a source that is not watched yet where there is none.

    While a person's word holds, it is all that is said; what checks flag stands beside it for editors.
    """
    if link_state is None:
        return badge(State.UNCHECKED)
    if link_state.is_overridden(at=at):
        state = link_state.published_state(at=at)
        said = badge(state, has_archive=link_state.has_archive, reason=_sentence(link_state.override_because))
        return said._replace(linked=state is State.LIVE or not link_state.hijacked)
    state = State(link_state.state)
    if state is State.UNCHECKED and link_state.last_outcome in REFUSED:
        state = State.UNVERIFIABLE
    return badge(
        state,
        moved=link_state.moved,
        changed=link_state.changed,
        hijacked=link_state.hijacked,
        tls_problem=link_state.tls_problem,
        has_archive=link_state.has_archive,
        reason=_words(link_state),
    )


def _sentence(words: str) -> str:
    words = words.strip()
    return words if words.endswith((".", "!", "?", "…", "。")) else f"{words}."


def badge_of_source(source: Source, *, at: datetime) -> Badge | None:
    """The badge of a source, None where it has no address. Select `link_state` with it, or each costs a query."""
    if source.url is None:
        return None
    return badge_of(getattr(source, "link_state", None), at=at)


def _words(link_state: LinkState) -> str:
    """What the last check said, where it bears out the state."""
    if not link_state.last_reason or link_state.last_checked_at is None:
        return ""
    state, outcome = State(link_state.state), link_state.last_outcome
    if state is State.LIVE and outcome not in ALIVE and link_state.last_ok_at is not None:
        days = {
            "seen": display_day(link_state.last_ok_at.date(), in_sentence=True),
            "asked": display_day(link_state.last_checked_at.date(), in_sentence=True),
        }
        # Translators: both days come with the article that they need in a sentence.
        return (
            _("The page answered on %(seen)s. The check of %(asked)s did not come through; it is asked again.") % days
        )
    telling = {
        State.LIVE: {Outcome.PAYWALLED, Outcome.TOO_BIG},
        State.SUSPECT: set(Outcome) - {Outcome.RATE_LIMITED},
        State.UNVERIFIABLE: {Outcome.BLOCKED},
        State.UNCHECKED: {*REFUSED, Outcome.SERVER_ERROR},
    }.get(state, set())
    if outcome not in telling:
        return ""
    if _is_verb(link_state):
        # Translators: %(reason)s is stored in English and goes on after “The page”: “says that there is no such page
        # (404)”.
        return _("The page %(reason)s.") % {"reason": link_state.last_reason}
    # Translators: %(reason)s is stored in English: “the name of the site does not exist”.
    return _("At the last check: %(reason)s.") % {"reason": link_state.last_reason}


def _is_verb(link_state: LinkState) -> bool:
    return link_state.last_status is not None and link_state.last_outcome != Outcome.TOO_BIG


def slug_expression(*, at: datetime, through: str = "link_state") -> Case:
    """The slug of the badge as the database computes it, for `annotate`, `filter` and counts.

    :param through: the way from the model to its LinkState, `source__link_state` say.
    """

    def field(name: str) -> str:
        return f"{through}__{name}"

    def is_(**conditions: object) -> Q:
        return Q(**{field(name): value for name, value in conditions.items()})

    overridden = is_(override_until__gt=at, override_state__isnull=False)

    def state(name: State) -> Q:
        return (overridden & is_(override_state=name)) | (~overridden & is_(state=name))

    def checks(**conditions: object) -> Q:
        return ~overridden & is_(**conditions)

    return Case(
        When(is_(pk__isnull=True), then=Value("unchecked")),
        When(state(State.DEAD) & is_(has_archive=True), then=Value("archived")),
        When(state(State.DEAD), then=Value("dead")),
        When(checks(hijacked=True) | state(State.SUSPECT), then=Value("failing")),
        When(
            state(State.UNVERIFIABLE)
            | state(State.EXEMPT)
            | checks(tls_problem=True)
            | checks(state=State.UNCHECKED, last_outcome__in=REFUSED),
            then=Value("cannot-be-checked"),
        ),
        When(state(State.UNCHECKED), then=Value("unchecked")),
        When(checks(changed=True), then=Value("changed")),
        When(checks(moved=True), then=Value("moved")),
        default=Value("works"),
        output_field=CharField(),
    )
