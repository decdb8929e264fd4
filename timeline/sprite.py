"""Patterns of statuses and marks of links. A page and a picture hold those that they refer to, and no others."""

from __future__ import annotations

import functools
import re
from typing import Final

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

_DEFINED: Final = re.compile(r'<(pattern|symbol) id="([\w-]+)".*?</\1>', re.DOTALL)
_REFERRED: Final = re.compile(r'(?:href="|url\()#((?:pt|i)-[\w-]+)')
# What a page takes in later, in place, may refer to any.
_CHANGES: Final = " hx-get="


@functools.cache
def every_definition() -> dict[str, str]:
    """All that are drawn in ``components/sprite.html``, by id."""
    return {found[2]: found[0] for found in _DEFINED.finditer(render_to_string("components/sprite.html"))}


def definitions_for(markup: str) -> str:
    """Those that some markup refers to."""
    referred = set(_REFERRED.findall(markup))
    return "".join(one for name, one in every_definition().items() if name in referred)


def sprite_for(page: str) -> SafeString:
    """An element to stand before what a page shows, with all that it refers to."""
    held = "".join(every_definition().values()) if _CHANGES in page else definitions_for(page)
    if not held:
        return mark_safe("")
    return mark_safe(  # noqa: S308 -- from our own template
        f'<svg class="sprite" width="0" height="0" aria-hidden="true" focusable="false"><defs>{held}</defs></svg>\n'
    )
