"""The archives that this installation has switched on."""

from __future__ import annotations

from sources.archives.cdx import CdxArchive
from sources.archives.copies import Archive, SavingArchive
from sources.archives.limits import ArchiveLimits
from sources.archives.spn2 import SavePageNow
from sources.archives.timegate import TimeGateArchive
from sources.fetching import Fetcher


def archives_of(limits: ArchiveLimits, fetcher: Fetcher) -> list[Archive]:
    """The archives in which this installation looks copies up, those first that say most of a copy."""
    index: list[Archive] = [CdxArchive(fetcher=fetcher, limits=limits)] if limits.cdx_url else []
    return index + [TimeGateArchive(each, fetcher=fetcher, limits=limits) for each in limits.timegate_urls]


def saver_of(limits: ArchiveLimits, fetcher: Fetcher) -> SavingArchive | None:
    """The archive to which pages are given, or None where that is switched off."""
    index = archives_of(limits, fetcher)
    if not limits.save_url or not index:
        return None
    return SavePageNow(fetcher=fetcher, limits=limits, index=index[0])
