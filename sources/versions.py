"""What a visit's text means for the record: versions of a page, the standing of quotations, silent edits.

Called with what checks read; writes rows and says what follows for a person. A change of a company's own page
goes into the public ledger and to the editors, and changes no status by itself.
"""

from __future__ import annotations

import difflib
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, Subquery

from sources.archiving import NewCapture, link_capture, store_capture
from sources.checking import Result
from sources.leases import database_now
from sources.models import (
    Finding,
    LinkState,
    Passage,
    PassageEvent,
    PassageState,
    SilentEdit,
    Source,
    StateChange,
    TextVersion,
)
from sources.outcomes import ALIVE, Likeness, Outcome
from sources.quotations import Change, Found, PassageStanding, weighty, word_changes
from sources.reading import plain
from sources.states import Standing, State
from sources.text import Drift, PageText, drift, fingerprints, text_digest

log = logging.getLogger(__name__)

LONGEST_TEXT = 500_000  # characters of a version that are kept
MOST_CHANGES = 200  # pairs of sentences that the ledger shows of one edit
SEEN_AGAIN_AFTER = timedelta(hours=20)  # a passage that stands is not written more often than this


class News(NamedTuple):
    """A text that a check was the first to read. `kept` tells whether it becomes a version of its own."""

    text: str
    title: str
    language: str | None
    digest: int
    drift: Drift
    kept: bool
    before: TextVersion | None
    capture: NewCapture | None = None


# --- Before the results are written: whatever takes time -----------------------------------------------------


def news_of(results: Sequence[Result]) -> dict[int, News | None]:
    """The new texts among results, compared with what stood there before, their captures stored.

    None for a text whose capture could not be stored: it is left to the next visit.
    """
    fresh = {result.job.key: (result, page) for result in results if (page := _new_text(result)) is not None}
    if not fresh:
        return {}
    before = latest_versions(fresh)
    own = set(LinkState.objects.filter(pk__in=fresh, own_page=True).values_list("pk", flat=True))
    found: dict[int, News | None] = {}
    for source_id, (result, page) in fresh.items():
        earlier = before.get(source_id)
        text = page.main[:LONGEST_TEXT]
        drifted = drift(earlier.text, text) if earlier else Drift.NONE
        kept = earlier is None or drifted >= Drift.EDITED or (source_id in own and drifted > Drift.NONE)
        capture = None
        if kept and result.reply is not None:
            try:
                capture = store_capture(result.reply, at=result.at)
            except OSError as fault:
                log.error("The capture of source %s could not be stored: %s", source_id, fault)
                found[source_id] = None
                continue
        found[source_id] = News(
            text=text,
            title=page.title[:1000],
            language=page.language,
            digest=result.verdict.text_digest if result.verdict.text_digest is not None else text_digest(page.main),
            drift=drifted,
            kept=kept,
            before=earlier,
            capture=capture,
        )
    return found


def _new_text(result: Result) -> PageText | None:
    """What was read, if it is the page itself, not a teaser or the words of an error."""
    page = result.verdict.page
    is_the_page = result.verdict.outcome in ALIVE - {Outcome.PAYWALLED, Outcome.TOO_BIG}
    return page if page is not None and page.main.strip() and is_the_page else None


def latest_versions(source_ids: Iterable[int]) -> dict[int, TextVersion]:
    """The version of each source that was read last."""
    newest = TextVersion.objects.filter(source=OuterRef("source")).order_by("-seen_from", "-pk").values("pk")[:1]
    rows = TextVersion.objects.filter(source__in=list(source_ids), pk=Subquery(newest))
    return {version.source_id: version for version in rows}


# --- Within the transaction that writes the results --------------------------------------------------------


def record_texts(
    states: Sequence[LinkState], results: Mapping[int, Result], news: Mapping[int, News | None]
) -> list[Finding]:
    """Write what was read: versions, captures, edits. Sets the states' fields about their text; saves no state."""
    findings = []
    for state in states:
        result = results[state.pk]
        told = news.get(state.pk)
        if told is None and state.pk in news:
            # Forgotten, so that the next visit reads the page whole and finds its text new again.
            state.digest = state.etag = state.last_modified = None
            continue
        if told is None:
            if result.verdict.outcome in ALIVE and _same_text(state, result):
                state.text_seen_at = result.at
            continue
        version = _record_version(state, result, told) if told.kept else None
        if version is not None and state.own_page and told.before is not None and told.drift >= Drift.EDITED:
            findings.extend(_record_edit(state, told.before, version, Drift(told.drift), at=result.at))
        state.text_digest = told.digest
        state.text_seen_at = result.at
    return findings


