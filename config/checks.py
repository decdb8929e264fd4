"""What ``manage.py check --deploy`` says about an installation, beside what Django says."""

from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db import connection
from django.db.utils import DatabaseError

ADVICE = (
    "Give DATABASE_URL a role that owns nothing, and DATABASE_OWNER_URL, for migrations only, the role that owns "
    "the tables: docs/operations.md, Two database roles."
)


@checks.register(checks.Tags.security, deploy=True)
def history_is_protected(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """An error if the site's own role could rewrite the history; a note if the database cannot be asked."""
    default, owner = settings.DATABASES["default"], settings.DATABASES.get("owner")
    if owner and default["USER"] == owner["USER"]:
        return [checks.Error("The site and its migrations use one database role.", hint=ADVICE, id="config.E001")]
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolsuper OR rolcreaterole, (SELECT count(*) FROM pg_class "
                "WHERE relnamespace = 'public'::regnamespace AND pg_has_role(current_user, relowner, 'USAGE')) "
                "FROM pg_roles WHERE rolname = current_user"
            )
            powerful, owned = cursor.fetchone()
    except DatabaseError as error:
        return [
            checks.Info(f"The database could not be asked whether the history is protected: {error}", id="config.I001")
        ]
    if powerful or owned:
        what = "is a superuser" if powerful else f"owns {owned} tables"
        return [
            checks.Error(f"The site's database role {what}: it can rewrite the history.", hint=ADVICE, id="config.E002")
        ]
    return []


@checks.register(checks.Tags.security, deploy=True)
def services_are_named(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Production names its services; the embedded ones belong to a laptop."""
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not getattr(settings, name)]
    found: list[checks.CheckMessage] = []
    if missing:
        found.append(
            checks.Error(
                f"{' and '.join(missing)} not set: the site would look for embedded services.",
                hint="docs/operations.md, Settings.",
                id="config.E003",
            )
        )
    if not settings.HTTPS:
        found.append(
            checks.Error("HTTPS is 0: cookies and pages would travel in clear.", hint="Leave it out.", id="config.E004")
        )
    if "*" in settings.ALLOWED_HOSTS:
        found.append(checks.Error("ALLOWED_HOSTS has *.", hint="Name the site's own hosts.", id="config.E005"))
    return found


@checks.register(checks.Tags.compatibility, deploy=True)
def digests_can_be_sent(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Where readers may ask for digests, mail leaves the machine, from an address that exists."""
    found: list[checks.CheckMessage] = []
    if not settings.DIGESTS:
        return found
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        found.append(
            checks.Error(
                "DIGESTS is 1 and EMAIL_HOST is not set: digests would only be printed, with the addresses.",
                hint="Name a mail server, or leave DIGESTS out.",
                id="config.E006",
            )
        )
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    if "@" not in sender or sender.endswith("@localhost"):
        found.append(
            checks.Error(
                "DEFAULT_FROM_EMAIL names no address that mail can be sent from.",
                hint="Write it as Pledge Record <digests@pledges.example>.",
                id="config.E007",
            )
        )
    return found


@checks.register(checks.Tags.staticfiles, deploy=True)
def static_files_are_collected(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    if (settings.STATIC_ROOT / "staticfiles.json").is_file():
        return []
    return [
        checks.Warning(
            "Static files are not collected, so browsers may not keep them.",
            hint="Run manage.py collectstatic, or manage.py prepare --static.",
            id="config.W001",
        )
    ]
