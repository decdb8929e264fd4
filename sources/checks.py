"""Says at the start, not at the first check, that a setting of the care of sources cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, register

from sources.limits import limits
from sources.states import rules


@register()
def settings_can_be_read(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for read in (limits, rules):
        try:
            read()
        except ValueError as fault:
            found.append(Error(str(fault), id="sources.E001"))
    return found
