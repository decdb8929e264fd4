"""Reading a page for the editor who enters it: what it says of itself, and where it says so."""

from .page import read_page
from .values import FIELDS, Reading, Value

__all__ = ["FIELDS", "Reading", "Value", "read_page"]
