#!/usr/bin/env python
"""Django's command line for this project."""

import os
import shlex
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["probe_urls"]:
        probe_urls()
        return
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None):
            raise  # the database answers, and has refused one statement
        sys.exit(without_a_database(error, sys.argv[1:]))


def probe_urls() -> None:
    """The one command that needs no model: without all the apps it starts in half the time and half the memory."""
    from django.conf import settings
    from django.utils.log import configure_logging

    from sources.management.commands.probe_urls import Command

    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    Command().run_from_argv(sys.argv)


def without_a_database(error: Exception, arguments: list[str]) -> str:
    """One line for whoever asked for something that needs a database: where it was looked for, and what to do."""
    from django.conf import settings

    where_and_why = (str(error).strip().splitlines() or ["no reason given"])[0]
    if settings.DATABASE_URL:
        advice = "See that it runs and that DATABASE_URL is its address."
    else:
        advice = f"Run script/manage {shlex.join(arguments)}, which starts one, or set DATABASE_URL to a server."
    return f"The database does not answer: {where_and_why}. {advice}"


if __name__ == "__main__":
    main()
