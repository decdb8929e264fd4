"""How much is on record of companies on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Count, Q

from companies.models import Company
from pledges.models import EventMark, Pledge, StatusSpan


def totals_of(companies: Sequence[Company], day: date) -> dict[int, dict[str, int]]:
    """Pledges, pledges in force on a day, and events of some companies. Two queries.

    A pledge counts from the first day on which it may have been made; its page then says that this is unclear.
    A subsidiary's events count, as on the page of the company and in the timeline.
    """
    keys = [company.pk for company in companies]
    found: dict[int, dict[str, int]] = {key: {"pledges": 0, "in_force": 0, "entries": 0} for key in keys}
    standing = StatusSpan.objects.on(day).filter(pledge__in=Pledge.objects.public().filter(company__in=keys))
    counted = standing.values_list("pledge__company").annotate(
        n=Count("pk"), in_force=Count("pk", filter=Q(headline__startswith="in-force"))
    )
    for key, number, in_force in counted.values_list("pledge__company", "n", "in_force"):
        found[key] |= {"pledges": number, "in_force": in_force}
    key_of = {company.slug: company.pk for company in companies}
    marks = EventMark.objects.shown_on(day).filter(facet="group", value__in=list(key_of))
    for slug, number in marks.values_list("value").annotate(n=Count("event")).values_list("value", "n"):
        found[key_of[slug]]["entries"] = number
    return found
