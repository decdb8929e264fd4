#!/usr/bin/env python
"""Django's command line for this project."""

import os
import shlex
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None):
            raise  # the database answers, and has refused one statement
        sys.exit(without_a_database(error, sys.argv[1:]))


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
