"""What was changed, when and why: read from the history, and only what was published.

Drafts, reasons that editors gave each other, and names that nobody chose to show stay out.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final

from django.db import connection
from django.utils.timezone import localdate, now

from history.recorded import moment
from timeline.fields import PAGES, field_label, field_words
from timeline.recorded import plainest, written

Row = tuple[str, int]

# What readers call the rows of each table: one, several.
NAMES: Final[dict[str, tuple[str, str]]] = {
    "companies_company": ("company", "companies"),
    "companies_companyname": ("name", "names"),
    "companies_ownership": ("owner", "owners"),
    "companies_identifier": ("identifier", "identifiers"),
    "sources_source": ("source", "sources"),
    "sources_citedwork": ("cited work", "cited works"),
    "sources_passage": ("quotation", "quotations"),
    "pledges_pledge": ("pledge", "pledges"),
    "pledges_terms": ("version of the terms", "versions of the terms"),
    "pledges_clause": ("clause", "clauses"),
    "pledges_condition": ("condition", "conditions"),
    "pledges_effect": ("step", "steps"),
    "pledges_event": ("event", "events"),
    "pledges_party": ("party", "parties"),
    "pledges_amount": ("sum", "sums"),
    "pledges_eventcompany": ("company concerned", "companies concerned"),
    "pledges_eventfollows": ("link to an earlier event", "links to earlier events"),
    "pledges_investment": ("investment", "investments"),
    "pledges_round": ("round", "rounds"),
    "pledges_claim": ("claim", "claims"),
    "pledges_coinvestor": ("co-investor", "co-investors"),
    "pledges_dispute": ("question on which sources disagree", "questions on which sources disagree"),
    "pledges_answer": ("answer", "answers"),
    "pledges_citation": ("citation", "citations"),
}
WHAT_WAS_DONE: Final = {"I": "added", "U": "changed", "D": "taken out"}
# Derived, or of no meaning to a reader.
INNER: Final = frozenset(
    {"id", "position", "sorts_on", "days", "sort_name", "identity_key", "likeness_key", "clauses_given", "key"}
)
INNER_ENDS: Final = ("_id", "_earliest", "_latest")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One publication, as far as it bears on a page.

    on: its day; at which hour somebody was at work is nobody's business.
    who: who stands behind it, by the names they chose to show.
    """

    number: int
    on: date
    why: str
    who: str
    what: str = ""


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One field of one row: before and after, as text. An added row has no before."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class RowChange:
    """What a publication did to one row."""

    name: str
    done: str
    fields: Sequence[FieldChange] = ()


@dataclass(frozen=True, kw_only=True)
class ChangeInFull:
    """A publication with all that it changed on a page.

    recorded: a time at which the record said just that, as addresses give it.
    """

    change: Change
    rows: Sequence[RowChange] = field(default_factory=tuple)
    recorded: str = ""


def _who(kind: str, proposer: str | None, acceptor: str | None, dataset: str | None) -> str:
    if kind == "dataset":
        return f"The data set “{dataset}”, loaded as a whole"
    return f"Proposed by {proposer or 'an editor'}, accepted by {acceptor or 'an editor'}"


def _counted(done: Iterable[tuple[str, str, int]]) -> str:
    """“Added: 1 pledge, 3 steps; changed: 1 clause”."""
    by_operation: dict[str, list[str]] = defaultdict(list)
    for table, operation, count in sorted(done, key=lambda one: _weight(one[0])):
        one, several = NAMES.get(table, ("row", "rows"))
        by_operation[operation].append(f"{count} {one if count == 1 else several}")
    parts = [f"{WHAT_WAS_DONE[key]}: {', '.join(by_operation[key])}" for key in "IUD" if key in by_operation]
    return "; ".join(parts).capitalize()


def _weight(table: str) -> tuple[bool, int]:
    """What has a page of its own is named first, then the rest as listed above."""
    return table not in PAGES, list(NAMES).index(table) if table in NAMES else len(NAMES)


