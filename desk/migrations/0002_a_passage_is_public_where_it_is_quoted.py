"""A passage is part of what is public as soon as something public quotes it, and not before.

Otherwise a draft could not quote a public source: noting the words would already change something public.
"""

from django.db import migrations

WHERE_IT_IS_QUOTED = """
EXISTS (
    SELECT FROM pledges_citation c
    LEFT JOIN pledges_claim k ON k.id = c.claim_id
    LEFT JOIN pledges_answer a ON a.id = c.answer_id
    LEFT JOIN pledges_event e ON e.id = c.event_id
    LEFT JOIN pledges_effect f ON f.id = c.effect_id
    LEFT JOIN pledges_investment i ON i.id = k.investment_id
    LEFT JOIN pledges_round o ON o.id = k.round_id
    LEFT JOIN pledges_dispute d ON d.id = a.dispute_id
    WHERE c.passage_id = r.id AND coalesce(e.publication_id, f.publication_id, i.publication_id,
                                           o.publication_id, d.publication_id) IS NOT NULL)
"""
WITH_ITS_SOURCE = "EXISTS (SELECT FROM sources_source s WHERE s.id = r.source_id AND s.publication_id IS NOT NULL)"


def watch(condition: str) -> str:
    return (
        "SELECT history_unwatch('sources_passage');"
        f" SELECT history_watch('sources_passage', $condition${condition}$condition$);"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0001_initial"),
        ("pledges", "0002_what_must_always_hold"),
        ("sources", "0002_under_the_history"),
    ]
    operations = [migrations.RunSQL(watch(WHERE_IT_IS_QUOTED), watch(WITH_ITS_SOURCE))]
