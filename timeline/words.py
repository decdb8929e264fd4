"""The words that readers see for the slugs that addresses and data attributes carry."""

from __future__ import annotations

from typing import Final

HEADLINES: Final[dict[str, str]] = {
    "not-made-yet": "Not made yet",
    "contradicted": "Contradicted",
    "withdrawn": "Withdrawn",
    "superseded": "Superseded",
    "completed": "Completed",
    "released": "Released",
    "lapsed": "Lapsed",
    "overdue": "Overdue",
    "in-force-disputed": "In force, disputed",
    "in-force-narrowed": "In force, narrowed",
    "in-force": "In force",
    "announced": "Announced",
    "unclear": "Unclear",
}

# As lists and keys of pictures show them: what stands first, what ended last.
HEADLINE_ORDER: Final = (
    "in-force",
    "in-force-narrowed",
    "in-force-disputed",
    "announced",
    "overdue",
    "completed",
    "lapsed",
    "released",
    "superseded",
    "withdrawn",
    "contradicted",
    "unclear",
    "not-made-yet",
)

HEADLINE_MEANINGS: Final[dict[str, str]] = {
    "in-force": "stated, and nothing dated has ended it",
    "in-force-narrowed": "still stands, but covers less than it first did",
    "in-force-disputed": "still stands, and sources disagree on whether it is kept",
    "completed": "the act that was promised is done, and a source says so",
    "announced": "an act was promised; nothing on record since",
    "overdue": "the day by which it was to be done has passed",
    "lapsed": "its own end date has passed",
    "released": "what was to end it has happened",
    "superseded": "another pledge took its place",
    "withdrawn": "taken back by the company, or its text removed",
    "contradicted": "found broken by a court, a regulator or an audit, or admitted",
    "unclear": "the dates on record are too vague to decide between two answers",
    "not-made-yet": "made after the date this page shows",
}

# For each state of a link: the words beside its mark, and the words read aloud after "[n]".
LINK_STATES: Final[dict[str, tuple[str, str]]] = {
    "live": ("Link works", "link works"),
    "moved": ("Link moved", "link moved"),
    "changed": ("Page changed", "page has changed"),
    "unverifiable": ("Cannot be checked", "link cannot be checked"),
    "suspect": ("Link failing", "link failing"),
    "dead": ("Link dead", "link dead"),
    "archived": ("Link dead, archived copy", "link dead, archived copy"),
    "hijacked": ("Address taken over", "address taken over by somebody else"),
    "tls-problem": ("Insecure connection", "connection not secure"),
    "exempt": ("Not checked", "link is not checked"),
    "unchecked": ("Not checked yet", "link not checked yet"),
    "no-address": ("No address", "has no address"),
}

# States in which a reader is better served by a copy.
LOST: Final = frozenset({"dead", "archived", "hijacked", "suspect"})

STANCES: Final[dict[str, str]] = {
    "supports": "Supports it",
    "disputes": "Disputes it",
    "context": "For context",
}


def counted(number: int, noun: str) -> str:
    """“1 event”, “1,204 events”."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
