"""What mails say, as plain text: no pictures, no addresses that lead through a counter."""

from __future__ import annotations

import textwrap
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dates.edtf import display_day
from digests.links import Purpose, address_for, host, link_for
from digests.models import Rhythm, Subscription
from digests.news import Changed, News
from digests.selections import in_our_words, in_words, query_of
from pledges.services.reading import Happening
from timeline.asking import CannotRead
from timeline.feeds import dated, plain
from timeline.filters import Selection
from timeline.naming import event_address
from timeline.rows import kinds_of
from timeline.words import counted

WIDTH: Final = 72
LONGEST_SUBJECT: Final = 150


def confirmation(subscription: Subscription, selection: Selection) -> EmailMessage:
    """The first mail, which goes to somebody who may not have asked: it holds no word that a stranger has typed."""
    site = {"site": settings.SITE_NAME}
    often = {
        Rhythm.DAILY: _("Somebody, probably you, has asked %(site)s to send news to this address every day:"),
        Rhythm.WEEKLY: _("Somebody, probably you, has asked %(site)s to send news to this address every week:"),
    }
    by = display_day(localdate(subscription.confirm_by))
    return _mail(
        subscription,
        _("%(site)s: please confirm your digest") % site,
        [
            _wrapped(often[Rhythm(subscription.rhythm)] % site),
            _wrapped(plain(in_our_words(selection)), indent="    "),
            _wrapped(_("To get it, open this page and confirm, by %(day)s:") % {"day": by}),
            link_for(subscription, Purpose.CONFIRM),
            _wrapped(
                _(
                    "If it was not you, do nothing. Without your word no digest is sent, and the address is deleted"
                    " after that day."
                )
            ),
        ],
    )


def digest(subscription: Subscription, selection: Selection, told: News) -> EmailMessage:
    """What is new, with the ways to the events, to the selection, and out."""
    since = subscription.told
    assert since is not None  # noqa: S101 -- the database holds that a confirmed one has it
    intro = _("What is new in this selection since %(day)s:") % {"day": display_day(since.day)}
    return _mail(
        subscription,
        _subject(selection, told),
        [
            _wrapped(intro),
            _wrapped(plain(in_words(selection)), indent="    "),
            *_listed(_heading_of_added(told), (_added(subscription, one) for one in told.added)),
            *_listed(_heading_of_changed(told), (_changed(subscription, one) for one in told.changed)),
            *_beside(subscription, selection, told),
            *_foot(subscription, selection),
        ],
    )


def unreadable(subscription: Subscription, fault: CannotRead) -> EmailMessage:
    """That a selection names something that the record no longer knows, told once."""
    problems = [_wrapped(plain(f"{name}: {sentence}"), indent="    ") for name, sentence in fault.problems]
    return _mail(
        subscription,
        _("%(site)s: your digest cannot be read any more") % {"site": settings.SITE_NAME},
        [
            _wrapped(
                _("You get a digest of a selection that names something which the record no longer knows by that name:")
            ),
            *problems,
            _wrapped(
                _(
                    "No digest can be made of it, so none will come. If nothing changes within 30 days, your address is"
                    " deleted. You can choose a new selection on the timeline and ask for its digest there:"
                )
            ),
            address_for(subscription, "/timeline/"),
            _wrapped(_("To have your address deleted now, open this page:")),
            link_for(subscription, Purpose.LEAVE),
        ],
    )


# --- parts of a digest ---------------------------------------------------------------------------------------


def _subject(selection: Selection, told: News) -> str:
    """“Pledge Record: 2 new events (company is Microsoft)”."""
    added, changed = len(told.added), len(told.changed)
    if added and changed:
        # Translators: the subject of a mail; "added" and "changed" are numbers of events.
        said = _("%(site)s: %(added)s new, %(changed)s changed")
    elif added:
        said = ngettext("%(site)s: %(added)s new event", "%(site)s: %(added)s new events", added)
    else:
        said = ngettext("%(site)s: %(changed)s changed event", "%(site)s: %(changed)s changed events", changed)
    counts = said % {"site": settings.SITE_NAME, "added": added, "changed": changed}
    return f"{counts} ({plain(selection.in_words)})" if selection.in_words else counts


def _heading_of_added(told: News) -> str:
    return ngettext("%(number)s new event", "%(number)s new events", len(told.added)) % {"number": len(told.added)}


def _heading_of_changed(told: News) -> str:
    number = len(told.changed)
    return ngettext("%(number)s changed event", "%(number)s changed events", number) % {"number": number}


