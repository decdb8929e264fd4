"""Static files under names that hold a digest of their content, so that browsers may keep them for a year."""

import re
from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

# A text of CSS, or what stands between two.
_PIECE = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([^"']+)""", re.DOTALL)


def without_comments(styles: str) -> str:
    """A style sheet without its comments and the blanks that only people need. Texts in it stay as they are."""
    bare = re.sub(r"/\*.*?\*/", "", styles, flags=re.DOTALL).strip()
    return "".join(text or _close(rest) for text, rest in _PIECE.findall(bare))


def _close(rest: str) -> str:
    return re.sub(r"\s*([{};,])\s*|(?<=:)\s+", r"\1", re.sub(r"\s+", " ", rest))


class DigestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """As its parent; before ``collectstatic`` has run it gives the plain names instead of failing."""

    def save(self, name: str, content: IO[bytes], **options: Any) -> str:
        if name.startswith("css/"):
            content = ContentFile(without_comments(content.read().decode()).encode())
        saved: str = super().save(name, content, **options)
        return saved

    def post_process(self, paths: Mapping[str, object], *arguments: Any, **options: Any) -> Iterator[Any]:
        # Digests are of the files as they were saved here, not as they lie in their folders.
        yield from super().post_process({name: (self, name) for name in paths}, *arguments, **options)

    def stored_name(self, name: str) -> str:
        if not self.hashed_files:
            return name
        stored: str = super().stored_name(name)
        return stored