PUBLICATION = """
    p.id, p.at, p.kind, p.why, p.dataset_name, proposer.credited_as, acceptor.credited_as
    FROM history_revision r
    JOIN history_publication p ON p.id = r.publication_id
    LEFT JOIN accounts_user proposer ON proposer.id = p.proposed_by_id
    LEFT JOIN accounts_user acceptor ON acceptor.id = p.accepted_by_id
"""
# A row whose first published state is of this publication was added, for a reader, however long it was a draft.
DONE = """
    CASE WHEN r.operation = 'U' AND NOT EXISTS (
        SELECT FROM history_revision earlier
        WHERE earlier.table_name = r.table_name AND earlier.row_id = r.row_id AND earlier.id < r.id
          AND earlier.publication_id <> r.publication_id
    ) THEN 'I' ELSE r.operation END
"""
OF_ROWS = "WHERE (r.table_name, r.row_id) IN (SELECT * FROM unnest(%s::text[], %s::bigint[]))"


def changes_to(rows: Sequence[Row]) -> list[Change]:
    """The publications that changed the given rows, newest first. One query.

    :param rows: tables and keys, as the history has them.
    """
    tables, keys = [table for table, _ in rows], [key for _, key in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.table_name, {DONE} AS done, count(DISTINCT r.row_id), {PUBLICATION} {OF_ROWS}"
            " GROUP BY r.table_name, done, p.id, proposer.id, acceptor.id ORDER BY p.at DESC, p.id DESC",
            [tables, keys],
        )
        found = cursor.fetchall()
    done: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    heads: dict[int, tuple[datetime, str, str]] = {}
    for table, operation, count, number, at, kind, why, dataset, proposer, acceptor in found:
        done[number].append((table, operation, count))
        heads[number] = (at, why, _who(kind, proposer, acceptor, dataset))
    return [
        Change(number=number, on=localdate(at), why=why, who=who, what=_counted(done[number]))
        for number, (at, why, who) in heads.items()
    ]


def changes_in_full(rows: Sequence[Row]) -> list[ChangeInFull]:
    """The same with what each publication changed, field by field, newest first. One query."""
    tables, keys = [table for table, _ in rows], [key for _, key in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.table_name, r.row_id, r.operation, r.state, {PUBLICATION} {OF_ROWS} ORDER BY r.id",
            [tables, keys],
        )
        found = cursor.fetchall()
    before: dict[Row, dict[str, Any]] = {}
    heads: dict[int, Change] = {}
    moments: dict[int, datetime] = {}
    states: dict[int, dict[Row, tuple[str, dict[str, Any]]]] = defaultdict(dict)
    for table, key, operation, state, number, at, kind, why, dataset, proposer, acceptor in found:
        heads[number] = Change(number=number, on=localdate(at), why=why, who=_who(kind, proposer, acceptor, dataset))
        moments[number] = at
        first = states[number].get((table, key), (operation, {}))[0]
        states[number][table, key] = (first if operation != "D" else "D", _state(state))
    changes = []
    times = sorted(moments.values())
    following = dict(pairwise([*times, moment() or now()]))
    for number, change in heads.items():
        done = []
        for row, (operation, state) in states[number].items():
            fields = _difference(row[0], before.get(row, {}), {} if operation == "D" else state)
            known = row in before
            before[row] = state
            if fields:
                word = WHAT_WAS_DONE["U" if operation == "U" and known else "D" if operation == "D" else "I"]
                done.append(RowChange(name=NAMES.get(row[0], ("row", ""))[0], done=word, fields=fields))
        at = moments[number]
        recorded = written(plainest(at, following[at]))
        changes.append(ChangeInFull(change=change, rows=done, recorded=recorded))
    return changes[::-1]


def _state(state: str | dict[str, Any]) -> dict[str, Any]:
    """A row's state: Django hands JSON out unread."""
    return dict(json.loads(state)) if isinstance(state, str) else state