def _same_text(state: LinkState, result: Result) -> bool:
    verdict = result.verdict
    if verdict.text_digest is not None:
        return verdict.text_digest == state.text_digest
    return verdict.likeness is Likeness.LIKE and verdict.page is None and state.text_digest is not None


def _record_version(state: LinkState, result: Result, told: News) -> TextVersion:
    if told.before is not None and told.before.seen_until is None:
        told.before.seen_until = max(state.text_seen_at or told.before.seen_from, told.before.seen_from)
        told.before.save(update_fields=["seen_until"])
    snapshot = link_capture(told.capture, source_id=state.pk) if told.capture else None
    version = TextVersion.objects.create(
        source_id=state.pk,
        seen_from=result.at,
        title=told.title,
        language=told.language,
        text=told.text,
        digest=told.digest,
        words=len(told.text.split()),
        drift=told.drift,
        fingerprints=fingerprints(told.text),
        snapshot=snapshot,
    )
    if state.baseline_id is None:
        state.baseline = version
    return version


def _record_edit(
    state: LinkState, before: TextVersion, version: TextVersion, drifted: Drift, *, at: datetime
) -> list[Finding]:
    restored = SilentEdit.objects.filter(
        source_id=state.pk, restored_at=None, before__digest=version.digest, first_seen_after__lt=at
    )
    if restored.update(restored_at=at):
        return []
    changes = sentence_changes(before.text, version.text)
    words = weighty(_flat(changes))
    kind = {Drift.EDITED: SilentEdit.Kind.EDITED, Drift.REWRITTEN: SilentEdit.Kind.REWRITTEN}.get(
        drifted, SilentEdit.Kind.REPLACED
    )
    edit = SilentEdit.objects.create(
        source_id=state.pk,
        kind=kind,
        before=before,
        after=version,
        last_seen_before=min(before.seen_until or before.seen_from, at),
        first_seen_after=at,
        changes=changes[:MOST_CHANGES],
        weighty=[word[:40] for word in words][:50],
        quotations=_touched(state.pk, changes),
    )
    return [_edit_finding(edit, detail=_edit_words(edit))]


def _touched(source_id: int, changes: Sequence[Sequence[str]]) -> int:
    """How many quotations of the page share words with sentences that went."""
    gone = plain(" ".join(before for before, _ in changes))
    exact = Passage.objects.filter(source=source_id).values_list("exact", flat=True)
    return sum(any(plain(part) in gone for part in re.split(r"(?<=[.!?…])\s+|\.\.\.|…", one) if part) for one in exact)


def sentence_changes(before: str, after: str) -> list[list[str]]:
    """The sentences that went and came between two texts, in pairs, in reading order; either of a pair may be empty."""
    old, new = _sentences(before), _sentences(after)
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False) if len(old) * len(new) < 4_000_000 else None
    if matcher is None:
        lost, come = set(old) - set(new), set(new) - set(old)
        return [[one, ""] for one in old if one in lost] + [["", one] for one in new if one in come]
    found = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        went, came = old[a:b], new[c:d]
        for number in range(max(len(went), len(came))):
            pair = [went[number] if number < len(went) else "", came[number] if number < len(came) else ""]
            found.append(pair)
    return found


def _sentences(text: str) -> list[str]:
    return [one.strip()[:2_000] for one in re.split(r"(?<=[.!?…。！？])\s+|\n+", text) if one.strip()]


def _flat(changes: Sequence[Sequence[str]]) -> list[Change]:
    return [change for before, after in changes[:MOST_CHANGES] for change in word_changes(before, after)]


def _edit_words(edit: SilentEdit) -> str:
    what = {
        SilentEdit.Kind.EDITED: "The company’s own page was edited",
        SilentEdit.Kind.REWRITTEN: "The company’s own page was rewritten",
        SilentEdit.Kind.REPLACED: "The company’s own page was replaced by another text",
        SilentEdit.Kind.REMOVED: "The company’s own page was removed",
    }[SilentEdit.Kind(edit.kind)]
    words = f"; words of weight came or went: {', '.join(edit.weighty[:10])}" if edit.weighty else ""
    return f"{what}{words}."


