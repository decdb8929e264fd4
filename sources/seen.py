"""What a check saw, in a reader's words and as a mark; and how two wordings differ, each on its own side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from sources.models import LinkCheck
from sources.outcomes import ALIVE, FAILING, Outcome
from sources.wording import Change, spaced_out, word_changes

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

SAW: Final[Mapping[int, StrPromise]] = {
    # Translators: this and the next are what a check saw of a page or its site.
    Outcome.OK: pgettext_lazy("check", "works"),
    Outcome.NOT_MODIFIED: pgettext_lazy("check", "works, unchanged"),
    Outcome.OK_MOVED: pgettext_lazy("check", "works, has moved for good"),
    Outcome.OK_TEMP: pgettext_lazy("check", "works, leads on for now"),
    Outcome.PAYWALLED: pgettext_lazy("check", "works, behind a paywall"),
    Outcome.GONE: pgettext_lazy("check", "not found"),
    Outcome.HOME_REDIRECT: pgettext_lazy("check", "leads to a front page only"),
    Outcome.SOFT404: pgettext_lazy("check", "says that it is not there"),
    Outcome.USURPED: pgettext_lazy("check", "somebody else holds the address"),
    Outcome.BLOCKED: pgettext_lazy("check", "does not let robots read it"),
    Outcome.RATE_LIMITED: pgettext_lazy("check", "asked us to come later"),
    Outcome.SERVER_ERROR: pgettext_lazy("check", "no answer that could be read"),
    Outcome.DNS_GONE: pgettext_lazy("check", "the name of the site is gone"),
    Outcome.DNS_TEMP: pgettext_lazy("check", "the name of the site could not be looked up"),
    Outcome.TLS_PROBLEM: pgettext_lazy("check", "the connection is not secure"),
    Outcome.REDIRECT_LOOP: pgettext_lazy("check", "leads round in a circle"),
    Outcome.TOO_BIG: pgettext_lazy("check", "works, too large to be read"),
    Outcome.WRONG_TYPE: pgettext_lazy("check", "became something else"),
    Outcome.UNSAFE: pgettext_lazy("check", "an address that may not be asked for"),
    Outcome.UNSUPPORTED: pgettext_lazy("check", "an address of a kind that is not asked for"),
}
_NOT_TO_BE_SHOWN: Final = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f-\x9f]")
LONGEST_DIFF: Final = 4_000  # letters of both wordings; beyond, they stand side by side unmarked


def saw(check: LinkCheck) -> str:
    return str(SAW.get(check.outcome, Outcome(check.outcome).label))


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
        return _("Not looked at yet")
    if asked == 0:
        return _("Nothing is quoted from it")
    if found == asked:
        if asked == 1:
            return _("Yes, the quoted passage")
        return ngettext("Yes, all %(count)s passage", "Yes, all %(count)s passages", asked) % {"count": asked}
    if not found:
        # Translators: whether the quoted words stand in a copy.
        if asked == 1:
            return pgettext("quoted words", "No")
        return ngettext("None of %(count)s passage", "None of %(count)s passages", asked) % {"count": asked}
    parts = {"found": found, "count": asked}
    return ngettext("%(found)s of %(count)s passage", "%(found)s of %(count)s passages", asked) % parts
