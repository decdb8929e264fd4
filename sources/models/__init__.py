from .source import CitedWork, DateBasis, Passage, Source, SourceQuerySet

__all__ = ["CitedWork", "DateBasis", "Passage", "Source", "SourceQuerySet"]
