"""Working out what is derived: status spans of pledges and days of terms; marks and words of events.

Everything here compares before it writes and says what was different, so that what is right is never touched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection
from psycopg2.extras import DateRange

from pledges import status
from pledges.models import Pledge, StatusSpan, Terms

from .dossiers import dossiers
from .term_days import term_days

PLEDGES_AT_ONCE = 500
EVENTS_AT_ONCE = 5_000


def _portions(keys: Iterable[int], size: int) -> Iterator[list[int]]:
    listed = list(keys)
    for start in range(0, len(listed), size):
        yield listed[start : start + size]


# --- pledges ------------------------------------------------------------------------------------------------------


def refresh_pledges(keys: Iterable[int]) -> set[int]:
    """Work out the status spans, and the days of the terms, of the given pledges again.

    :returns: the pledges of which something stored was different.
    """
    different: set[int] = set()
    for portion in _portions(keys, PLEDGES_AT_ONCE):
        different |= _refresh_days(portion)
        different |= _refresh_spans(portion)
    return different


def _refresh_days(keys: Sequence[int]) -> set[int]:
    """Work out on which days each version of the terms holds."""
    versions: dict[int, list[Terms]] = defaultdict(list)
    for terms in Terms.objects.filter(pledge__in=keys).order_by("pledge_id", "position", "pk"):
        versions[terms.pledge_id].append(terms)
    wrong: list[Terms] = []
    for of_pledge in versions.values():
        for terms, days in zip(of_pledge, term_days([one.starts_earliest for one in of_pledge]), strict=True):
            if terms.days != days:
                terms.days = days
                wrong.append(terms)
    Terms.objects.bulk_update(wrong, ["days"], batch_size=PLEDGES_AT_ONCE)
    return {terms.pledge_id for terms in wrong}


def _refresh_spans(keys: Sequence[int]) -> set[int]:
    stored: dict[int, list[StatusSpan]] = defaultdict(list)
    for span in StatusSpan.objects.filter(pledge__in=keys).order_by("pledge_id", "days"):
        stored[span.pledge_id].append(span)
    wanted = {
        pledge: [stored_span(pledge, span) for span in status.spans(dossier.facts)]
        for pledge, dossier in dossiers(list(Pledge.objects.public().filter(pk__in=keys))).items()
    }
    wrong = {key for key in keys if [*map(_said, stored[key])] != [*map(_said, wanted.get(key, []))]}
    StatusSpan.objects.filter(pledge__in=wrong).delete()
    StatusSpan.objects.bulk_create(
        [span for key in sorted(wrong) for span in wanted.get(key, [])], batch_size=PLEDGES_AT_ONCE
    )
    return wrong


def stored_span(pledge: int, span: status.StatusSpan) -> StatusSpan:
    """A span as the database keeps it: its days up to the day after the last."""
    after = span.day_to + timedelta(days=1) if span.day_to else None
    answer = span.status.answer.as_json()
    return StatusSpan(
        pledge_id=pledge,
        days=DateRange(span.day_from, after, "[)" if span.day_from else "()"),
        headline=answer["headline"],
        alternatives=answer["headlines"],
        text=answer["text"],
        conduct=answer["conduct"],
        causes=answer["causes"],
        clauses=[clause.as_json() for clause in span.status.clauses],
    )


def _said(span: StatusSpan) -> tuple[Any, ...]:
    return (
        span.days.lower,
        span.days.upper,
        span.headline,
        span.alternatives,
        span.text,
        span.conduct,
        span.causes,
        span.clauses,
    )


def wrong_on(day: date, keys: Iterable[int]) -> set[int]:
    """The pledges whose stored status on a day is not what their facts say, worked out for that day alone."""
    wrong: set[int] = set()
    for portion in _portions(keys, PLEDGES_AT_ONCE):
        stored = {span.pledge_id: span for span in StatusSpan.objects.on(day).filter(pledge__in=portion)}
        known = dossiers(list(Pledge.objects.public().filter(pk__in=portion)))
        wrong.update(stored.keys() - known.keys())
        for key, dossier in known.items():
            answer = status.status_on(dossier.facts, day).answer
            span = stored.get(key)
            said = (span.headline, span.text, span.conduct) if span else (status.Headline.NOT_MADE_YET,) * 3
            right = (answer.headline, answer.text, answer.conduct)
            if said != right and not (span is None and answer.headline == status.Headline.NOT_MADE_YET):
                wrong.add(key)
    return wrong


# --- events -------------------------------------------------------------------------------------------------------

# What is public of the given events: the events, their effects, what is cited for them, who is concerned.
READ = """
chosen AS MATERIALIZED (
    SELECT e.id, e.kind, e.title, e.summary, e.jurisdictions FROM pledges_event e
    WHERE e.id = ANY(%(keys)s) AND e.publication_id IS NOT NULL AND e.retracted_because = ''
),
touched AS MATERIALIZED (
    SELECT f.id, f.event_id, f.pledge_id, f.investment_id, f.kind, f.standing, f.position, f.clause_keys, f.summary
    FROM chosen JOIN pledges_effect f ON f.event_id = chosen.id
    LEFT JOIN pledges_pledge p ON p.id = f.pledge_id LEFT JOIN pledges_investment i ON i.id = f.investment_id
    WHERE f.publication_id IS NOT NULL AND f.retracted_because = ''
      AND coalesce(p.publication_id, i.publication_id) IS NOT NULL
      AND coalesce(p.retracted_because, i.retracted_because) = ''
),
concerned AS MATERIALIZED (
    SELECT l.event_id, l.company_id FROM chosen JOIN pledges_eventcompany l ON l.event_id = chosen.id
    UNION SELECT l.event_id, l.company_id FROM chosen JOIN pledges_party l ON l.event_id = chosen.id
    WHERE l.company_id IS NOT NULL
    UNION SELECT t.event_id, p.company_id FROM touched t JOIN pledges_pledge p ON p.id = t.pledge_id
    UNION SELECT t.event_id, who.company_id FROM touched t JOIN pledges_investment i ON i.id = t.investment_id
    CROSS JOIN LATERAL (VALUES (i.investor_id), (i.through_id), (i.investee_id)) AS who(company_id)
    WHERE who.company_id IS NOT NULL
),
cited AS MATERIALIZED (
    SELECT c.id, c.event_id, c.source_id, c.stance
    FROM chosen JOIN pledges_citation c ON c.event_id = chosen.id
    UNION ALL SELECT c.id, t.event_id, c.source_id, c.stance
    FROM touched t JOIN pledges_citation c ON c.effect_id = t.id
)
"""

# A company and all above it: its present owner, the owner's owner, and what it was merged into.
GROUPS = """
above(company_id, group_id) AS (
    SELECT DISTINCT company_id, company_id FROM concerned
    UNION
    SELECT above.company_id, up.id FROM above CROSS JOIN LATERAL (
        SELECT o.owner_id AS id FROM companies_ownership o WHERE o.company_id = above.group_id AND o.until IS NULL
        UNION ALL
        SELECT c.merged_into_id FROM companies_company c WHERE c.id = above.group_id AND c.merged_into_id IS NOT NULL
    ) up
)
"""

# The clauses in force at an effect: those of the last terms introduced by then, of which the effect may concern
# some only. What is merely alleged introduces nothing.
CLAUSES = """
worded AS MATERIALIZED (
    SELECT t.id AS effect_id, t.event_id, t.clause_keys, latest.id AS terms_id FROM touched t
    CROSS JOIN LATERAL (
        SELECT w.id FROM pledges_terms w JOIN pledges_effect i ON i.id = w.introduced_by_id
        WHERE w.pledge_id = t.pledge_id AND i.position <= t.position
          AND i.publication_id IS NOT NULL AND i.retracted_because = ''
          AND (i.standing <> 'alleged' OR i.kind = 'made')
        ORDER BY w.position DESC LIMIT 1
    ) latest
    WHERE t.pledge_id IS NOT NULL
),
meant AS MATERIALIZED (
    SELECT w.event_id, c.action, c.technologies, c.audiences, c.jurisdictions
    FROM worded w JOIN pledges_clause c ON c.terms_id = w.terms_id
    WHERE w.clause_keys IS NULL OR c.key = ANY(w.clause_keys)
)
"""

MARKS = """
fresh(event_id, facet, value) AS MATERIALIZED (
    SELECT n.event_id, 'company', c.slug FROM concerned n JOIN companies_company c ON c.id = n.company_id
    UNION SELECT n.event_id, 'group', c.slug FROM concerned n JOIN above a ON a.company_id = n.company_id
    JOIN companies_company c ON c.id = a.group_id
    UNION SELECT id, 'kind', kind FROM chosen WHERE kind <> ''
    UNION SELECT event_id, 'kind', kind FROM touched
    UNION SELECT event_id, 'standing', standing FROM touched
    UNION SELECT event_id, 'action', action FROM meant
    UNION SELECT event_id, 'technology', word FROM meant CROSS JOIN LATERAL unnest(technologies) AS word
    UNION SELECT event_id, 'audience', word FROM meant CROSS JOIN LATERAL unnest(audiences) AS word
    UNION SELECT event_id, 'jurisdiction', code FROM meant CROSS JOIN LATERAL unnest(jurisdictions) AS code
    UNION SELECT id, 'jurisdiction', code FROM chosen CROSS JOIN LATERAL unnest(jurisdictions) AS code
    UNION SELECT p.event_id, 'role', p.part FROM chosen JOIN pledges_party p ON p.event_id = chosen.id
    UNION SELECT p.event_id, 'company-role', c.slug || ':' || p.part
    FROM chosen JOIN pledges_party p ON p.event_id = chosen.id
    JOIN above a ON a.company_id = p.company_id JOIN companies_company c ON c.id = a.group_id
    UNION SELECT k.event_id, 'source_type', s.type FROM cited k JOIN sources_source s ON s.id = k.source_id
    WHERE s.publication_id IS NOT NULL AND s.retracted_because = ''
    UNION SELECT k.event_id, 'publisher', s.publisher FROM cited k JOIN sources_source s ON s.id = k.source_id
    WHERE s.publication_id IS NOT NULL AND s.retracted_because = '' AND s.publisher IS NOT NULL
    UNION SELECT event_id, 'disputed', '1' FROM cited WHERE stance = 'disputes'
    -- What is said of a whole pledge or investment is said where it was made.
    UNION SELECT t.event_id, 'disputed', '1' FROM touched t
    JOIN pledges_claim l ON l.investment_id = t.investment_id JOIN pledges_citation c ON c.claim_id = l.id
    WHERE t.kind = 'invested' AND c.stance = 'disputes'
    UNION SELECT about.event_id, 'disputed', '1' FROM (
        SELECT chosen.id AS event_id, d.id FROM chosen JOIN pledges_dispute d ON d.event_id = chosen.id
        UNION SELECT t.event_id, d.id FROM touched t JOIN pledges_dispute d ON d.effect_id = t.id
        UNION SELECT t.event_id, d.id FROM touched t JOIN pledges_dispute d ON d.pledge_id = t.pledge_id
        WHERE t.kind = 'made'
        UNION SELECT t.event_id, d.id FROM touched t JOIN pledges_dispute d ON d.investment_id = t.investment_id
        WHERE t.kind = 'invested'
    ) about JOIN pledges_dispute d ON d.id = about.id
    WHERE d.publication_id IS NOT NULL AND d.retracted_because = ''
      AND NOT EXISTS (SELECT FROM pledges_answer a WHERE a.dispute_id = d.id AND a.preferred)
)
"""

MARKS_OF_EVENTS = f"WITH RECURSIVE {READ}, {GROUPS}, {CLAUSES}, {MARKS}"

REFRESH_MARKS = f"""
{MARKS_OF_EVENTS},
gone AS (
    DELETE FROM pledges_eventmark m WHERE m.event_id = ANY(%(keys)s) AND NOT EXISTS (
        SELECT FROM fresh f WHERE f.event_id = m.event_id AND f.facet = m.facet AND f.value = m.value
    ) RETURNING m.event_id
),
added AS (
    INSERT INTO pledges_eventmark (event_id, facet, value) SELECT event_id, facet, value FROM fresh
    ON CONFLICT DO NOTHING RETURNING event_id
)
SELECT event_id FROM gone UNION SELECT event_id FROM added
"""  # noqa: S608 -- the parts are those above

# A: what it is called. B: what it says, and of whom. C: where it is said.
WORDS = """
spoken(event_id, weight, words) AS (
    SELECT id, 'A', title FROM chosen
    UNION ALL SELECT id, 'B', summary FROM chosen
    UNION ALL SELECT t.event_id, CASE WHEN chosen.kind = '' THEN 'A' ELSE 'B' END, p.title
    FROM touched t JOIN chosen ON chosen.id = t.event_id JOIN pledges_pledge p ON p.id = t.pledge_id
    UNION ALL SELECT t.event_id, 'B', p.summary
    FROM touched t JOIN pledges_pledge p ON p.id = t.pledge_id WHERE t.kind = 'made'
    UNION ALL SELECT t.event_id, 'B', t.summary FROM touched t
    UNION ALL SELECT t.event_id, 'B', concat_ws(' ', i.round_name, i.note)
    FROM touched t JOIN pledges_investment i ON i.id = t.investment_id WHERE t.kind = 'invested'
    UNION ALL SELECT n.event_id, 'B', c.name FROM concerned n JOIN companies_company c ON c.id = n.company_id
    UNION ALL SELECT n.event_id, 'B', a.name
    FROM concerned n JOIN companies_companyname a ON a.company_id = n.company_id
    UNION ALL SELECT p.event_id, 'B', p.name FROM chosen JOIN pledges_party p ON p.event_id = chosen.id
    WHERE p.name IS NOT NULL
    UNION ALL SELECT k.event_id, 'C', concat_ws(' ', s.title, s.publisher)
    FROM cited k JOIN sources_source s ON s.id = k.source_id
    WHERE s.publication_id IS NOT NULL AND s.retracted_because = ''
),
fresh(event_id, words) AS MATERIALIZED (
    SELECT event_id,
        setweight(to_tsvector('record_search', coalesce(min(words) FILTER (WHERE weight = 'A'), '')), 'A')
        || setweight(to_tsvector('record_search', coalesce(min(words) FILTER (WHERE weight = 'B'), '')), 'B')
        || setweight(to_tsvector('record_search', coalesce(min(words) FILTER (WHERE weight = 'C'), '')), 'C')
    FROM (
        SELECT event_id, weight, string_agg(words, ' . ' ORDER BY words) FROM spoken GROUP BY event_id, weight
    ) AS together(event_id, weight, words) GROUP BY event_id
)
"""

REFRESH_WORDS = f"""
WITH {READ}, {WORDS},
gone AS (
    DELETE FROM pledges_eventtext t WHERE t.event_id = ANY(%(keys)s)
    AND NOT EXISTS (SELECT FROM fresh f WHERE f.event_id = t.event_id) RETURNING t.event_id
),
written AS (
    INSERT INTO pledges_eventtext AS t (event_id, words) SELECT event_id, words FROM fresh
    ON CONFLICT (event_id) DO UPDATE SET words = excluded.words WHERE t.words IS DISTINCT FROM excluded.words
    RETURNING t.event_id
)
SELECT event_id FROM gone UNION SELECT event_id FROM written
"""  # noqa: S608


def refresh_events(keys: Iterable[int]) -> set[int]:
    """Work out again by what the given events are found: their marks and their words.

    :returns: the events of which something stored was different.
    """
    different: set[int] = set()
    with connection.cursor() as cursor:
        for portion in _portions(keys, EVENTS_AT_ONCE):
            for refresh in (REFRESH_MARKS, REFRESH_WORDS):
                cursor.execute(refresh, {"keys": portion})
                different.update(row[0] for row in cursor.fetchall())
    return different
