from .checks import Finding, Host, LinkCheck, LinkState, LinkStateQuerySet, Snapshot, StateChange
from .source import CitedWork, DateBasis, Passage, Source, SourceQuerySet

__all__ = [
    "CitedWork",
    "DateBasis",
    "Finding",
    "Host",
    "LinkCheck",
    "LinkState",
    "LinkStateQuerySet",
    "Passage",
    "Snapshot",
    "Source",
    "SourceQuerySet",
    "StateChange",
]
