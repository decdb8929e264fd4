"""JSON-LD of a page (W3C JSON-LD 1.1, schema.org), however it is nested and as far as it can be read.

Written by others: whatever is in it, reading takes time in proportion to its length, and nothing raises.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sources.reading import unescaped

Node = dict[str, Any]

MOST_SCRIPTS = 50
MOST_CHARACTERS = 2_000_000  # of all scripts together
MOST_NODES = 20_000

_WRAPPING = re.compile(
    r"\A\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?://\s*)?(?:-->|\]\]>)\s*\Z"
)
_LOOSE_COMMA = re.compile(r",\s*([}\]])")
# Under these stand other things than the page itself.
_BESIDE_NAMES = """
    author publisher creator editor contributor image logo video audio comment comments review mentions citation about
    ispartof haspart itemlistelement relatedlink significantlink breadcrumb potentialaction sponsor sourceorganization
    isbasedon parentorganization worksfor offers associatedmedia workexample suborganization
    liveblogupdate
    """
_BESIDE = frozenset(_BESIDE_NAMES.split())
ARTICLES_NAMES = """
    article newsarticle reportagenewsarticle analysisnewsarticle opinionnewsarticle backgroundnewsarticle
    reviewnewsarticle blogposting liveblogposting socialmediaposting report scholarlyarticle techarticle
    legislation legislationobject pressrelease satiricalarticle advertisercontentarticle discussionforumposting
    """
ARTICLES = frozenset(ARTICLES_NAMES.split())
PAGES_NAMES = "webpage aboutpage itempage contactpage faqpage"
PAGES = frozenset(PAGES_NAMES.split())


class Linked(NamedTuple):
    """What JSON-LD says of the page: its article, or the page itself, and all named nodes by their id."""

    main: Node | None
    kind: str = ""  # its type in lower case
    alone: bool = True  # no other article on the page claims to be it
    by_id: dict[str, Node] = {}
    nodes: tuple[Node, ...] = ()
    broken: str = ""  # the scripts that could not be read


def read_linked(scripts: Iterable[str], *, is_here: Any) -> Linked:
    """Find out what the scripts of a page say of it.

    :param is_here: tells of an address whether it is the page's own.
    """
    roots: list[Any] = []
    broken: list[str] = []
    left = MOST_CHARACTERS
    for number, script in enumerate(scripts):
        left -= len(script)
        if number >= MOST_SCRIPTS or left < 0:
            break
        parsed = list(_parsed(script))
        roots += parsed
        if not parsed and script.strip():
            broken.append(script)
    tops, nodes = _nodes(roots)
    by_id: dict[str, Node] = {}
    for node in nodes:
        key = node.get("@id")
        if isinstance(key, str) and len(node) > 1 and len(node) > len(by_id.get(key, ())):
            by_id[key] = node
    main, kind, alone = _main(tops, is_here)
    return Linked(main, kind, alone, by_id, tuple(nodes), "\n".join(broken))


def _parsed(script: str) -> Iterator[Any]:
    """The values in a script: what wraps them taken off, small slips mended, several one after another."""
    bare = _WRAPPING.sub("", script).strip().rstrip(";")
    for mended in (bare, _LOOSE_COMMA.sub(r"\1", bare), unescaped(bare)):
        try:
            yield from _several(mended)
        except (ValueError, RecursionError):
            continue
        return


def _several(text: str) -> list[Any]:
    decoder = json.JSONDecoder(strict=False)
    found: list[Any] = []
    at = 0
    while at < len(text) and len(found) < MOST_SCRIPTS:
        value, at = decoder.raw_decode(text, at)
        found.append(value)
        while at < len(text) and (text[at].isspace() or text[at] in ",;"):
            at += 1
    return found


def _nodes(roots: list[Any]) -> tuple[list[Node], list[Node]]:
    """The objects that may be the page, in order, and all objects."""
    tops: list[Node] = []
    nodes: list[Node] = []
    waiting: list[tuple[Any, bool]] = [(root, True) for root in reversed(roots)]
    while waiting and len(nodes) < MOST_NODES:
        value, is_top = waiting.pop()
        if isinstance(value, list):
            waiting += [(item, is_top) for item in reversed(value[:MOST_NODES])]
        elif isinstance(value, dict):
            nodes.append(value)
            if is_top:
                tops.append(value)
            for name, inner in reversed(list(value.items())):
                if isinstance(inner, dict | list):
                    waiting.append((inner, is_top and str(name).lower() not in _BESIDE))
    return tops, nodes


def _main(tops: list[Node], is_here: Any) -> tuple[Node | None, str, bool]:
    for kinds in (ARTICLES, PAGES):
        chosen = [(node, kind) for node in tops if (kind := _kind_among(node, kinds)) and len(node) > 2]
        if not chosen:
            continue
        here = [(node, kind) for node, kind in chosen if any(map(is_here, addresses_of(node)))]
        best = here or chosen
        # Of several the one that says most, for a page is often described twice.
        node, kind = max(best, key=lambda one: sum(name in one[0] for name in ("headline", "datePublished", "author")))
        headlines = {str(one.get("headline") or one.get("name")) for one, _ in best}
        return node, kind, len(headlines) == 1
    return None, "", True


def types_of(node: Any) -> list[str]:
    """The types of a node in lower case, without the address of their vocabulary."""
    given = node.get("@type") if isinstance(node, dict) else None
    some = given if isinstance(given, list) else [given]
    return [re.split(r"[/#:]", one)[-1].lower() for one in some[:20] if isinstance(one, str)]


def _kind_among(node: Node, kinds: frozenset[str]) -> str:
    return next((kind for kind in types_of(node) if kind in kinds), "")


def addresses_of(node: Node) -> list[str]:
    """The addresses that a node says are its own."""
    page = node.get("mainEntityOfPage")
    inner = [page.get("@id"), page.get("url")] if isinstance(page, dict) else [page]
    return [one for one in (node.get("url"), node.get("@id"), *inner) if isinstance(one, str)]


def first_text(value: Any) -> str:
    """The text of a value that may be a text, a list of texts, or one with its language (`@value`)."""
    for _ in range(5):
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, dict):
            value = value.get("@value")
    return " ".join(unescaped(value).split()) if isinstance(value, str) else ""


def names_of(value: Any, linked: Linked) -> list[tuple[str, list[str]]]:
    """The names that a value gives, each with its types: texts, objects, references, and lists of these."""
    found = []
    for one in value[:50] if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            key = one.get("@id")
            whole = one if one.get("name") else linked.by_id.get(key, one) if isinstance(key, str) else one
            names = whole.get("name")
            for name in names[:50] if isinstance(names, list) else [names]:
                if text := first_text(name):
                    found.append((text, types_of(whole)))
        elif text := first_text(one):
            found.append((text, []))
    return found


def from_broken(script: str, name: str) -> list[str]:
    """The texts that stand beside a name in a script that cannot be read; each once."""
    pattern = re.compile(rf'"{name}"\s{{0,20}}:\s{{0,20}}"([^"\\\n]{{1,300}})"')
    return list(dict.fromkeys(unescaped(found[1]).strip() for found in pattern.finditer(script[:MOST_CHARACTERS])))[:5]
