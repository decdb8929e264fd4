"""Pages that hold no text themselves: they lead on, or a script draws what they say."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from sources.reading import unescaped, visible_text

LONGEST_THAT_LEADS_ON = 100_000  # characters of markup; a page that only leads on is far smaller
MOST_TEXT = 1_000  # characters that are seen
_UNREAD = re.compile(r"<!--|<(noscript|script|style|template|textarea)\b", re.IGNORECASE)
_META = re.compile(r"<meta\b[^<>]{1,2000}>", re.IGNORECASE)
_IS_REFRESH = re.compile(r"""http-equiv\s*=\s*["']?\s*refresh\b""", re.IGNORECASE)
_CONTENT = re.compile(r"""\bcontent\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
# Delay, and address, as the HTML Standard reads them (“shared declarative refresh steps”).
_REFRESH = re.compile(r"""\s*(\d{1,4})(?:\.[\d.]*)?\s*[;,\s]\s*(?:url\s*=\s*)?["']?\s*([^"']+)""", re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b", re.IGNORECASE)
_SCRIPT_LEADS_ON = re.compile(
    r"\blocation\s*(?:\.\s*(?:replace|assign)\s*\(|(?:\.\s*href)?\s*=(?!=)|\[\s*[\"']href)", re.IGNORECASE
)


def refresh(markup: str, *, header: str | None, longest_delay: float) -> str | None:
    """Where a page sends its visitors by itself (`Refresh`, or `<meta http-equiv>`), or None if it stays.

    One with more text than a few sentences is a page, not a way to another.
    """
    if len(markup) > LONGEST_THAT_LEADS_ON:
        return None
    given = [header] if header else _declared(markup)
    for text in given:
        found = _REFRESH.match(text[:3000])
        if found and int(found.group(1)) <= longest_delay and len(visible_text(markup)) <= MOST_TEXT:
            return found.group(2).strip()
    return None


def leads_nowhere_else(here: str, there: str) -> bool:
    """Whether a refresh asks for the same page again, with another query at most: so visitors are tested."""
    one, other = urlsplit(here), urlsplit(there)
    return one[:3] == other[:3]


def _declared(markup: str) -> list[str]:
    """The contents of a page's refresh marks, but for those in comments, scripts, and for browsers without scripts."""
    kept = []
    at = 0
    while found := _UNREAD.search(markup, at):
        kept.append(markup[at : found.start()])
        end = "-->" if found.group(1) is None else f"</{found.group(1)}"
        closing = markup.lower().find(end.lower(), found.end()) if len(kept) < 200 else -1
        at = closing + len(end) if closing >= 0 else len(markup)
    kept.append(markup[at:])
    return [
        unescaped(next(part for part in content.groups() if part is not None))
        for mark in _META.findall(" ".join(kept))
        if _IS_REFRESH.search(mark) and (content := _CONTENT.search(mark))
    ]


def is_shell(markup: str, *, text: str, title: str, most_text: int) -> bool:
    """Whether next to nothing stands on a page beside its title, and it runs a script: the script draws the rest."""
    return len(text.removeprefix(title).strip()) <= most_text and bool(_SCRIPT.search(markup))


def is_led_on_by_script(markup: str) -> bool:
    """Whether a shell's script sends visitors to another address."""
    return len(markup) <= LONGEST_THAT_LEADS_ON and bool(_SCRIPT_LEADS_ON.search(markup))
