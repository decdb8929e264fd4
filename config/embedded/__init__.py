"""A private PostgreSQL and Redis for a machine that has none, and the supervisor that keeps them running.

Used by ``script/server``, ``script/test`` and ``script/manage`` when ``DATABASE_URL`` or ``REDIS_URL`` is not
set. Nothing in here imports Django, so that it starts fast and can say what is wrong before anything else does.
"""


class CannotStart(Exception):
    """Something that must be mended before the services can run; the message says what and how."""


def not_yours(error: PermissionError) -> str:
    """What to do about a file that somebody else has made in this folder."""
    return (
        f"{error.filename} belongs to another user, who has run this here before. "
        "Use a checkout of your own, or set PLEDGE_RECORD_HOME to another folder."
    )
