"""What was changed, when and why: read from the history, and only what was published.

Drafts, reasons that editors gave each other, and names that nobody chose to show stay out.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from timeline.fields import PAGES, field_label, field_words
from timeline.vocabularies import capital
from timeline.words import Labels, counted

Row = tuple[str, int]

# What a row of each table is called, among the nouns that are counted.
NOUNS: Final = {
    "companies_company": "company",
    "companies_companyname": "name",
    "companies_ownership": "owner",
    "companies_identifier": "identifier",
    "sources_source": "source",
    "sources_citedwork": "cited work",
    "sources_passage": "quotation",
    "pledges_pledge": "pledge",
    "pledges_terms": "version of the terms",
    "pledges_clause": "clause",
    "pledges_condition": "condition",
    "pledges_effect": "step",
    "pledges_event": "event",
    "pledges_party": "party",
    "pledges_amount": "sum",
    "pledges_eventcompany": "company concerned",
    "pledges_eventfollows": "link to an earlier event",
    "pledges_investment": "investment",
    "pledges_round": "round",
    "pledges_claim": "claim",
    "pledges_coinvestor": "co-investor",
    "pledges_dispute": "question on which sources disagree",
    "pledges_answer": "answer",
    "pledges_citation": "citation",
}
# The same by itself, to begin a line with.
NAMES: Final = Labels(
    {
        "companies_company": pgettext_lazy("part of the record", "Company"),
        "companies_companyname": pgettext_lazy("part of the record", "Name"),
        # Translators: of a company
        "companies_ownership": pgettext_lazy("part of the record", "Owner"),
        "companies_identifier": pgettext_lazy("part of the record", "Identifier"),
        "sources_source": pgettext_lazy("part of the record", "Source"),
        "sources_citedwork": pgettext_lazy("part of the record", "Cited work"),
        # Translators: quoted words
        "sources_passage": pgettext_lazy("part of the record", "Quotation"),
        "pledges_pledge": pgettext_lazy("part of the record", "Pledge"),
        "pledges_terms": pgettext_lazy("part of the record", "Version of the terms"),
        "pledges_clause": pgettext_lazy("part of the record", "Clause"),
        "pledges_condition": pgettext_lazy("part of the record", "Condition"),
        # Translators: what happened to a pledge
        "pledges_effect": pgettext_lazy("part of the record", "Step"),
        "pledges_event": pgettext_lazy("part of the record", "Event"),
        # Translators: a person or company that took part in an event
        "pledges_party": pgettext_lazy("part of the record", "Party"),
        # Translators: of money
        "pledges_amount": pgettext_lazy("part of the record", "Sum"),
        "pledges_eventcompany": pgettext_lazy("part of the record", "Company concerned"),
        "pledges_eventfollows": pgettext_lazy("part of the record", "Link to an earlier event"),
        "pledges_investment": pgettext_lazy("part of the record", "Investment"),
        # Translators: of investment
        "pledges_round": pgettext_lazy("part of the record", "Round"),
        # Translators: on what somebody invested
        "pledges_claim": pgettext_lazy("part of the record", "Claim"),
        "pledges_coinvestor": pgettext_lazy("part of the record", "Co-investor"),
        "pledges_dispute": pgettext_lazy("part of the record", "Question on which sources disagree"),
        "pledges_answer": pgettext_lazy("part of the record", "Answer"),
        "pledges_citation": pgettext_lazy("part of the record", "Citation"),
    }
)
ADDED, CHANGED, TAKEN_OUT = "I", "U", "D"  # as the history writes them
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
    """What a publication did to one row. said: “Clause changed”."""

    said: str
    fields: Sequence[FieldChange] = ()


@dataclass(frozen=True, kw_only=True)
class ChangeInFull:
    change: Change
    rows: Sequence[RowChange] = field(default_factory=tuple)


def _who(kind: str, proposer: str | None, acceptor: str | None, dataset: str | None) -> str:
    if kind == "dataset":
        return _("The data set “%(name)s”, loaded as a whole") % {"name": dataset}
    # Translators: who proposed or accepted a change, where they chose to show no name
    nobody = pgettext("who", "an editor")
    said = _("Proposed by %(proposer)s, accepted by %(acceptor)s")
    return said % {"proposer": proposer or nobody, "acceptor": acceptor or nobody}


def _counted(done: Iterable[tuple[str, str, int]]) -> str:
    """“Added: 1 pledge, 3 steps; changed: 1 clause”."""
    by_operation: dict[str, list[str]] = defaultdict(list)
    for table, operation, count in sorted(done, key=lambda one: _weight(one[0])):
        by_operation[operation].append(counted(count, NOUNS.get(table, "row")))
    # Translators: what a publication changed, as “Added: 1 pledge, 3 steps; changed: 1 clause; taken out: 1 step”
    sentences = {ADDED: _("added: %(what)s"), CHANGED: _("changed: %(what)s"), TAKEN_OUT: _("taken out: %(what)s")}
    parts = [
        said % {"what": ", ".join(by_operation[operation])}
        for operation, said in sentences.items()
        if operation in by_operation
    ]
    return capital("; ".join(parts))


def _weight(table: str) -> tuple[bool, int]:
    """What has a page of its own is named first, then the rest as listed above."""
    return table not in PAGES, list(NOUNS).index(table) if table in NOUNS else len(NOUNS)


def _done_to(table: str, operation: str) -> str:
    """“Clause changed”."""
    # Translators: of a row of the record, as “Clause added”; whatever gender its name has
    said = {ADDED: _("%(what)s added"), CHANGED: _("%(what)s changed"), TAKEN_OUT: _("%(what)s taken out")}
    return said[operation] % {"what": NAMES.get(table, _("Row"))}


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
    states: dict[int, dict[Row, tuple[str, dict[str, Any]]]] = defaultdict(dict)
    for table, key, operation, state, number, at, kind, why, dataset, proposer, acceptor in found:
        heads[number] = Change(number=number, on=localdate(at), why=why, who=_who(kind, proposer, acceptor, dataset))
        first = states[number].get((table, key), (operation, {}))[0]
        states[number][table, key] = (first if operation != "D" else "D", _state(state))
    changes = []
    for number, change in heads.items():
        done = []
        for row, (operation, state) in states[number].items():
            fields = _difference(row[0], before.get(row, {}), {} if operation == "D" else state)
            known = row in before
            before[row] = state
            if fields:
                shown = CHANGED if operation == CHANGED and known else TAKEN_OUT if operation == TAKEN_OUT else ADDED
                done.append(RowChange(said=_done_to(row[0], shown), fields=fields))
        changes.append(ChangeInFull(change=change, rows=done))
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
            # Translators: of a row of the record, as “Pledge, retracted”; whatever gender its name has
            what = _("%(what)s, retracted") % {"what": NAMES[table]} if retracted else NAMES[table]
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
