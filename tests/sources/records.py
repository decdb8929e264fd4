"""Sources as tests need them: the smallest valid thing at an address."""

from collections.abc import Iterable

from history.services import stating
from sources.addresses import identity_key, likeness_key
from sources.models import Source


def sources_at(urls: Iterable[str | None], *, name: str = "source") -> list[Source]:
    """One source for each address, in one statement."""
    with stating(who=None, why="a test"):
        return Source.objects.bulk_create(
            [
                Source(
                    slug=f"{name}-{number}",
                    url=url,
                    identity_key=identity_key(url) if url else None,
                    likeness_key=likeness_key(url) if url else None,
                    title=f"{name} {number}",
                    type=Source.Type.NEWS,
                )
                for number, url in enumerate(urls)
            ]
        )


def source_at(url: str | None, *, name: str = "source") -> Source:
    return sources_at([url], name=name)[0]
