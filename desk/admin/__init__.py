"""Django's admin for the record: every part of it can be added and changed, and nothing is published by it."""

from . import companies, money, pledges, sources

__all__ = ["companies", "money", "pledges", "sources"]
