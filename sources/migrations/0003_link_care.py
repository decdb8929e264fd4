"""What is known of each source's address, what each check saw, and what follows for a person."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Django cannot make a partitioned table. One partition holds the checks of a month, so that raw rows are let go
# by dropping a table, not by deleting rows. Columns are in an order that leaves no gaps: 8 bytes, 4 bytes, 2 bytes.
CHECKS = """
CREATE TABLE sources_linkcheck (
    source_id bigint NOT NULL REFERENCES sources_source,
    slot timestamptz NOT NULL,
    digest bigint,
    late_seconds integer NOT NULL,
    elapsed_ms integer NOT NULL,
    wire_bytes integer NOT NULL,
    outcome smallint NOT NULL,
    status smallint,
    hops smallint NOT NULL,
    likeness smallint NOT NULL,
    discarded smallint NOT NULL,
    drift smallint,
    PRIMARY KEY (source_id, slot)
) PARTITION BY RANGE (slot);

-- The site's role owns no table and so can make none of these; this function does it for the site, and no more.
CREATE FUNCTION sources_make_check_partitions(first_day date, last_day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    month timestamp := date_trunc('month', first_day::timestamp);
    made integer := 0;
    name text;
BEGIN
    IF last_day > first_day + 3700 THEN
        RAISE EXCEPTION 'Partitions are made for ten years at most; % to % is more.', first_day, last_day;
    END IF;
    WHILE month <= last_day LOOP
        name := 'sources_linkcheck_' || to_char(month, 'YYYY_MM');
        IF to_regclass('public.' || name) IS NULL THEN
            -- Two workers may come here at once; one makes it, the other finds it made.
            PERFORM pg_advisory_xact_lock(hashtext('sources_make_check_partitions'));
            IF to_regclass('public.' || name) IS NULL THEN
                EXECUTE format('CREATE TABLE public.%I PARTITION OF public.sources_linkcheck FOR VALUES FROM (%L) TO (%L)',
                               name, to_char(month, 'YYYY-MM-DD') || ' 00:00+00',
                               to_char(month + interval '1 month', 'YYYY-MM-DD') || ' 00:00+00');
                made := made + 1;
            END IF;
        END IF;
        month := month + interval '1 month';
    END LOOP;
    RETURN made;
END $$;
SELECT sources_make_check_partitions((now() - interval '1 month')::date, (now() + interval '3 months')::date);

CREATE FUNCTION sources_what_was_seen_stays() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'What a check saw is never changed or taken out: add another row.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'what_was_seen_stays', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER what_was_seen_stays BEFORE UPDATE OR DELETE ON sources_linkcheck
FOR EACH ROW EXECUTE FUNCTION sources_what_was_seen_stays();

CREATE SEQUENCE sources_lease;
"""

CHECKS_BACK = """
DROP SEQUENCE sources_lease;
DROP TABLE sources_linkcheck;
DROP FUNCTION sources_what_was_seen_stays();
DROP FUNCTION sources_make_check_partitions(date, date);
"""

STATE_CHANGES = """
CREATE TRIGGER what_was_seen_stays BEFORE UPDATE OR DELETE ON sources_statechange
FOR EACH ROW EXECUTE FUNCTION sources_what_was_seen_stays();
"""

# Leasing changes no column that is indexed but a host's. With room left on its page a new state of a row needs no new
# entry in any index (a heap-only update): measured, leasing 500 sources takes a third of the time.
ROOM = """
ALTER TABLE sources_linkstate SET (fillfactor = 75);
ALTER TABLE sources_host SET (fillfactor = 75);
"""
ROOM_BACK = """
ALTER TABLE sources_linkstate RESET (fillfactor);
ALTER TABLE sources_host RESET (fillfactor);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sources", "0002_under_the_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Host",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.TextField(unique=True)),
                (
                    "due_at",
                    models.DateTimeField(help_text="When the first of its sources may be asked for.", null=True),
                ),
                ("lease", models.BigIntegerField(default=0)),
                ("leased_until", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                (
                    "resume_at",
                    models.DateTimeField(help_text="Not to be asked before, by its own word or by ours.", null=True),
                ),
                ("backoff_seconds", models.IntegerField(default=0)),
                (
                    "frozen_until",
                    models.DateTimeField(help_text="The whole host was failing: no strikes until then.", null=True),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("leased_until", None)), fields=["due_at", "id"], name="hosts_that_fall_due"
                    ),
                    models.Index(
                        condition=models.Q(("leased_until", None), _negated=True),
                        fields=["leased_until"],
                        name="hosts_that_are_leased",
                    ),
                ],
            },
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CHECKS, CHECKS_BACK)],
            state_operations=[
                migrations.CreateModel(
                    name="LinkCheck",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "source_id", "slot", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("slot", models.DateTimeField(help_text="When it was due.")),
                        ("digest", models.BigIntegerField(null=True)),
                        (
                            "late_seconds",
                            models.IntegerField(help_text="Whole seconds from then until it was made."),
                        ),
                        ("elapsed_ms", models.IntegerField()),
                        ("wire_bytes", models.IntegerField()),
                        (
                            "outcome",
                            models.SmallIntegerField(
                                choices=[
                                    (1, "ok"),
                                    (2, "not_modified"),
                                    (3, "ok_moved"),
                                    (4, "ok_temp"),
                                    (5, "paywalled"),
                                    (6, "gone"),
                                    (7, "home_redirect"),
                                    (8, "soft404"),
                                    (9, "usurped"),
                                    (10, "blocked"),
                                    (11, "rate_limited"),
                                    (12, "server_error"),
                                    (13, "dns_gone"),
                                    (14, "dns_temp"),
                                    (15, "tls_problem"),
                                    (16, "redirect_loop"),
                                    (17, "too_big"),
                                    (18, "wrong_type"),
                                    (19, "unsafe"),
                                    (20, "unsupported"),
                                ]
                            ),
                        ),
                        ("status", models.SmallIntegerField(null=True)),
                        ("hops", models.SmallIntegerField()),
                        (
                            "likeness",
                            models.SmallIntegerField(
                                choices=[
                                    (0, "not told"),
                                    (1, "the same page, or the quotation stands in it"),
                                    (2, "another text"),
                                ]
                            ),
                        ),
                        (
                            "discarded",
                            models.SmallIntegerField(
                                choices=[
                                    (0, "counted"),
                                    (1, "our own line was failing"),
                                    (2, "the whole host was failing"),
                                ],
                                default=0,
                            ),
                        ),
                        (
                            "drift",
                            models.SmallIntegerField(
                                choices=[
                                    (0, "the same words"),
                                    (1, "minor changes"),
                                    (2, "edited"),
                                    (3, "rewritten"),
                                    (4, "replaced"),
                                ],
                                help_text="From the accepted text; empty: not told.",
                                null=True,
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="link_checks",
                                to="sources.source",
                            ),
                        ),
                    ],
                ),
            ],
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("dead", "the page is gone"),
                            ("answers-again", "a lost address answers again with something else"),
                            ("moved", "the page has moved for good"),
                            ("hijacked", "another party holds the address"),
                            ("refused", "the address may not be asked for"),
                            ("wrong-type", "the page became a log-in or a file of another kind"),
                            ("quotation", "a quotation no longer stands on the page"),
                            ("stuck", "the check itself failed"),
                        ],
                        max_length=13,
                    ),
                ),
                ("detail", models.TextField(blank=True, default="")),
                ("evidence", models.JSONField(default=dict)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_because", models.TextField(blank=True, default="")),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "passage",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="sources.passage",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="findings", to="sources.source"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at", None)), fields=["kind", "opened_at"], name="open_findings"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("source", "kind", "passage"),
                        name="a_finding_is_open_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at", None),
                            models.Q(("closed_because__regex", "^\\s*$"), _negated=True),
                            _connector="OR",
                        ),
                        name="a_closed_finding_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LinkState",
            fields=[
                (
                    "source",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="link_state",
                        serialize=False,
                        to="sources.source",
                    ),
                ),
                (
                    "watched",
                    models.UUIDField(editable=False, help_text="Digest of the address that all of this is about."),
                ),
                (
                    "own_page",
                    models.BooleanField(default=False, help_text="A company's own page that holds a quotation."),
                ),
                ("enrolled_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unchecked", "not checked yet"),
                            ("live", "works"),
                            ("suspect", "failing"),
                            ("dead", "dead"),
                            ("unverifiable", "cannot be checked"),
                            ("exempt", "not checked"),
                        ],
                        default="unchecked",
                        max_length=12,
                    ),
                ),
                ("since", models.DateTimeField(null=True)),
                ("moved", models.BooleanField(default=False)),
                ("changed", models.BooleanField(default=False)),
                ("hijacked", models.BooleanField(default=False)),
                ("tls_problem", models.BooleanField(default=False, verbose_name="TLS problem")),
                ("has_archive", models.BooleanField(default=False, help_text="A public archive holds a copy.")),
                (
                    "override_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unchecked", "not checked yet"),
                            ("live", "works"),
                            ("suspect", "failing"),
                            ("dead", "dead"),
                            ("unverifiable", "cannot be checked"),
                            ("exempt", "not checked"),
                        ],
                        max_length=12,
                        null=True,
                    ),
                ),
                ("override_until", models.DateTimeField(blank=True, null=True)),
                ("override_because", models.TextField(blank=True, default="")),
                (
                    "hard_strikes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateTimeField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "removals",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateTimeField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "soft_strikes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateTimeField(), blank=True, default=list, size=None
                    ),
                ),
                ("blocked_since", models.DateTimeField(null=True)),
                ("moved_to", models.TextField(null=True)),
                ("moved_sightings", models.SmallIntegerField(default=0)),
                ("streak", models.SmallIntegerField(default=0)),
                ("last_ok_at", models.DateTimeField(null=True)),
                ("last_checked_at", models.DateTimeField(null=True)),
                (
                    "last_outcome",
                    models.SmallIntegerField(
                        choices=[
                            (1, "ok"),
                            (2, "not_modified"),
                            (3, "ok_moved"),
                            (4, "ok_temp"),
                            (5, "paywalled"),
                            (6, "gone"),
                            (7, "home_redirect"),
                            (8, "soft404"),
                            (9, "usurped"),
                            (10, "blocked"),
                            (11, "rate_limited"),
                            (12, "server_error"),
                            (13, "dns_gone"),
                            (14, "dns_temp"),
                            (15, "tls_problem"),
                            (16, "redirect_loop"),
                            (17, "too_big"),
                            (18, "wrong_type"),
                            (19, "unsafe"),
                            (20, "unsupported"),
                        ],
                        null=True,
                    ),
                ),
                ("last_status", models.SmallIntegerField(null=True)),
                ("last_by_network", models.BooleanField(default=False)),
                ("last_reason", models.TextField(blank=True, default="")),
                ("etag", models.TextField(null=True)),
                ("last_modified", models.TextField(null=True)),
                (
                    "digest",
                    models.BigIntegerField(
                        help_text="First eight bytes of the SHA-256 of the last good body.", null=True
                    ),
                ),
                ("due_at", models.DateTimeField(help_text="Empty: not to be checked.", null=True)),
                ("lease", models.BigIntegerField(null=True)),
                ("tries", models.SmallIntegerField(default=0, help_text="Checks begun since the last one that ended.")),
                (
                    "host",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="link_states",
                        to="sources.host",
                    ),
                ),
                (
                    "overridden_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["host", "due_at"], name="sources_due_by_host"),
                    models.Index(fields=["last_checked_at"], name="sources_by_last_check"),
                    models.Index(fields=["state", "source"], name="sources_by_link_state"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("override_state", None),
                            models.Q(
                                ("override_until__isnull", False),
                                models.Q(("override_because__regex", "^\\s*$"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="an_overridden_state_says_until_when_and_why",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("own", "our own capture"), ("memento", "a copy in a public archive")], max_length=7
                    ),
                ),
                ("url", models.TextField(blank=True, null=True, verbose_name="address")),
                ("captured_at", models.DateTimeField()),
                ("digest", models.CharField(blank=True, max_length=64, null=True, verbose_name="SHA-256 of the body")),
                ("note", models.TextField(blank=True, default="")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="snapshots", to="sources.source"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["source", "captured_at"], name="snapshots_of_a_source")],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "url"), name="an_archived_copy_is_on_record_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "own"), ("url__iregex", "^https?://[^\\s/]"), _connector="OR"),
                        name="a_copy_in_a_public_archive_has_an_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "memento"), ("digest__regex", "^[0-9a-f]{64}$"), _connector="OR"),
                        name="a_copy_of_our_own_has_a_digest",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StateChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "before",
                    models.CharField(
                        choices=[
                            ("unchecked", "not checked yet"),
                            ("live", "works"),
                            ("suspect", "failing"),
                            ("dead", "dead"),
                            ("unverifiable", "cannot be checked"),
                            ("exempt", "not checked"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("unchecked", "not checked yet"),
                            ("live", "works"),
                            ("suspect", "failing"),
                            ("dead", "dead"),
                            ("unverifiable", "cannot be checked"),
                            ("exempt", "not checked"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=11),
                        default=list,
                        help_text="The flags that stood after it.",
                        size=None,
                    ),
                ),
                ("reason", models.TextField()),
                (
                    "outcome",
                    models.SmallIntegerField(
                        choices=[
                            (1, "ok"),
                            (2, "not_modified"),
                            (3, "ok_moved"),
                            (4, "ok_temp"),
                            (5, "paywalled"),
                            (6, "gone"),
                            (7, "home_redirect"),
                            (8, "soft404"),
                            (9, "usurped"),
                            (10, "blocked"),
                            (11, "rate_limited"),
                            (12, "server_error"),
                            (13, "dns_gone"),
                            (14, "dns_temp"),
                            (15, "tls_problem"),
                            (16, "redirect_loop"),
                            (17, "too_big"),
                            (18, "wrong_type"),
                            (19, "unsafe"),
                            (20, "unsupported"),
                        ],
                        null=True,
                    ),
                ),
                ("evidence", models.JSONField(default=dict)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="state_changes", to="sources.source"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["source", "-at"], name="state_changes_of_a_source")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="a_change_of_state_says_why"
                    )
                ],
            },
        ),
        migrations.RunSQL(ROOM, ROOM_BACK),
        migrations.RunSQL(STATE_CHANGES, "DROP TRIGGER what_was_seen_stays ON sources_statechange;"),
    ]