def _edit_finding(edit: SilentEdit, *, detail: str) -> Finding:
    return Finding(
        source_id=edit.source_id,
        kind=Finding.Kind.SILENT_EDIT,
        detail=detail,
        opened_at=edit.first_seen_after,
        evidence={"edit": edit.pk, "weighty": edit.weighty, "quotations": edit.quotations},
    )


def record_removal(state: LinkState, before: Standing, after: Standing, *, at: datetime) -> list[Finding]:
    """A company's own page that was found dead: an entry in the ledger. One that answers again: the end of it."""
    if not state.own_page:
        return []
    if before.state is State.DEAD and after.state is State.LIVE:
        SilentEdit.objects.filter(source_id=state.pk, kind=SilentEdit.Kind.REMOVED, restored_at=None).update(
            restored_at=at
        )
        return []
    if after.state is not State.DEAD or before.state is State.DEAD:
        return []
    last_seen = state.text_seen_at or before.last_ok_at
    if last_seen is None:
        return []  # never seen: nothing is known to have been taken away
    first_missing = min([strike for strike in after.soft_strikes if strike > last_seen], default=at)
    edit, made = SilentEdit.objects.get_or_create(
        source_id=state.pk,
        first_seen_after=first_missing,
        defaults={
            "kind": SilentEdit.Kind.REMOVED,
            "before": latest_versions([state.pk]).get(state.pk),
            "last_seen_before": last_seen,
            "quotations": Passage.objects.filter(source=state.pk).count(),
        },
    )
    return [_edit_finding(edit, detail=_edit_words(edit))] if made else []


# --- Quotations --------------------------------------------------------------------------------------------


def record_passages(states: Sequence[LinkState], results: Mapping[int, Result]) -> list[Finding]:
    """Write how each quotation stands by these results; what changed, as events and findings.

    :param states: as they were before `record_texts`: until when a passage stood is told by when its text was seen.
    """
    links = {state.pk: state for state in states}
    looked = {
        passage_id: (result, found)
        for result in results.values()
        if result.verdict.found is not None and result.job.passages
        for passage_id, found in zip(result.job.passages, result.verdict.found, strict=True)
        if found.standing is not PassageStanding.UNREADABLE
    }
    if not looked:
        return []
    known = PassageState.objects.select_for_update().filter(pk__in=looked).order_by("pk").in_bulk()
    exact = dict(Passage.objects.filter(pk__in=looked).values_list("pk", "exact"))
    written: list[PassageState] = []
    events: list[PassageEvent] = []
    findings: list[Finding] = []
    stand_again: list[int] = []
    for passage_id, (result, found) in looked.items():
        if passage_id not in exact:
            continue
        earlier = known.get(passage_id)
        now = _passage_state(passage_id, earlier, found, link=links[result.job.key], at=result.at)
        if now is None:
            continue
        written.append(now)
        if earlier is None or earlier.standing != now.standing or earlier.text != now.text:
            before = PassageStanding(earlier.standing) if earlier else None
            events.append(
                PassageEvent(
                    passage_id=passage_id,
                    at=result.at,
                    before=before,
                    after=now.standing,
                    text=now.text,
                    weighty=now.weighty,
                )
            )
        if now.standing == PassageStanding.PRESENT and not now.context_changed:
            stand_again.append(passage_id)
        elif earlier is None or (earlier.standing, earlier.text, earlier.context_changed) != (
            now.standing,
            now.text,
            now.context_changed,
        ):
            findings.append(_passage_finding(result, passage_id, exact[passage_id], now))
    PassageState.objects.bulk_create(
        written,
        update_conflicts=True,
        unique_fields=["passage"],
        update_fields=[
            "standing",
            "since",
            "last_looked_at",
            "last_present_at",
            "text",
            "score",
            "weighty",
            "context_changed",
        ],
    )
    PassageEvent.objects.bulk_create(events)
    at = max(result.at for result, _ in looked.values())
    Finding.objects.filter(passage__in=stand_again, kind=Finding.Kind.QUOTATION, closed_at=None).update(
        closed_at=at, closed_because="A later check found the quotation word for word."
    )
    return findings