def _difference(table: str, before: dict[str, Any], after: dict[str, Any]) -> list[FieldChange]:
    return [
        FieldChange(
            label=field_label(table, name),
            before=field_words(table, name, before.get(name)),
            after=field_words(table, name, after.get(name)),
        )
        for name in {**before, **after}
        if _for_readers(table, name) and _stored(before.get(name)) != _stored(after.get(name))
    ]


def _stored(value: Any) -> Any:
    """What is compared: the values as they are kept, so that no change goes unseen. Nothing is nothing."""
    return None if value in ("", []) else value


def _for_readers(table: str, name: str) -> bool:
    """Only what has a page has an address to speak of."""
    return name not in INNER and not name.endswith(INNER_ENDS) and (name != "slug" or table in PAGES)


# --- corrections ------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A publication that changed what was public before.

    entries: the entries concerned, as (what, title, address); more: how many further ones there are.
    """

    change: Change
    entries: Sequence[tuple[str, str, str]] = ()
    more: int = 0


LISTED: Final = 12
# A change of what an earlier publication had made public: the same row has an older published revision.
CORRECTED = """
    r.operation IN ('U', 'D') AND EXISTS (
        SELECT FROM history_revision earlier
        WHERE earlier.table_name = r.table_name AND earlier.row_id = r.row_id AND earlier.id < r.id
          AND earlier.publication_id <> r.publication_id)
"""


def corrections(*, before: int | None = None, most: int = 20) -> list[Correction]:
    """Published changes to what was public, newest first. Two queries.

    :param before: only publications with a lower number, to go on in the list.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.id, p.at, p.kind, p.why, p.dataset_name, proposer.credited_as, acceptor.credited_as"  # noqa: S608
            " FROM history_publication p"
            " LEFT JOIN accounts_user proposer ON proposer.id = p.proposed_by_id"
            " LEFT JOIN accounts_user acceptor ON acceptor.id = p.accepted_by_id"
            " WHERE (%s::bigint IS NULL OR p.id < %s) AND EXISTS ("
            f"   SELECT FROM history_revision r"
            f"   WHERE r.transaction = p.transaction AND r.publication_id = p.id AND {CORRECTED})"
            " ORDER BY p.id DESC LIMIT %s",
            [before, before, most],
        )
        heads = [
            Change(number=number, on=localdate(at), why=why, who=_who(kind, proposer, acceptor, dataset))
            for number, at, kind, why, dataset, proposer, acceptor in cursor.fetchall()
        ]
        cursor.execute(
            "SELECT r.publication_id, r.table_name, r.operation, r.state->>'slug',"  # noqa: S608
            " coalesce(r.state->>'title', r.state->>'name'), coalesce(r.state->>'retracted_because', '')"
            " FROM history_revision r"
            " JOIN history_publication p ON p.transaction = r.transaction AND p.id = r.publication_id"
            f" WHERE p.id = ANY(%s) AND {CORRECTED} ORDER BY r.id",
            [[head.number for head in heads]],
        )
        rows = cursor.fetchall()
    entries: dict[int, dict[str, tuple[str, str, str]]] = defaultdict(dict)
    inner: dict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
    for number, table, operation, slug, title, retracted in rows:
        if table in PAGES and slug:
            what = NAMES[table][0].capitalize() + (", retracted" if retracted else "")
            entries[number][f"{table}/{slug}"] = (what, title or slug, f"/{PAGES[table]}/{slug}/")
        else:
            inner[number][table, operation] += 1
    return [
        Correction(
            change=Change(
                number=head.number,
                on=head.on,
                why=head.why,
                who=head.who,
                what=_counted((table, done, count) for (table, done), count in inner[head.number].items()),
            ),
            entries=list(entries[head.number].values())[:LISTED],
            more=max(len(entries[head.number]) - LISTED, 0),
        )
        for head in heads
    ]
