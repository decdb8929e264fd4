"""Writing to the record: every path goes through here, so that what is derived is never left behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from accounts.models import User
from history.models import Publication
from history.services import stating

from .derived import refresh_events, refresh_pledges

# From each table of the record to the pledges whose status, and the events whose marks, hang on its rows.
# "s" is the state of a changed row, after the change and before it.
PLEDGES_BEHIND = {
    "pledges_pledge": "SELECT (s->>'id')::bigint",
    "pledges_effect": "SELECT (s->>'pledge_id')::bigint",
    "pledges_terms": "SELECT (s->>'pledge_id')::bigint",
    "pledges_clause": "SELECT t.pledge_id FROM pledges_terms t WHERE t.id = (s->>'terms_id')::bigint",
    "pledges_condition": "SELECT coalesce((s->>'pledge_id')::bigint, t.pledge_id) FROM (SELECT) one"
    " LEFT JOIN pledges_clause c ON c.id = (s->>'clause_id')::bigint"
    " LEFT JOIN pledges_terms t ON t.id = coalesce((s->>'terms_id')::bigint, c.terms_id)",
}
EVENTS_BEHIND = {
    "pledges_event": "SELECT (s->>'id')::bigint",
    "pledges_eventcompany": "SELECT (s->>'event_id')::bigint",
    "pledges_party": "SELECT (s->>'event_id')::bigint",
    # Its place and standing decide which clauses are in force at the other effects on the pledge.
    "pledges_effect": "SELECT (s->>'event_id')::bigint"
    " UNION ALL SELECT f.event_id FROM pledges_effect f WHERE f.pledge_id = (s->>'pledge_id')::bigint",
    "pledges_citation": "SELECT coalesce((s->>'event_id')::bigint, f.event_id) FROM (SELECT) one"
    " LEFT JOIN pledges_claim l ON l.id = (s->>'claim_id')::bigint"
    " LEFT JOIN pledges_effect f ON f.id = (s->>'effect_id')::bigint OR f.investment_id = l.investment_id",
    "pledges_claim": "SELECT f.event_id FROM pledges_effect f WHERE f.investment_id = (s->>'investment_id')::bigint",
    "pledges_dispute": "SELECT coalesce((s->>'event_id')::bigint, f.event_id) FROM (SELECT) one"
    " LEFT JOIN pledges_effect f ON f.id = (s->>'effect_id')::bigint OR f.pledge_id = (s->>'pledge_id')::bigint"
    " OR f.investment_id = (s->>'investment_id')::bigint",
    "pledges_answer": "SELECT coalesce(d.event_id, f.event_id) FROM pledges_dispute d"
    " LEFT JOIN pledges_effect f ON f.id = d.effect_id OR f.pledge_id = d.pledge_id"
    " OR f.investment_id = d.investment_id WHERE d.id = (s->>'dispute_id')::bigint",
    "pledges_pledge": "SELECT f.event_id FROM pledges_effect f WHERE f.pledge_id = (s->>'id')::bigint",
    "pledges_terms": "SELECT f.event_id FROM pledges_effect f WHERE f.pledge_id = (s->>'pledge_id')::bigint",
    "pledges_clause": "SELECT f.event_id FROM pledges_effect f JOIN pledges_terms t ON t.pledge_id = f.pledge_id"
    " WHERE t.id = (s->>'terms_id')::bigint",
    "pledges_investment": "SELECT f.event_id FROM pledges_effect f WHERE f.investment_id = (s->>'id')::bigint",
    "companies_company": "SELECT m.event_id FROM pledges_eventmark m WHERE m.facet = 'group' AND m.value = s->>'slug'",
    "companies_companyname": "SELECT m.event_id FROM pledges_eventmark m JOIN companies_company c"
    " ON c.id = (s->>'company_id')::bigint WHERE m.facet = 'group' AND m.value = c.slug",
    "companies_ownership": "SELECT m.event_id FROM pledges_eventmark m JOIN companies_company c"
    " ON c.id = (s->>'company_id')::bigint WHERE m.facet = 'group' AND m.value = c.slug",
    "sources_source": "SELECT coalesce(c.event_id, f.event_id) FROM pledges_citation c"
    " LEFT JOIN pledges_effect f ON f.id = c.effect_id WHERE c.source_id = (s->>'id')::bigint",
}


# A row that was moved leaves something behind where it was.
STATES = """
SELECT r.state AS s UNION ALL (
    SELECT b.state FROM history_revision b
    WHERE r.operation = 'U' AND b.table_name = r.table_name AND b.row_id = r.row_id AND b.id < r.id
    ORDER BY b.id DESC LIMIT 1
)
"""


def _behind(changes: dict[str, str], since: int) -> list[int]:
    """Keys of what hangs on the rows that this transaction changed after a given revision."""
    found: set[int] = set()
    with connection.cursor() as cursor:
        for table, keys in changes.items():
            cursor.execute(
                f"SELECT DISTINCT k.id FROM history_revision r CROSS JOIN LATERAL ({STATES}) x"  # noqa: S608
                f" CROSS JOIN LATERAL ({keys}) AS k(id)"
                " WHERE r.transaction = pg_current_xact_id()::text::bigint AND r.id > %s AND r.table_name = %s"
                " AND k.id IS NOT NULL",
                [since, table],
            )
            found.update(row[0] for row in cursor.fetchall())
    return sorted(found)


def settle(*, since: int = 0) -> None:
    """Work out again what hangs on the changes of this transaction: status, and by what events are found.

    :param since: the revision after which changes count.
    """
    refresh_pledges(_behind(PLEDGES_BEHIND, since))
    refresh_events(_behind(EVENTS_BEHIND, since))


@contextmanager
def recording(*, who: User | None, why: str, publication: Publication | None = None) -> Iterator[None]:
    """One transaction that changes the record, with its derived rows settled at the end.

    :param who: the person who makes the change; None for the load of a data set.
    :param why: the reason, shown in the history; must not be empty.
    :param publication: made in the same transaction; needed as soon as something public changes.
    :raises django.db.IntegrityError: where the record would break one of its rules; nothing is written then.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(max(id), 0) FROM history_revision")
            (since,) = cursor.fetchone()
        with stating(who=who, why=why, publication=publication):
            yield
            settle(since=since)
