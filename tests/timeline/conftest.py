"""The starter data, loaded once for the tests of a module that only read it; and small sets of one's own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from pledges.dataset.loading import load
from tests.timeline.small_set import write_set

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def _loaded(django_db_setup: object, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        load(DATA)

        yield

        transaction.set_rollback(True)


@pytest.fixture
def starter_data(_loaded: None) -> Iterator[None]:
    """The starter data. What a test changes is taken back. Not beside ``db``: it is a transaction of its own."""
    with transaction.atomic():
        yield

        transaction.set_rollback(True)


@pytest.fixture
def enter(db: None, tmp_path: Path) -> Callable[..., None]:
    """Enter a small data set: lists of rows, of which each names only what matters to the test."""

    def entered(**lists: list[dict[str, Any]]) -> None:
        write_set(tmp_path, **lists)
        load(tmp_path)

    return entered
