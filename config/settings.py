"""Settings, all from the environment; docs/operations.md has the table.

With neither ``DATABASE_URL`` nor ``REDIS_URL`` set they name the embedded services of the home folder, whether
these run or not: commands that need no service work without one.
"""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

from config import environment
from config.embedded.places import OWNER_ROLE, SITE_ROLE, places
from digests import schedule as digests_by_mail
from pledges import schedule as copies_near_events
from sources import schedule as link_checks
from sources.archives.limits import ArchiveLimits
from sources.limits import Limits, read
from sources.outcomes import Signs
from sources.quotations import PassageRules
from sources.states import Rules
from sources.text import DriftRules

BASE_DIR = environment.CHECKOUT
HOME = environment.home()
EMBEDDED = places(HOME)

# --- What kind of place this is -------------------------------------------------------------------------------

DATABASE_URL = environment.text("DATABASE_URL")
DATABASE_OWNER_URL = environment.text("DATABASE_OWNER_URL")
REDIS_URL = environment.redis_address("REDIS_URL")
DEBUG = environment.flag("DEBUG", False)
# Off only where pages are read over plain http on one's own machine, as script/server does.
HTTPS = environment.flag("HTTPS", bool(DATABASE_URL) and not DEBUG)

ALLOWED_HOSTS = environment.names(
    "ALLOWED_HOSTS", [] if DATABASE_URL and HTTPS else ["127.0.0.1", "localhost", "[::1]"]
)
CSRF_TRUSTED_ORIGINS = environment.names("CSRF_TRUSTED_ORIGINS", [])
SITE_NAME = environment.text("SITE_NAME", "Pledge Record")
# How this site names itself where no request says so: feeds' ids, mails, the User-Agent of link checks.
SITE_URL = environment.web_address(
    "SITE_URL", f"{'https' if HTTPS else 'http'}://{(ALLOWED_HOSTS or ['localhost'])[0]}"
)


def secret_key() -> str:
    """The key from the environment, else the one that ``script/server`` made in the home folder.

    :raises BadSetting: where real services are used without a key.
    """
    given = environment.text("SECRET_KEY")
    if given:
        return given
    kept = HOME / "secret-key"
    if kept.is_file():
        return kept.read_text().strip()
    if DATABASE_URL and not DEBUG:
        raise environment.BadSetting(
            "SECRET_KEY is not set. Set it to a long random text, the same for all processes: "
            "python -c 'import secrets; print(secrets.token_urlsafe(64))'"
        )
    # A single command on a machine where nothing was started yet: nothing that it signs outlives it.
    return secrets.token_urlsafe(64)


SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = environment.names("SECRET_KEY_FALLBACKS", [])

# --- Applications -----------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "config",
    "digests",
    "desk",
    "timeline",
    "pledges",
    "companies",
    "sources",
    "history",
    "accounts",
    "dates",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.humanize",
    "django_filters",
    "axes",
    "csp",
    "django_htmx",
]
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "config.middleware.NoBodyForHead",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.SecurityHeaders",
    "config.health.Health",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.languages.ReadersLanguage",
    "config.middleware.ReadableInput",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.middleware.ReadableForms",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.unsent.NothingTypedIsLost",
    "axes.middleware.AxesMiddleware",
    "config.middleware.WhileTheDatabaseIsAway",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "timeline.context.site",
            ],
        },
    }
]

# --- PostgreSQL: the site's role reads and writes, the owner's role migrates ------------------------------------

STATEMENT_TIMEOUT = environment.number("DATABASE_STATEMENT_TIMEOUT", 15, most=86_400)
APPLICATION_NAME = environment.text("APPLICATION_NAME", "pledge-record")


