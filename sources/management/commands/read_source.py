"""Reads a page as the editor who enters it would be told of it; writes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sources.addresses import RefusedAddress
from sources.captures.uploads import LARGEST_UPLOAD
from sources.entering import Entry, read_source
from sources.intake import FIELDS, Reading
from sources.limits import limits
from sources.models import Source
from sources.quotations import PassageStanding
from sources.replies import Hop, Reply


class Command(BaseCommand):
    help = (
        "Read what is at an address and print each field of a source with where it was read and whether it is sure; "
        "what is on record under the same or a like address; texts on record that it copies. Nothing is written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", metavar="URL", help="where the page is, beginning with https://")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
        parser.add_argument(
            "--quote", action="append", default=[], metavar="TEXT", help="words to be looked for; may be repeated"
        )
        parser.add_argument("--file", type=Path, metavar="PATH", help="read this saved page or PDF; ask nothing")

    def handle(self, *, url: str, quote: list[str], file: Path | None, **options: Any) -> None:
        try:
            reply = _saved(url, file) if file else None
            entry = read_source(url, limits=limits(), at=timezone.now(), quotations=quote, reply=reply)
        except RefusedAddress as refused:
            raise CommandError(refused.reason) from refused
        except OSError as fault:
            raise CommandError(f"Cannot read {file}: {fault.strerror}. Name a file that you can read.") from fault
        except ValueError as fault:
            raise CommandError(str(fault)) from fault
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(entry), ensure_ascii=False, indent=2, default=str))
            return
        for line in _lines(entry):
            self.stdout.write(line)


def _saved(url: str, file: Path) -> Reply:
    with file.open("rb") as opened:
        body = opened.read(LARGEST_UPLOAD + 1)
    if len(body) > LARGEST_UPLOAD:
        raise ValueError(f"{file} is larger than {LARGEST_UPLOAD:,} bytes; save the page without its pictures.")
    kind = "application/pdf" if body[:1024].lstrip().startswith(b"%PDF-") else "text/html"
    hops = (Hop(url, 200, None, None),)
    return Reply(url=url, final_url=url, hops=hops, status=200, content_type=kind, body=body, whole=True)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "; ".join(value) if isinstance(value, tuple) else str(value)


def _lines(entry: Entry) -> Iterator[str]:
    if entry.on_record is not None:
        yield f"On record under this address: {_named(entry.on_record)}. Cite that source."
    for source in entry.alike:
        yield f"On record under a like address: {_named(source)}. It may be the same page."
    if entry.reading.refused:
        yield entry.reading.refused
        return
    yield from _fields(entry.reading)
    for copy in entry.copies:
        yield (
            f"Copy of: {_named(copy.source)}, {copy.share:.0%} of the words in common. "
            "Copies of one report are one witness."
        )
    for check in entry.quotations:
        if check.anchored is not None:
            yield f"“{check.given}” stands there, after “{check.anchored.prefix}” and before “{check.anchored.suffix}”."
        elif check.found.standing is PassageStanding.UNREADABLE:
            yield f"“{check.given}” could not be looked for: no words could be read from the page."
        elif not entry.whole:
            yield f"“{check.given}” does not stand in the part that was read; the page is longer."
        else:
            nearest = f" The nearest words are: “{check.found.text}”." if check.found.text else ""
            yield f"“{check.given}” does not stand there: it was copied wrongly.{nearest}"


def _fields(reading: Reading) -> Iterator[str]:
    for field in FIELDS:
        values = getattr(reading, field)
        if field == "published" and not values:
            values = reading.possible
        name = field.replace("_", " ")
        if not values:
            yield f"{name:16}open"
        for value in values:
            yield f"{name:16}{'sure' if value.sure else 'guess':6}{_shown(value.value)}  ({value.basis})"
            name = ""
    yield f"{'words':16}{reading.text.words or 'none'}"


def _named(source: Source) -> str:
    return f"“{source}” ({source.slug})"


def _as_json(entry: Entry) -> dict[str, Any]:
    reading = entry.reading
    return {
        "url": entry.url,
        "identity_key": entry.identity_key,
        "likeness_key": entry.likeness_key,
        "on_record": entry.on_record.slug if entry.on_record else None,
        "alike": [source.slug for source in entry.alike],
        "refused": reading.refused,
        "fields": {name: [value._asdict() for value in getattr(reading, name)] for name in (*FIELDS, "possible")},
        "words": reading.text.words,
        "whole": entry.whole,
        "copies": [{"source": copy.source.slug, "share": round(copy.share, 3)} for copy in entry.copies],
        "quotations": [
            {
                "given": check.given,
                "standing": check.found.standing.value,
                "stands": check.anchored._asdict() if check.anchored else None,
                "nearest": check.found.text,
            }
            for check in entry.quotations
        ],
    }
