"""The tables that a data set fills: by what their rows are known, and what they point to.

Rows of a data set have no numbers. Each has a *handle*, a text that is unique in its table: the identifier of
an entry, or for parts of an entry the handle of the whole and their place in it. Rows point to one another by
handle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import models

from companies.models import Company, CompanyName, Identifier, Ownership
from history.models import Published
from pledges.models import (
    Amount,
    Answer,
    Citation,
    Claim,
    Clause,
    CoInvestor,
    Condition,
    Dispute,
    Effect,
    Event,
    EventCompany,
    EventFollows,
    Investment,
    Party,
    Pledge,
    Round,
    Terms,
)
from sources.models import CitedWork, Passage, Source


@dataclass(frozen=True)
class Table:
    """How the rows of one model are handed over and found again.

    :param columns: what is handed over as it is, dates with the days derived from them.
    :param links: fields that point to another table, with the model there.
    :param match: fields that tell which row on record it is; with ``parents``, among the rows of the parent.
    :param else_match: where none is found that way, a field that tells which unclaimed row it is.
    :param parents: links of which each row has exactly one: to the whole that it is part of. A part that its whole
        no longer has is taken out.
    :param stays: parts that stay on record when nothing names them any more.
    :param first: rows to be changed before the others, where a rule of the database is checked row by row.
    """

    model: type[models.Model]
    columns: tuple[str, ...]
    links: Mapping[str, type[models.Model]] = field(default_factory=dict)
    match: tuple[str, ...] = ("slug",)
    else_match: str = ""
    parents: tuple[str, ...] = ()
    stays: bool = False
    first: str = ""

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def is_published(self) -> bool:
        """Whether its rows are entries, which are never taken out."""
        return issubclass(self.model, Published)

    @property
    def fields(self) -> tuple[str, ...]:
        """Everything that is handed over, in order."""
        return (*self.columns, *self.links)


def _days(*names: str) -> tuple[str, ...]:
    """A date and its two days, as the models name them: ``x_on`` and ``x`` keep theirs in ``x_earliest``."""
    return tuple(column for name in names for stem in [name.removesuffix("_on")] for column in _with_days(name, stem))


def _with_days(name: str, stem: str) -> tuple[str, str, str]:
    return name, f"{stem}_earliest", f"{stem}_latest"


ENTRY = ("slug", "retracted_because")
SCOPE = ("actions", "technologies", "audiences", "jurisdictions")

# In an order in which whatever is known by its parent comes after the parent.
TABLES = (
    Table(Company, (*ENTRY, "name", "roles", "country", "website", "note"), {"merged_into": Company}),
    Table(
        CompanyName,
        ("position", "name", *_days("used_from", "used_until")),
        {"company": Company},
        match=("position",),
        parents=("company",),
    ),
    Table(
        Ownership,
        _days("since", "until"),
        {"company": Company, "owner": Company},
        match=("owner", "since"),
        parents=("company",),
        first="n.until IS NOT NULL",
    ),
    Table(
        Identifier,
        ("scheme", "value"),
        {"company": Company},
        match=("scheme", "value"),
        parents=("company",),
    ),
    Table(
        Source,
        (
            *ENTRY,
            "url",
            "identity_key",
            "likeness_key",
            "title",
            "title_basis",
            "authors",
            "publisher",
            *_days("published"),
            "date_printed",
            "date_basis",
            "language",
            "type",
            "first_reported_by",
            "syndicated_from",
            "note",
        ),
        {"first_report": Source, "copy_of": Source},
    ),
    Table(CitedWork, (), {"source": Source, "cited": Source}, match=("cited",), parents=("source",)),
    Table(
        Passage,
        ("exact", "prefix", "suffix"),
        {"source": Source},
        match=("exact", "prefix", "suffix"),
        parents=("source",),
        stays=True,
    ),
    Table(
        Event,
        (
            *ENTRY,
            "kind",
            *_days("date"),
            "sorts_on",
            "date_printed",
            "date_basis",
            "title",
            "summary",
            "jurisdictions",
            "outcome",
            "no_support",
            "read_twice",
        ),
    ),
    Table(EventCompany, ("position",), {"event": Event, "company": Company}, match=("company",), parents=("event",)),
    Table(
        Party,
        ("position", "name", "kind", "part"),
        {"event": Event, "company": Company},
        match=("company", "name", "part"),
        parents=("event",),
    ),
    Table(
        Amount,
        ("position", "amount", "currency", "amount_is"),
        {"event": Event},
        match=("position",),
        parents=("event",),
    ),
    Table(EventFollows, ("position",), {"event": Event, "follows": Event}, match=("follows",), parents=("event",)),
    Table(
        Pledge,
        (
            *ENTRY,
            "title",
            "summary",
            "form",
            "binding",
            *_days("made_on"),
            *SCOPE,
            *_days("due_on"),
            "read_twice",
        ),
        {"company": Company},
    ),
    Table(
        Round,
        (*ENTRY, "name", *_days("announced_on"), "note"),
        {
            "investee": Company,
            "announced_event": Event,
            "claims_on": Investment,
        },
    ),
    Table(
        Investment,
        (
            *ENTRY,
            "round_name",
            *_days("announced_on"),
            "date_printed",
            "date_basis",
            "amount",
            "currency",
            "amount_is",
            "stake",
            "note",
            "read_twice",
        ),
        {"investor": Company, "through": Company, "investee": Company, "round": Round},
    ),
    Table(
        CoInvestor,
        ("position",),
        {"investment": Investment, "company": Company},
        match=("company",),
        parents=("investment",),
    ),
    Table(
        Effect,
        (
            *ENTRY,
            "kind",
            "standing",
            "position",
            *_days("date"),
            "date_printed",
            "date_basis",
            "summary",
            "clause_keys",
            *_days("until"),
            "whole",
            "searched_where",
            "answered",
            "answer",
            "exit_kind",
            "amount",
            "currency",
            "no_support",
        ),
        {"event": Event, "pledge": Pledge, "investment": Investment, "superseded_by": Pledge},
    ),
    Table(
        Terms,
        ("position", *_days("starts"), "days", "wording", "wording_basis", *SCOPE, "excludes", "clauses_given"),
        {"pledge": Pledge, "introduced_by": Effect, "wording_source": Source},
        match=("position",),
        parents=("pledge",),
    ),
    Table(
        Clause,
        (
            "position",
            "key",
            "action",
            "nature",
            "text",
            "technologies",
            "audiences",
            "excludes",
            "jurisdictions",
            *_days("due_on"),
        ),
        {"terms": Terms},
        match=("key",),
        parents=("terms",),
    ),
    Table(
        Condition,
        ("position", "matters_most", "kind", "text", *_days("ends")),
        {"pledge": Pledge, "terms": Terms, "clause": Clause},
        match=("position",),
        parents=("pledge", "terms", "clause"),
        first="NOT n.matters_most",
    ),
    Table(
        Claim,
        ("position", "text", "amount", "currency", "amount_is"),
        {"round": Round, "investment": Investment},
        match=("position",),
        parents=("round", "investment"),
    ),
    Table(
        Dispute,
        ("retracted_because", "position", "question"),
        {"pledge": Pledge, "effect": Effect, "investment": Investment, "event": Event},
        match=("question",),
        else_match="position",
        parents=("pledge", "effect", "investment", "event"),
        stays=True,
    ),
    Table(
        Answer,
        ("position", "answer", "preferred", "reason"),
        {"dispute": Dispute},
        match=("position",),
        parents=("dispute",),
        first="NOT n.preferred",
    ),
    Table(
        Citation,
        ("position", "stance", "locator"),
        {"event": Event, "effect": Effect, "claim": Claim, "answer": Answer, "source": Source, "passage": Passage},
        match=("position",),
        parents=("event", "effect", "claim", "answer"),
    ),
)
BY_MODEL: Mapping[type[models.Model], Table] = {table.model: table for table in TABLES}