def database(variable: str, url: str, *, timeouts: dict[str, int]) -> dict[str, Any]:
    """One entry of DATABASES.

    :param variable: where the address came from.
    :param timeouts: PostgreSQL's settings in milliseconds, sent when connecting; none sends nothing, which some
        poolers need.
    """
    try:
        settings: dict[str, Any] = dict(dj_database_url.parse(url))
    except ValueError:
        settings = {}
    if settings.get("ENGINE") != "django.db.backends.postgresql" or not settings["NAME"]:
        # Not the address itself, which may hold a password.
        raise environment.BadSetting(
            f"{variable} must name PostgreSQL: postgresql://role:password@host:5432/database, with the characters "
            "that an address cannot hold, as in a password, written as %40 and the like."
        )
    options = dict(settings.get("OPTIONS", {}))
    options.setdefault("application_name", APPLICATION_NAME)
    options.setdefault("connect_timeout", 10)
    if timeouts:
        options["options"] = " ".join(f"-c {name}={milliseconds}" for name, milliseconds in timeouts.items())
    return settings | {"OPTIONS": options, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}


DATABASES = {
    "default": database(
        "DATABASE_URL",
        DATABASE_URL or EMBEDDED.database_url(role=SITE_ROLE),
        timeouts={"statement_timeout": STATEMENT_TIMEOUT * 1000, "idle_in_transaction_session_timeout": 60_000}
        if STATEMENT_TIMEOUT
        else {},
    )
    | {
        "CONN_MAX_AGE": environment.number("DATABASE_CONNECTION_AGE", 60),
        "DISABLE_SERVER_SIDE_CURSORS": environment.flag("DATABASE_POOLER", False),
    }
}
OWNER_URL = DATABASE_OWNER_URL or ("" if DATABASE_URL else EMBEDDED.database_url(role=OWNER_ROLE))
if OWNER_URL:
    # Only migrations, grants and the making of test databases use it. The site's own processes need not know it.
    DATABASES["owner"] = database("DATABASE_OWNER_URL", OWNER_URL, timeouts={"lock_timeout": 5_000}) | {
        "CONN_MAX_AGE": 0
    }

# --- Redis: the broker and the cache; nothing of worth is in it ---------------------------------------------------

BROKER = REDIS_URL or EMBEDDED.redis_url
CACHES = {
    "default": {
        "BACKEND": "config.cache.ForgivingRedisCache",
        "LOCATION": BROKER,
        "KEY_PREFIX": "pledge-record",
        "TIMEOUT": 300,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}

# --- Celery -----------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = f"redis+socket://{BROKER.removeprefix('unix://')}" if BROKER.startswith("unix://") else BROKER
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": "pledge-record:",
    "visibility_timeout": 600,
    # Look for messages whose worker is gone every five seconds instead of every hundred.
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
    "socket_timeout": 30,
    "socket_keepalive": not BROKER.startswith("unix://"),
    "health_check_interval": 25,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_TASK_IGNORE_RESULT = True
# Public archives are slow; what asks them has a queue and a worker of its own, so that link checks do not wait.
CELERY_TASK_ROUTES = {
    "sources.tasks.ask_public_archives": {"queue": "archives"},
    "pledges.tasks.want_archived_copies": {"queue": "archives"},
}
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
# What is due stands in PostgreSQL; the scheduler needs no memory of its own.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    **link_checks.BEAT,
    **copies_near_events.BEAT,
    **digests_by_mail.BEAT,
}

# --- Care of sources: limits and rules; each default stands where the class does -------------------------------------

# Where readers write to: shown on /report-an-error/ and /about/, and to those whose sites are asked.
EDITORS_EMAIL = environment.text("EDITORS_EMAIL")
contact = environment.text("LINK_CHECK_CONTACT", EDITORS_EMAIL)
# No word "link" in it: a firewall rule shipped with many servers refuses that.
robot = f"PledgeRecord/0.1 (+{SITE_URL}/about/our-robot/{f'; {contact}' if contact else ''})"
given_for_link_checks = {"LINK_CHECK_USER_AGENT": robot} | environment.beginning_with("LINK_CHECK_")
given_for_archives = environment.beginning_with("ARCHIVE_")
try:
    read(Limits, given_for_link_checks.get)
    read(Rules, given_for_link_checks.get)
    read(Signs, given_for_link_checks.get)
    read(DriftRules, given_for_link_checks.get)
    read(PassageRules, given_for_link_checks.get)
    read(ArchiveLimits, given_for_archives.get, prefix="ARCHIVE_")
except ValueError as fault:
    raise environment.BadSetting(str(fault)) from None
globals().update(given_for_link_checks | given_for_archives)

