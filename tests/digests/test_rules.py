"""What the database holds true of subscriptions, whoever writes; and what whoever runs the site may do and is told."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from config.checks import digests_can_be_sent
from digests.models import Subscription
from tests.digests.readers import ANN, BOB, asked, subscribed

pytestmark = pytest.mark.django_db

COPY = (
    "INSERT INTO digests_subscription (key, address, selection, language, rhythm, asked_at, confirmed_at, told_at,"
    " told_snapshot, due_at, tries, refusals) SELECT gen_random_uuid(), upper(address), selection, language, 'weekly',"
    " asked_at, confirmed_at, told_at, told_snapshot, due_at, 0, 0 FROM digests_subscription"
)


@pytest.mark.parametrize(
    ("rule", "statement"),
    [
        ("an_address_of_a_digest_is_one_line", "UPDATE digests_subscription SET address = 'ann'"),
        ("an_address_of_a_digest_is_one_line", "UPDATE digests_subscription SET address = E'ann@x.example\\nBcc: b@x'"),
        ("an_address_of_a_digest_is_one_line", "UPDATE digests_subscription SET address = E'ann\\u0001@x.example'"),
        ("a_digest_is_daily_or_weekly", "UPDATE digests_subscription SET rhythm = 'hourly'"),
        ("a_digest_tells_from_its_confirmation_on", "UPDATE digests_subscription SET told_at = NULL"),
        ("a_digest_tells_from_its_confirmation_on", "UPDATE digests_subscription SET told_snapshot = ''"),
        ("a_digest_tells_from_its_confirmation_on", "UPDATE digests_subscription SET due_at = NULL"),
        ("a_digest_tells_from_its_confirmation_on", "UPDATE digests_subscription SET confirmed_at = NULL"),
        ("the_selection_of_a_digest_is_short", "UPDATE digests_subscription SET selection = repeat('x', 2001)"),
        ("an_address_gets_a_digest_of_a_selection_once", f"{COPY} WHERE confirmed_at IS NOT NULL"),
        ("an_address_is_asked_once_about_a_selection", f"{COPY} WHERE confirmed_at IS NULL"),
    ],
)
def test_no_statement_breaks_a_rule(rule, statement):
    subscribed(address=ANN)
    asked("year=2020", address=ANN)

    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert refused.value.__cause__.diag.constraint_name == rule


def test_the_longest_selection_and_address_can_be_kept():
    subscribed()

    Subscription.objects.update(selection=os.urandom(1000).hex(), address=f"{'a' * 64}@{'b' * 181}.example")


# --- for those who run the site -----------------------------------------------------------------------------------


def test_all_digests_of_an_address_can_be_ended_by_hand(capsys):
    subscribed(address=ANN)
    asked("year=2020", address=ANN)
    subscribed(address=BOB)

    call_command("end_digests", ANN.upper())

    assert capsys.readouterr().out == "Ended: 2. The address is deleted.\n"
    assert Subscription.objects.get().address == BOB
    with pytest.raises(CommandError, match="No digest goes to this address"):
        call_command("end_digests", ANN)


@pytest.mark.parametrize(
    ("given", "digests"),
    [
        ({}, False),
        ({"EMAIL_HOST": "mail.example"}, True),
        ({"EMAIL_HOST": "mail.example", "DIGESTS": "0"}, False),
        ({"DIGESTS": "1"}, True),
    ],
)
def test_digests_are_on_where_a_mail_server_is_named_unless_it_is_said_otherwise(given, digests):
    environment = os.environ | {"EMAIL_HOST": "", "DIGESTS": ""} | given
    code = "from config import settings; print(settings.DIGESTS)"

    said = subprocess.run(
        [sys.executable, "-c", code], cwd=project.BASE_DIR, env=environment, capture_output=True, text=True, check=True
    )

    assert said.stdout.strip() == str(digests)


def test_whoever_runs_the_site_is_told_what_keeps_digests_from_arriving(settings):
    smtp, console = (f"django.core.mail.backends.{one}.EmailBackend" for one in ("smtp", "console"))

    def said(*, digests=True, backend=smtp, sender="Digests <digests@record.example>"):
        settings.DIGESTS, settings.EMAIL_BACKEND, settings.DEFAULT_FROM_EMAIL = digests, backend, sender
        return [message.id for message in digests_can_be_sent(None)]

    assert said() == []
    assert said(digests=False, backend=console, sender="x@localhost") == []
    assert said(backend=console) == ["config.E006"]
    assert said(sender="Pledge Record <pledge-record@localhost>") == ["config.E007"]
    assert said(sender="nobody") == ["config.E007"]
