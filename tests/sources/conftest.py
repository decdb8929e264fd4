"""A misbehaving web server, and limits that let tests reach it and wait only briefly."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from accounts.models import User
from sources.addresses import networks
from sources.fetching import Fetcher
from sources.limits import Limits
from sources.replies import Conditions, Reply
from tests.sources.web import Web, serving

LOOPBACK = networks(["127.0.0.0/8"])
QUICK = Limits(
    dns_seconds=1,
    connect_seconds=1,
    silence_seconds=1,
    total_seconds=2.5,
    gap_seconds=0,
    allowed_networks=LOOPBACK,
)


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as one:
        yield one


@pytest.fixture
def quick() -> Limits:
    return QUICK


@pytest.fixture
def fetch() -> Callable[..., Reply]:
    """Fetch one address for real, with quick limits that a test may change."""

    def do(
        url: str, *, limits: Limits = QUICK, look_up=None, conditions: Conditions | None = None, **changes: object
    ) -> Reply:
        async def once() -> Reply:
            given = {} if look_up is None else {"look_up": look_up}
            async with Fetcher(limits=replace(limits, **changes), **given) as fetcher:
                return await fetcher.fetch(url, conditions=conditions)

        return asyncio.run(once())

    return do


@pytest.fixture
def editor(db) -> User:
    return User.objects.create_user("ed")