# --- Who may come in ----------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Ten tries a minute for an account, wherever they come from; a minute later it is open again.
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=1)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_USERNAME_CALLABLE = "accounts.attempts.counted_name"
AXES_LOCKOUT_CALLABLE = "accounts.attempts.too_many"
AXES_VERBOSE = False
# axes would have the address counted too; a guesser has many addresses, and an account is what he is after.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "accounts.unsent.csrf_failure"

# --- What browsers are told -----------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if environment.flag("BEHIND_PROXY", HTTPS):
    # The proxy must set this header itself and drop what a client sent (docs/operations.md).
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- Static files -------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(environment.text("STATIC_ROOT") or HOME / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
CAPTURES_S3_BUCKET = environment.text("CAPTURES_S3_BUCKET")


def captures_storage() -> dict[str, Any]:
    """Where captures of sources are kept: a private folder of the home, or a bucket if one is named.

    :raises BadSetting: for a bucket without the rest of what it needs.
    """
    endpoint = environment.web_address("CAPTURES_S3_ENDPOINT", "")
    region = environment.text("CAPTURES_S3_REGION")
    keys = environment.text("CAPTURES_S3_ACCESS_KEY"), environment.text("CAPTURES_S3_SECRET_KEY")
    if bool(keys[0]) != bool(keys[1]):
        raise environment.BadSetting("CAPTURES_S3_ACCESS_KEY and CAPTURES_S3_SECRET_KEY go together: set both.")
    if not CAPTURES_S3_BUCKET:
        return {"BACKEND": "sources.captures.folder.CaptureFolder", "OPTIONS": {"location": HOME / "captures"}}
    options: dict[str, Any] = {
        "bucket_name": CAPTURES_S3_BUCKET,
        "endpoint_url": endpoint or None,
        "region_name": region or None,
        "default_acl": None,
    }
    if keys[0]:
        # Without keys, those of the machine's own role are taken.
        options |= {"access_key": keys[0], "secret_key": keys[1]}
    return {"BACKEND": "sources.captures.bucket.CaptureBucket", "OPTIONS": options}


STORAGES = {
    "captures": captures_storage(),
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static.DigestStorage"},
}
MEDIA_ROOT = HOME / "media"
# Without collected files (tests, a developer's page reload) they are served from where they lie.
WHITENOISE_USE_FINDERS = DEBUG or not (STATIC_ROOT / "staticfiles.json").is_file()
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

# --- Language, time, limits ---------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "language"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # the admin's form of a company with all its inlines has some hundreds

# --- Mail -------------------------------------------------------------------------------------------------------

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if environment.text("EMAIL_HOST")
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = environment.text("EMAIL_HOST", "localhost")
EMAIL_PORT = environment.number("EMAIL_PORT", 587, least=1, most=65_535)
EMAIL_HOST_USER = environment.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = environment.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = environment.flag("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", "Pledge Record <pledge-record@localhost>")
# Whether readers may ask for digests by mail. 1 without a mail server is for trying: the worker prints them.
DIGESTS = environment.flag("DIGESTS", bool(environment.text("EMAIL_HOST")))
# How many mails an hour may go to addresses that have confirmed nothing yet: whoever asks may name anybody's.
DIGESTS_ASKED_AN_HOUR = environment.number("DIGESTS_ASKED_AN_HOUR", 200, least=1, most=1_000_000)

# --- What is logged, all of it to stderr ----------------------------------------------------------------------

LOG_LEVEL = environment.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{", "datefmt": "%Y-%m-%dT%H:%M:%S%z"}
    },
    "filters": {"in one line": {"()": "config.logs.InOneLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        room: {"level": LOG_LEVEL}
        for room in (
            "config", "digests", "desk", "timeline", "pledges", "companies", "sources", "history", "accounts",
            "django.request", "django.security",
        )
    }
    | {
        # At INFO Celery tells of every task that it sends and receives: some lines a minute, for ever.
        "celery": {"level": "WARNING" if LOG_LEVEL == "INFO" else LOG_LEVEL},
        "django.security.DisallowedHost": {"filters": ["in one line"]},
        # Django's own handlers would say the same a second time.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
    },
}  # fmt: skip