def _passage_state(
    passage_id: int, earlier: PassageState | None, found: Found, *, link: LinkState, at: datetime
) -> PassageState | None:
    """The row as it is to be; None where nothing changed that is worth a write."""
    present = found.standing is PassageStanding.PRESENT
    same = (
        earlier is not None
        and earlier.standing == found.standing
        and earlier.text == found.text[:5_000] * (not present)
        and earlier.context_changed == found.context_changed
    )
    if same and earlier is not None and at - earlier.last_looked_at < SEEN_AGAIN_AFTER:
        return None
    return PassageState(
        passage_id=passage_id,
        standing=found.standing,
        since=earlier.since if earlier is not None and earlier.standing == found.standing else at,
        last_looked_at=at,
        last_present_at=at if present else last_seen_word_for_word(earlier, link) if earlier else None,
        text="" if present else found.text[:5_000],
        score=found.score,
        weighty=[word[:40] for word in found.weighty][:50],
        context_changed=found.context_changed,
    )


def _passage_finding(result: Result, passage_id: int, exact: str, now: PassageState) -> Finding:
    words = f" Words of weight came or went: {', '.join(now.weighty[:10])}." if now.weighty else ""
    if now.standing == PassageStanding.ALTERED:
        detail = f"A quotation stands there in other words.{words}"
    elif now.standing == PassageStanding.MISSING and now.last_present_at is None:
        detail = "A quotation was never found on the page: see whether it was copied right."
    elif now.standing == PassageStanding.MISSING:
        detail = "A quotation is no longer on the page."
    else:
        detail = f"A quotation stands, but the words right around it changed.{words}"
    return Finding(
        source_id=result.job.key,
        passage_id=passage_id,
        kind=Finding.Kind.QUOTATION,
        detail=detail,
        opened_at=result.at,
        evidence={"exact": exact, "now": now.text, "score": now.score, "weighty": now.weighty},
    )


def last_seen_word_for_word(passage: PassageState, link: LinkState | None) -> datetime | None:
    """When a passage was last seen to stand: at its last look, or later if the page was the same ever since."""
    if passage.standing == PassageStanding.PRESENT and link is not None and link.text_seen_at is not None:
        return max(link.text_seen_at, passage.last_present_at or link.text_seen_at)
    return passage.last_present_at


# --- A person's word -----------------------------------------------------------------------------------------


@transaction.atomic
def accept_text(source: Source, *, by: AbstractBaseUser, at: datetime | None = None) -> TextVersion:
    """Hold a source from now on against the text that it shows now; its flag and findings of a change end.

    :raises ValidationError: if no text of it was ever read.
    """
    now = at or database_now()
    state = LinkState.objects.select_for_update().filter(pk=source.pk).first()
    version = latest_versions([source.pk]).get(source.pk)
    if state is None or version is None:
        raise ValidationError("No text of this source was read yet, so there is none to accept.")
    before = state.standing
    state.baseline, state.changed, state.hijacked, state.drift = version, False, False, Drift.NONE
    if before.flags != state.standing.flags:
        state.since = now
        StateChange.objects.create(
            source=source,
            at=now,
            before=state.state,
            after=state.state,
            flags=list(state.standing.flags),
            reason="A person read the changed text and accepted it.",
            evidence={"by": "an editor"},
        )
    state.save(update_fields=["baseline", "changed", "hijacked", "drift", "since"])
    about_the_text = [Finding.Kind.CHANGED, Finding.Kind.HIJACKED, Finding.Kind.ANSWERS_AGAIN]
    Finding.objects.filter(source=source, kind__in=about_the_text, closed_at=None).update(
        closed_at=now, closed_by=by.pk, closed_because="A person read the changed text and accepted it."
    )
    return version


@transaction.atomic
def withdraw_edit(edit: SilentEdit, *, because: str, by: AbstractBaseUser, at: datetime | None = None) -> None:
    """Mark an entry of the ledger as no edit; it stays in the list with the reason.

    :raises ValidationError: if no reason is given, or it was withdrawn before.
    """
    if not because.strip():
        raise ValidationError({"because": "Say why this is no change of the page’s own text."})
    row = SilentEdit.objects.select_for_update().get(pk=edit.pk)
    if row.withdrawn_because:
        raise ValidationError(f"It was withdrawn before: {row.withdrawn_because}")
    now = at or database_now()
    row.withdrawn_at, row.withdrawn_because = now, because.strip()
    row.save(update_fields=["withdrawn_at", "withdrawn_because"])
    Finding.objects.filter(
        source=edit.source_id, kind=Finding.Kind.SILENT_EDIT, closed_at=None, evidence__edit=edit.pk
    ).update(closed_at=now, closed_by=by.pk, closed_because=because.strip())