def _listed(heading: str, entries: Iterable[str]) -> Iterator[str]:
    """Entries below their heading; nothing where there are none."""
    every = list(entries)
    if every:
        yield f"{heading}\n{'-' * len(heading)}"
        yield from every


def _added(subscription: Subscription, happening: Happening) -> str:
    return "\n".join(
        [
            _wrapped(plain(happening.title), indent="  ", first="* "),
            *_facts(happening),
            *([_wrapped(plain(happening.summary), indent="  ")] if happening.summary else []),
            f"  {address_for(subscription, event_address(happening.event))}",
        ]
    )


def _changed(subscription: Subscription, one: Changed) -> str:
    # Translators: "why" is a reason as an editor wrote it, "what" is such as "Added: 1 citation; changed: 1 event".
    said = _("Changed on %(day)s: %(why)s (%(what)s)")
    return "\n".join(
        [
            _wrapped(plain(one.happening.title), indent="  ", first="* "),
            *_facts(one.happening),
            *(
                _wrapped(
                    said % {"day": display_day(change.on), "why": plain(change.why), "what": change.what}, indent="  "
                )
                for change in one.changes
            ),
            f"  {address_for(subscription, event_address(one.happening.event))}",
        ]
    )


def _facts(happening: Happening) -> list[str]:
    """“10 June 2020. Pledge made. 3 sources.”, and whether these agree."""
    sources = len({citation.source_id for citation in happening.citations})
    facts = [plain(dated(happening)), *map(plain, kinds_of(happening)), counted(sources, "source")]
    if happening.disputed:
        facts.append(_("Accounts differ"))
    return [_wrapped(" ".join(f"{fact}." for fact in facts), indent="  ")]


def _beside(subscription: Subscription, selection: Selection, told: News) -> Iterator[str]:
    """What does not fit in, and what cannot be told by the selection."""
    if told.more:
        said = ngettext(
            "There is %(number)s more that is new or changed, which is not listed here.",
            "There are %(number)s more that are new or changed, which are not listed here.",
            told.more,
        )
        yield _wrapped(said % {"number": told.more})
    if told.retracted:
        said = ngettext(
            "In the whole record, %(number)s event was retracted since. Corrections stand, with their reasons, at:",
            "In the whole record, %(number)s events were retracted since. Corrections stand, with their reasons, at:",
            told.retracted,
        )
        yield _with_address(said % {"number": told.retracted}, address_for(subscription, "/corrections/"))


def _foot(subscription: Subscription, selection: Selection) -> Iterator[str]:
    asked = subscription.confirmed_at or subscription.asked_at
    why = {
        Rhythm.DAILY: _(
            "You get this on every day on which something is new, because this address was confirmed for it on %(day)s."
        ),
        Rhythm.WEEKLY: _(
            "You get this, once a week if something is new, because this address was confirmed for it on %(day)s."
        ),
    }
    query = query_of(selection)
    timeline = address_for(subscription, f"/timeline/?{query}" if query else "/timeline/")
    yield _wrapped(why[Rhythm(subscription.rhythm)] % {"day": display_day(localdate(asked))})
    yield _with_address(_("The whole selection:"), timeline)
    yield _with_address(_("To get no more of these, and have your address deleted:"), _leaving(subscription))


def _with_address(sentence: str, address: str) -> str:
    return f"{_wrapped(sentence)}\n{address}"


def _leaving(subscription: Subscription) -> str:
    return link_for(subscription, Purpose.LEAVE)


# --- what all mails have -------------------------------------------------------------------------------------


def _mail(subscription: Subscription, subject: str, paragraphs: Sequence[str]) -> EmailMessage:
    return EmailMessage(
        subject=textwrap.shorten(subject, LONGEST_SUBJECT, placeholder=" …"),
        body="\n\n".join(paragraphs) + "\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[subscription.address],
        reply_to=[settings.EDITORS_EMAIL] if settings.EDITORS_EMAIL else [],
        headers={
            # Django would put the name of the machine there.
            "Message-ID": f"<{uuid.uuid4()}@{host()}>",
            "List-Id": f"<digests.{host()}>",
            "List-Unsubscribe": f"<{_leaving(subscription)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "Content-Language": subscription.language,
        },
    )


def _wrapped(text: str, *, indent: str = "", first: str | None = None) -> str:
    """Lines that any program shows without breaking them again; addresses stay whole."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
