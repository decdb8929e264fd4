"""Small things that templates need in order to print: words for slugs, addresses of marks."""

from __future__ import annotations

from babel.numbers import format_decimal
from django import template
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

from timeline import words
from timeline.searching import segments
from timeline.sprite import sprite_for

register = template.Library()


@register.filter
def headline_words(slug: str) -> str:
    """The words of a headline slug; the slug itself if it is none of ours."""
    return words.HEADLINES.get(slug, slug)


@register.filter
def headline_meaning(slug: str) -> str:
    return words.HEADLINE_MEANINGS.get(slug, "")


@register.filter
def link_words(state: str) -> str:
    """The words beside the mark of a link state ("Link works")."""
    return words.LINK_STATES.get(state, (state, state))[0]


@register.filter
def link_said(state: str) -> str:
    """The words read aloud after a citation's number ("link works")."""
    return words.LINK_STATES.get(state, (state, state))[1]


@register.filter
def stance_words(stance: str) -> str:
    return words.STANCES.get(stance, stance)


@register.filter
def site_name(address: str) -> str:
    """“microsoft.com” for https://www.microsoft.com/; what follows the name of the site stays."""
    return address.split("://", 1)[-1].removeprefix("www.").rstrip("/")


@register.filter
def found(text: str) -> SafeString:
    """A text, escaped, with the words that were searched for in ``<mark>``, where they were marked."""
    pieces = [f"<mark>{escape(words)}</mark>" if hit else escape(words) for words, hit in segments(text)]
    return mark_safe("".join(pieces))  # noqa: S308 -- each piece is escaped


class WithMarks(Node):
    """Its own node, since blocks within a simple block tag are not seen by templates that extend them."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        content = self.nodelist.render(context)
        return sprite_for(content) + content


@register.tag
def with_marks(parser: Parser, token: Token) -> WithMarks:
    """What stands within the tag, behind the patterns and marks that it refers to."""
    nodelist = parser.parse(("endwith_marks",))
    parser.delete_first_token()
    return WithMarks(nodelist)


@register.filter
def grouped(number: int) -> str:
    """1204 as "1,204", or as the language of the page writes it."""
    return words.number(number)


@register.filter
def hours(number: float) -> str:
    """A time given in hours as people say it: “36 hours”, “3 days” from two days on."""
    days = number / 24
    if days >= 2 and days == int(days):
        return words.counted(int(days), "day")
    # One and a half are hours, in every language of this site.
    said = ngettext("%(number)s hour", "%(number)s hours", 1 if number == 1 else 2)
    return said % {"number": format_decimal(number, "0.######", locale=words.locale())}
