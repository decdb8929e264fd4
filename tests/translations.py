"""A catalogue of a few texts in Spanish, in place of the site's own, to see what is printed follow the language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.test import override_settings
from django.utils import translation

# A text, or the two forms of a counted one; with its context in front where it has one.
Message = str | tuple[str, str]
Texts = Mapping[tuple[str | None, Message], Message]


@contextmanager
def in_spanish(texts: Texts) -> Iterator[None]:
    """Spanish for the time being, with just these texts translated."""
    catalogue = Catalog(locale="es")
    for (context, message), translated in texts.items():
        catalogue.add(message, translated, context=context)
    with TemporaryDirectory() as name:
        folder = Path(name)
        messages = folder / "es" / "LC_MESSAGES"
        messages.mkdir(parents=True)
        with (messages / "django.mo").open("wb") as file:
            write_mo(file, catalogue)
        languages = [("en-gb", "English"), ("es", "Español")]
        with override_settings(LANGUAGES=languages, LOCALE_PATHS=[folder]), translation.override("es"):
            yield
