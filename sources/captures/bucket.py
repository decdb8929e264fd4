"""Captures in a bucket of S3-compatible object storage. Imported only where one is named."""

from __future__ import annotations

from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError
from storages.backends.s3 import S3Storage

_THERE = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict", "409"})
_NO_CONDITIONS = frozenset({"NotImplemented", "501"})


class CaptureBucket(S3Storage):  # type: ignore[misc]
    """A private bucket. Objects are written once: by `If-None-Match: *` where the service knows it."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault(
            "client_config",
            Config(
                s3={"addressing_style": "path"},
                signature_version="s3v4",
                connect_timeout=10,
                read_timeout=60,
                retries={"max_attempts": 3, "mode": "standard"},
                # Not all services know the newer checksums; ours is the name.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )
        super().__init__(**settings)

    def put_once(self, name: str, data: bytes) -> bool:
        """Write an object whole; False, and nothing done, if there is one of that name."""
        if self.exists(name):
            return False
        given = {"Key": self._normalize_name(name), "Body": data, "ContentType": "application/warc"}
        try:
            self.bucket.put_object(**given, IfNoneMatch="*")
        except ClientError as fault:
            code = str(fault.response.get("Error", {}).get("Code", ""))
            if code in _THERE:
                return False
            if code not in _NO_CONDITIONS:
                raise
            # Another process can only have put the same content there: the name is its digest.
            self.bucket.put_object(**given)
        return True

    def url(self, name: str, *_: Any, **__: Any) -> str:
        raise NotImplementedError("Captures have no address on the web; they are shown to editors only.")
