"""What the starter data has none of and a page must bear: very long names, letters from right to left, a lost source.

Companies, people and sources here are made up.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from companies.models import Company
from sources.models import LinkCheck, LinkState, Passage, PassageState, Snapshot, Source, StateChange
from sources.outcomes import Likeness, Outcome
from sources.quotations import PassageStanding
from sources.states import State
from sources.upkeep import make_room_for_checks
from sources.watching import watch_sources
from tests import factories as make

LONG_NAME = "The International Consortium for Responsible Biometric Identification and Public Safety Systems Ltd"
LONG_TITLE = (
    "No sale, lease, licence or loan of face recognition, gait recognition or emotion analysis to any police force"
)
ONE_WORD = "Gesichtserkennungstechnologieverkaufsbeschränkungsverpflichtung"
STOOD, GONE = "we will never sell it to the police", "not now, and not later"
STEPS = timedelta(days=3)
# Oldest first: what each check of the lost page saw, and its answer.
SEEN = [
    *[(Outcome.OK, 200)] * 14,
    (Outcome.OK_MOVED, 200),
    *[(Outcome.OK, 200)] * 6,
    (Outcome.BLOCKED, 403),
    *[(Outcome.OK, 200)] * 3,
    (Outcome.SERVER_ERROR, 503),
    (Outcome.OK, 200),
    *[(Outcome.GONE, 404)] * 3,
]


def add() -> None:
    """Put all of it on record."""
    with make.published("States that look different"):
        long, company, other = _companies()
        make.a_pledge("a-very-long-title", company=long, title=LONG_TITLE, summary=f"{LONG_TITLE}. " * 3)
        compound = make.a_pledge("one-long-word", company=long, title=ONE_WORD, made_on="2021-03~")
        make.an_effect(compound, "narrowed", "2022-05-01")
        make.a_dispute(
            compound, question=f"Does “{ONE_WORD}” reach the borders?", answers=(LONG_TITLE, "No", "Not yet")
        )
        rtl = make.a_pledge("right-to-left", company=company, title="لن نبيع تقنية التعرف على الوجوه للشرطة")
        make.a_dispute(rtl, question="האם זה חל גם על משטרת הגבולות?", answers=("כן, according to the board", "לא"))
        make.an_event("right-to-left-suit", title="תביעה נגד الشركة בבית המשפט (2021)", companies=[company, long])
        make.an_investment("right-to-left-stake", investor=long, investee=other)
        source = _lost_source()
        titles = ("A petition is begun", "A petition is handed over", "The campaign is told no")
        for month, title in enumerate(titles, start=4):
            make.an_event(title=title, source=source, companies=[other], date=f"2020-{month:02}")
        for words in (STOOD, GONE):
            make.cite(make.an_event(companies=[other]), source, quote=words)
    _checks_of(source)


def _companies() -> tuple[Company, Company, Company]:
    return (
        make.a_company("a-very-long-name", name=LONG_NAME, roles=["vendor", "investor"], country="GB"),
        make.a_company("right-to-left", name="شركة الرؤية الواضحة", country="AE"),
        make.a_company("example-vision", name="Example Vision"),
    )


def _lost_source() -> Source:
    return make.a_source(
        "lost-page",
        title="Tell Example Vision to stop using people’s faces against them",
        publisher="The Example Campaign",
        published="2020-05",
        type=Source.Type.PETITION,
    )


def _checks_of(source: Source) -> None:
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    began = now - len(SEEN) * STEPS
    stood, gone = (Passage.objects.get(source=source, exact=words) for words in (STOOD, GONE))
    watch_sources(source_ids=[source.pk], at=began)
    make_room_for_checks(first=began.date(), last=now.date())
    LinkCheck.objects.bulk_create(
        LinkCheck(
            source=source,
            slot=began + number * STEPS,
            late_seconds=40,
            elapsed_ms=310,
            wire_bytes=18_000,
            outcome=outcome,
            status=status,
            hops=0,
            likeness=Likeness.LIKE if outcome == Outcome.OK else Likeness.UNKNOWN,
        )
        for number, (outcome, status) in enumerate(SEEN)
    )
    lost = began + (len(SEEN) - 1) * STEPS
    StateChange.objects.create(
        source=source,
        at=lost,
        before=State.SUSPECT,
        after=State.DEAD,
        reason="Three checks running did not find the page (404).",
        outcome=Outcome.GONE,
    )
    LinkState.objects.filter(source=source).update(
        state=State.DEAD,
        since=lost,
        last_checked_at=lost,
        last_ok_at=lost - 4 * STEPS,
        text_seen_at=lost - 4 * STEPS,
        last_outcome=Outcome.GONE,
        has_archive=True,
    )
    for passage, standing in ((stood, PassageStanding.PRESENT), (gone, PassageStanding.MISSING)):
        PassageState.objects.create(
            passage=passage,
            standing=standing,
            since=began,
            last_looked_at=lost - 4 * STEPS,
            last_present_at=lost - 4 * STEPS if passage == stood else began,
        )
    for days, archive in ((12, "Example Archive"), (200, "Second Archive")):
        Snapshot.objects.create(
            source=source,
            kind=Snapshot.Kind.MEMENTO,
            url=f"https://archive.example/{days}/",
            captured_at=began - timedelta(days=days),
            archive=archive,
            quotations_asked=2,
            quotations_found=2,
            verified_at=began,
        )
