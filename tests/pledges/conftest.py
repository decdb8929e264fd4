"""Copies of the starter data that a test may change."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.pledges.files import DATA


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(DATA, tmp_path / "copy")
