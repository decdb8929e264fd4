"""Static files under names that hold a digest of their content, so that browsers may keep them for a year."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class DigestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """As its parent; before ``collectstatic`` has run it gives the plain names instead of failing."""

    def stored_name(self, name: str) -> str:
        if not self.hashed_files:
            return name
        stored: str = super().stored_name(name)
        return stored
