"""What a check saw, in a reader's words and as a mark; and how two wordings differ, each on its own side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from sources.models import LinkCheck
from sources.outcomes import ALIVE, FAILING, Outcome
from sources.wording import Change, spaced_out, word_changes

SAW: Final[Mapping[int, str]] = {
    Outcome.OK: "works",
    Outcome.NOT_MODIFIED: "works, unchanged",
    Outcome.OK_MOVED: "works, has moved for good",
    Outcome.OK_TEMP: "works, leads on for now",
    Outcome.PAYWALLED: "works, behind a paywall",
    Outcome.GONE: "not found",
    Outcome.HOME_REDIRECT: "leads to a front page only",
    Outcome.SOFT404: "says that it is not there",
    Outcome.USURPED: "somebody else holds the address",
    Outcome.BLOCKED: "does not let robots read it",
    Outcome.RATE_LIMITED: "asked us to come later",
    Outcome.SERVER_ERROR: "no answer that could be read",
    Outcome.DNS_GONE: "the name of the site is gone",
    Outcome.DNS_TEMP: "the name of the site could not be looked up",
    Outcome.TLS_PROBLEM: "the connection is not secure",
    Outcome.REDIRECT_LOOP: "leads round in a circle",
    Outcome.TOO_BIG: "works, too large to be read",
    Outcome.WRONG_TYPE: "became something else",
    Outcome.UNSAFE: "an address that may not be asked for",
    Outcome.UNSUPPORTED: "an address of a kind that is not asked for",
}
_NOT_TO_BE_SHOWN: Final = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f-\x9f]")
LONGEST_DIFF: Final = 4_000  # letters of both wordings; beyond, they stand side by side unmarked


def saw(check: LinkCheck) -> str:
    return SAW.get(check.outcome, Outcome(check.outcome).label)


def look(outcome: int) -> str:
    """The mark of one check, a slug of the marks that pages draw."""
    if outcome == Outcome.OK_MOVED:
        return "moved"
    if outcome in ALIVE:
        return "live"
    if outcome in FAILING:
        return "suspect"
    return {Outcome.USURPED: "hijacked", Outcome.TLS_PROBLEM: "tls-problem"}.get(Outcome(outcome), "unverifiable")


class Wordings(NamedTuple):
    """Two wordings side by side; either may be empty. `both` are all runs of words in reading order."""

    both: Sequence[Change]

    @property
    def before(self) -> list[Change]:
        return spaced_out([change for change in self.both if change.kind != "new"])

    @property
    def after(self) -> list[Change]:
        return spaced_out([change for change in self.both if change.kind != "gone"])


def compared(before: str, after: str) -> Wordings:
    """How a wording became another, word by word. Marks that turn the direction of what follows are left out.

    Pages are written by others, and a company must not make the record of its own edit read backwards.
    """
    before, after = _NOT_TO_BE_SHOWN.sub("", before), _NOT_TO_BE_SHOWN.sub("", after)
    if before and after and len(before) + len(after) <= LONGEST_DIFF:
        return Wordings(spaced_out(word_changes(before, after)))
    return Wordings([change for change in (Change("gone", before), Change("new", after)) if change.words])


def matches_words(asked: int | None, found: int | None) -> str:
    """Whether the words that are quoted here stand in a copy."""
    if asked is None:
        return "Not looked at yet"
    if asked == 0:
        return "Nothing is quoted from it"
    if found == asked:
        return "Yes, the quoted passage" if asked == 1 else f"Yes, all {asked} passages"
    if not found:
        return "No" if asked == 1 else f"None of {asked} passages"
    return f"{found} of {asked} passages"
