"""The public word on a source's address: a slug for machines, a word and a reason for readers, an icon.

`badge` is a function of plain values; `slug_expression` says the same to the database, for filters and counts.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import Case, CharField, Q, Value, When

from sources.models import LinkState, Source
from sources.outcomes import Outcome
from sources.states import State


class Badge(NamedTuple):
    """What is shown beside a source. `mark` names its symbol and colour."""

    slug: str
    label: str
    reason: str
    linked: bool = True  # False: the address is printed but not linked

    @property
    def mark(self) -> str:
        """The slug of the mark that pages draw."""
        return MARKS[self.slug] if self.linked else "hijacked"


_LABELS = {
    "works": "Works",
    "moved": "Moved",
    "changed": "Page changed",
    "cannot-be-checked": "Cannot be checked",
    "failing": "Failing",
    "dead": "Dead",
    "archived": "Archived copy",
    "unchecked": "Not checked yet",
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
        return _badge("archived", "The page is gone; a public archive holds a copy.")
    if state is State.DEAD:
        return _badge("dead", reason or "The page is gone: several checks, days apart, found it missing.")
    if hijacked:
        words = "Another party holds the address now, so it is not linked."
        return _badge("failing", words)._replace(linked=False)
    if state is State.SUSPECT:
        return _badge("failing", reason or "The last check failed; it is checked again over the next days.")
    if state in (State.UNVERIFIABLE, State.EXEMPT):
        return _badge("cannot-be-checked", reason or "The site does not let robots read the page.")
    if tls_problem:
        return _badge("cannot-be-checked", "The certificate of the site does not hold, so the page was not read.")
    if state is State.UNCHECKED:
        return _badge("unchecked", reason or "No check has come to a result yet.")
    if changed:
        return _badge("changed", "The page answers, but its text has changed.")
    if moved:
        return _badge("moved", "The page has moved, and its old address still leads to it.")
    return _badge("works", reason or "The page answered the last check.")


def _badge(slug: str, reason: str) -> Badge:
    return Badge(slug, _LABELS[slug], reason)


def badge_of(link_state: LinkState | None, *, at: datetime) -> Badge:
    """The badge of a row, a person's word first; of a source that is not watched yet where there is none."""
    if link_state is None:
        return badge(State.UNCHECKED)
    state = link_state.published_state(at=at)
    reason = link_state.override_because if link_state.is_overridden(at=at) else _words(link_state)
    return badge(
        state,
        moved=link_state.moved,
        changed=link_state.changed,
        hijacked=link_state.hijacked,
        tls_problem=link_state.tls_problem,
        has_archive=link_state.has_archive,
        reason=reason,
    )


def badge_of_source(source: Source, *, at: datetime) -> Badge | None:
    """The badge of a source, None where it has no address. Select `link_state` with it, or each costs a query."""
    if source.url is None:
        return None
    return badge_of(getattr(source, "link_state", None), at=at)


def _words(link_state: LinkState) -> str:
    """What the last check said, where it bears out the state."""
    if not link_state.last_reason or link_state.last_checked_at is None:
        return ""
    telling = {
        State.LIVE: {Outcome.PAYWALLED, Outcome.TOO_BIG},
        State.SUSPECT: set(Outcome) - {Outcome.RATE_LIMITED},
        State.UNVERIFIABLE: {Outcome.BLOCKED},
        State.UNCHECKED: {Outcome.BLOCKED, Outcome.UNSAFE, Outcome.UNSUPPORTED, Outcome.SERVER_ERROR},
    }.get(State(link_state.state), set())
    if link_state.last_outcome not in telling:
        return ""
    return (
        f"The page {link_state.last_reason}."
        if _is_verb(link_state)
        else f"At the last check: {link_state.last_reason}."
    )


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

    return Case(
        When(is_(pk__isnull=True), then=Value("unchecked")),
        When(state(State.DEAD) & is_(has_archive=True), then=Value("archived")),
        When(state(State.DEAD), then=Value("dead")),
        When(is_(hijacked=True) | state(State.SUSPECT), then=Value("failing")),
        When(state(State.UNVERIFIABLE) | state(State.EXEMPT) | is_(tls_problem=True), then=Value("cannot-be-checked")),
        When(state(State.UNCHECKED), then=Value("unchecked")),
        When(is_(changed=True), then=Value("changed")),
        When(is_(moved=True), then=Value("moved")),
        default=Value("works"),
        output_field=CharField(),
    )
