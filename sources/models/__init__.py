from .checks import CheckTally, Finding, Host, LinkCheck, LinkState, LinkStateQuerySet, StateChange
from .copies import ArchiveJob, Snapshot
from .source import CitedWork, DateBasis, Passage, Source, SourceQuerySet
from .texts import PassageEvent, PassageState, SilentEdit, TextVersion

__all__ = [
    "ArchiveJob",
    "CheckTally",
    "CitedWork",
    "DateBasis",
    "Finding",
    "Host",
    "LinkCheck",
    "LinkState",
    "LinkStateQuerySet",
    "Passage",
    "PassageEvent",
    "PassageState",
    "SilentEdit",
    "Snapshot",
    "Source",
    "SourceQuerySet",
    "StateChange",
    "TextVersion",
]
