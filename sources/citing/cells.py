"""Cells of files that spreadsheets open (RFC 4180), which take some texts for formulas."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

FORMULA: Final = tuple("=+-@＝＋－＠")
BREAKS: Final = ("\t", "\r", "\n")
PLAIN_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


class Written:
    """Takes what the writer writes, to be handed on."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, text: str) -> int:
        self.parts.append(text)
        return len(text)

    def taken(self) -> str:
        text = "".join(self.parts)
        self.parts.clear()
        return text


def inert(cell: str) -> str:
    """The cell as a spreadsheet must show it: as text, unless it is a plain number."""
    bare = cell.lstrip()
    while bare and unicodedata.category(bare[0]) in ("Cf", "Cc", "Zs"):
        bare = bare[1:].lstrip()
    risky = bare.startswith(FORMULA) or cell.startswith(BREAKS)
    return f"'{cell}" if risky and not PLAIN_NUMBER.fullmatch(cell) else cell
