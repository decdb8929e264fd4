"""What pages say and said, what became of quoted words, captures in a chain, and what archives are asked."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = """
-- What a capture is, and its place in the chain, is never changed; the chain is verified by a command.
CREATE FUNCTION sources_captures_stay() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.file IS NULL OR (NEW.source_id, NEW.kind, NEW.url, NEW.captured_at, NEW.digest, NEW.file, NEW.file_digest,
        NEW.bytes, NEW.media_type, NEW.link_number, NEW.link_before, NEW.link_digest) IS NOT DISTINCT FROM
        (OLD.source_id, OLD.kind, OLD.url, OLD.captured_at, OLD.digest, OLD.file, OLD.file_digest,
        OLD.bytes, OLD.media_type, OLD.link_number, OLD.link_before, OLD.link_digest) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A capture is never changed: make another.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'captures_stay', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER captures_stay BEFORE UPDATE ON sources_snapshot
FOR EACH ROW EXECUTE FUNCTION sources_captures_stay();

CREATE TRIGGER what_was_seen_stays BEFORE UPDATE OR DELETE ON sources_passageevent
FOR EACH ROW EXECUTE FUNCTION sources_what_was_seen_stays();

-- A text, once read, is not rewritten; only until when it was seen, and where its capture lies, come later.
CREATE FUNCTION sources_texts_stay() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.source_id, NEW.seen_from, NEW.text, NEW.digest) IS NOT DISTINCT FROM
       (OLD.source_id, OLD.seen_from, OLD.text, OLD.digest) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'What a page said is never changed: add another version.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'texts_stay', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER texts_stay BEFORE UPDATE ON sources_textversion
FOR EACH ROW EXECUTE FUNCTION sources_texts_stay();

-- Counts the checks of a month again from the checks that are there. Safe to repeat.
CREATE FUNCTION sources_tally_checks(of_month date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    first_day timestamptz := date_trunc('month', of_month::timestamp) AT TIME ZONE 'UTC';
    following timestamptz := (date_trunc('month', of_month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
    counted bigint;
BEGIN
    INSERT INTO public.sources_checktally AS t
        (source_id, month, checks, alive, failing, refused, not_counted, wire_bytes, elapsed_ms)
    SELECT source_id, date_trunc('month', of_month::timestamp)::date, count(*),
        count(*) FILTER (WHERE outcome IN (1, 2, 3, 4, 5, 17)),
        count(*) FILTER (WHERE outcome IN (6, 7, 8, 12, 13, 14, 16)),
        count(*) FILTER (WHERE outcome NOT IN (1, 2, 3, 4, 5, 17, 6, 7, 8, 12, 13, 14, 16)),
        count(*) FILTER (WHERE discarded <> 0), sum(wire_bytes), sum(elapsed_ms)
    FROM public.sources_linkcheck WHERE slot >= first_day AND slot < following
    GROUP BY source_id
    ON CONFLICT (source_id, month) DO UPDATE SET checks = excluded.checks, alive = excluded.alive,
        failing = excluded.failing, refused = excluded.refused, not_counted = excluded.not_counted,
        wire_bytes = excluded.wire_bytes, elapsed_ms = excluded.elapsed_ms
    WHERE t.checks < excluded.checks;
    GET DIAGNOSTICS counted = ROW_COUNT;
    RETURN counted;
END $$;

-- The site's role owns no table and so can drop none; this lets months go that are wholly older than 90 days.
CREATE FUNCTION sources_let_checks_go(before_day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    part record;
    dropped integer := 0;
BEGIN
    IF before_day > (now() AT TIME ZONE 'UTC')::date - 90 THEN
        RAISE EXCEPTION 'Checks are kept for 90 days; % is too late a day.', before_day;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('sources_make_check_partitions'));
    FOR part IN
        SELECT c.relname, to_date(substring(c.relname FROM '\\d{4}_\\d{2}$'), 'YYYY_MM') AS month
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.sources_linkcheck'::regclass ORDER BY 2
    LOOP
        CONTINUE WHEN part.month + interval '1 month' > before_day;
        PERFORM public.sources_tally_checks(part.month);
        EXECUTE format('DROP TABLE public.%I', part.relname);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $$;
"""

SQL_BACK = """
DROP FUNCTION sources_let_checks_go(date);
DROP FUNCTION sources_tally_checks(date);
DROP TRIGGER texts_stay ON sources_textversion;
DROP FUNCTION sources_texts_stay();
DROP TRIGGER what_was_seen_stays ON sources_passageevent;
DROP TRIGGER captures_stay ON sources_snapshot;
DROP FUNCTION sources_captures_stay();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sources", "0003_link_care"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ArchiveJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("look-up", "look for the copy nearest to a day"),
                            ("save", "have a copy made"),
                            ("verify", "see whether a copy is still there"),
                        ],
                        max_length=7,
                    ),
                ),
                ("near", models.DateField(help_text="The day for which a copy is looked for.", null=True)),
                ("asked_at", models.DateTimeField(help_text="When somebody first wanted it.")),
                ("due_at", models.DateTimeField()),
                ("leased_until", models.DateTimeField(null=True)),
                ("tries", models.SmallIntegerField(default=0)),
                (
                    "ticket",
                    models.JSONField(help_text="What the archive gave for a copy that it is making.", null=True),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                ("said", models.TextField(blank=True, default="", help_text="How it ended, or why not yet.")),
            ],
        ),
        migrations.CreateModel(
            name="CheckTally",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "source_id", "month", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="check_tallies",
                        to="sources.source",
                    ),
                ),
                ("month", models.DateField(help_text="Its first day.")),
                ("checks", models.IntegerField()),
                ("alive", models.IntegerField()),
                ("failing", models.IntegerField()),
                ("refused", models.IntegerField(help_text="Blocked, limited, or not to be asked.")),
                ("not_counted", models.IntegerField(help_text="Failures that were our own line's or a whole host's.")),
                ("wire_bytes", models.BigIntegerField()),
                ("elapsed_ms", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="PassageEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "before",
                    models.CharField(
                        choices=[
                            ("present", "stands word for word"),
                            ("altered", "stands there in other words"),
                            ("missing", "is no longer there"),
                            ("unreadable", "could not be looked for"),
                        ],
                        max_length=10,
                        null=True,
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("present", "stands word for word"),
                            ("altered", "stands there in other words"),
                            ("missing", "is no longer there"),
                            ("unreadable", "could not be looked for"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(blank=True, default="")),
                (
                    "weighty",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PassageState",
            fields=[
                (
                    "passage",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="state",
                        serialize=False,
                        to="sources.passage",
                    ),
                ),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("present", "stands word for word"),
                            ("altered", "stands there in other words"),
                            ("missing", "is no longer there"),
                            ("unreadable", "could not be looked for"),
                        ],
                        max_length=10,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("last_looked_at", models.DateTimeField()),
                ("last_present_at", models.DateTimeField(null=True, verbose_name="last seen word for word")),
                ("text", models.TextField(blank=True, default="", help_text="What stands there instead.")),
                ("score", models.FloatField(default=0)),
                (
                    "weighty",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        default=list,
                        help_text="Words of negation, time or scope that came or went.",
                        size=None,
                    ),
                ),
                (
                    "context_changed",
                    models.BooleanField(default=False, help_text="The words right before or after it changed."),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SilentEdit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("edited", "edited"),
                            ("rewritten", "rewritten"),
                            ("replaced", "replaced by another text"),
                            ("removed", "removed"),
                        ],
                        max_length=9,
                    ),
                ),
                ("last_seen_before", models.DateTimeField()),
                ("first_seen_after", models.DateTimeField()),
                (
                    "changes",
                    models.JSONField(
                        default=list,
                        help_text="The sentences that went and those that came: pairs of texts, either may be empty.",
                    ),
                ),
                (
                    "weighty",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("quotations", models.SmallIntegerField(default=0, help_text="How many quoted passages it touched.")),
                ("restored_at", models.DateTimeField(help_text="When the earlier text stood there again.", null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "withdrawn_because",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Why an editor took it from the ledger: it was no change of the page's text.",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TextVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen_from", models.DateTimeField(help_text="The first check that read it.")),
                (
                    "seen_until",
                    models.DateTimeField(help_text="The last check that read it; empty while it stands.", null=True),
                ),
                ("title", models.TextField(blank=True, default="")),
                ("language", models.CharField(max_length=35, null=True)),
                ("text", models.TextField()),
                ("digest", models.BigIntegerField()),
                ("words", models.IntegerField()),
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
                        default=0,
                        help_text="From the version before it.",
                    ),
                ),
                (
                    "fingerprints",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        help_text="By which copies of it are found.",
                        size=None,
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="snapshot",
            name="an_archived_copy_is_on_record_once",
        ),
        migrations.RemoveConstraint(
            model_name="snapshot",
            name="a_copy_in_a_public_archive_has_an_address",
        ),
        migrations.AddField(
            model_name="host",
            name="crawl_delay",
            field=models.FloatField(help_text="Seconds between two requests, by its robots.txt.", null=True),
        ),
        migrations.AddField(
            model_name="host",
            name="robots",
            field=models.JSONField(default=dict, help_text="robots.txt as last read, by origin: its text and when."),
        ),
        migrations.AddField(
            model_name="linkstate",
            name="drift",
            field=models.SmallIntegerField(
                choices=[
                    (0, "the same words"),
                    (1, "minor changes"),
                    (2, "edited"),
                    (3, "rewritten"),
                    (4, "replaced"),
                ],
                help_text="Of that body, from the accepted text.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="linkstate",
            name="text_digest",
            field=models.BigIntegerField(help_text="The same of the main text that was read last.", null=True),
        ),
        migrations.AddField(
            model_name="linkstate",
            name="text_seen_at",
            field=models.DateTimeField(help_text="When the page last showed that text.", null=True),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="archive",
            field=models.CharField(blank=True, default="", help_text="Which archive holds it.", max_length=60),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="bytes",
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="file",
            field=models.TextField(
                blank=True, editable=False, help_text="Its name in the store of captures.", null=True
            ),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="file_digest",
            field=models.CharField(
                blank=True, editable=False, max_length=64, null=True, verbose_name="SHA-256 of the file"
            ),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="link_before",
            field=models.CharField(
                editable=False, max_length=64, null=True, verbose_name="digest of the link before it"
            ),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="link_digest",
            field=models.CharField(
                editable=False, max_length=64, null=True, verbose_name="digest of the chain up to it"
            ),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="link_number",
            field=models.BigIntegerField(editable=False, help_text="Its place in the chain.", null=True, unique=True),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="lost_at",
            field=models.DateTimeField(blank=True, help_text="When the archive no longer had it.", null=True),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="media_type",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="near",
            field=models.DateField(blank=True, help_text="The day for which a copy was looked for.", null=True),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="quotations_asked",
            field=models.SmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="quotations_found",
            field=models.SmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="uploaded_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="verified_at",
            field=models.DateTimeField(blank=True, help_text="When the archive last gave it out again.", null=True),
        ),
        migrations.AlterField(
            model_name="finding",
            name="kind",
            field=models.CharField(
                choices=[
                    ("dead", "the page is gone"),
                    ("answers-again", "a lost address answers again with something else"),
                    ("moved", "the page has moved for good"),
                    ("hijacked", "another party holds the address"),
                    ("refused", "the address may not be asked for"),
                    ("wrong-type", "the page became a log-in or a file of another kind"),
                    ("quotation", "a quotation no longer stands on the page"),
                    ("changed", "the page says something else"),
                    ("silent-edit", "a company changed or removed its own page"),
                    ("stuck", "the check itself failed"),
                ],
                max_length=13,
            ),
        ),
        migrations.AlterField(
            model_name="snapshot",
            name="kind",
            field=models.CharField(
                choices=[
                    ("own", "our own capture"),
                    ("upload", "a file that an editor gave"),
                    ("memento", "a copy in a public archive"),
                ],
                max_length=7,
            ),
        ),
        migrations.AddConstraint(
            model_name="snapshot",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "memento")),
                fields=("source", "url"),
                name="an_archived_copy_is_on_record_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="snapshot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "memento"), _negated=True), ("url__iregex", "^https?://[^\\s/]"), _connector="OR"
                ),
                name="a_copy_in_a_public_archive_has_an_address",
            ),
        ),
        migrations.AddConstraint(
            model_name="snapshot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("file", None), ("link_digest", None), ("link_number", None)),
                    models.Q(
                        ("bytes__gt", 0),
                        ("file__isnull", False),
                        ("file_digest__regex", "^[0-9a-f]{64}$"),
                        ("link_digest__regex", "^[0-9a-f]{64}$"),
                        ("link_number__gt", 0),
                    ),
                    _connector="OR",
                ),
                name="a_copy_with_a_file_is_in_the_chain",
            ),
        ),
        migrations.AddConstraint(
            model_name="snapshot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "upload"), _negated=True),
                    models.Q(("file__isnull", False), ("uploaded_by__isnull", False)),
                    _connector="OR",
                ),
                name="an_upload_says_who_gave_it",
            ),
        ),
        migrations.AddField(
            model_name="archivejob",
            name="snapshot",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="archive_jobs",
                to="sources.snapshot",
            ),
        ),
        migrations.AddField(
            model_name="archivejob",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="archive_jobs", to="sources.source"
            ),
        ),
        migrations.AddField(
            model_name="passageevent",
            name="passage",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="events", to="sources.passage"
            ),
        ),
        migrations.AddField(
            model_name="silentedit",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="silent_edits", to="sources.source"
            ),
        ),
        migrations.AddField(
            model_name="textversion",
            name="snapshot",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="text_versions",
                to="sources.snapshot",
            ),
        ),
        migrations.AddField(
            model_name="textversion",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="text_versions", to="sources.source"
            ),
        ),
        migrations.AddField(
            model_name="silentedit",
            name="after",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sources.textversion"
            ),
        ),
        migrations.AddField(
            model_name="silentedit",
            name="before",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sources.textversion"
            ),
        ),
        migrations.AddField(
            model_name="linkstate",
            name="baseline",
            field=models.ForeignKey(
                help_text="The text that the page is held against: the first one read, or the last that a person accepted.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="sources.textversion",
            ),
        ),
        migrations.AddIndex(
            model_name="archivejob",
            index=models.Index(
                condition=models.Q(("ended_at", None)), fields=["due_at"], name="archive_jobs_that_fall_due"
            ),
        ),
        migrations.AddIndex(
            model_name="archivejob",
            index=models.Index(fields=["source", "kind", "-asked_at"], name="archive_jobs_of_a_source"),
        ),
        migrations.AddConstraint(
            model_name="archivejob",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("source", "kind", "near", "snapshot"),
                name="an_archive_is_asked_once_at_a_time",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="passageevent",
            index=models.Index(fields=["passage", "-at"], name="passage_events_of_a_passage"),
        ),
        migrations.AddIndex(
            model_name="textversion",
            index=models.Index(fields=["source", "-seen_from"], name="text_versions_of_a_source"),
        ),
        migrations.AddIndex(
            model_name="textversion",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["fingerprints"], name="text_versions_by_fingerprint"
            ),
        ),
        migrations.AddConstraint(
            model_name="textversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("seen_until", None), ("seen_until__gte", models.F("seen_from")), _connector="OR"),
                name="a_text_is_seen_until_after_it_is_seen_from",
            ),
        ),
        migrations.AddIndex(
            model_name="silentedit",
            index=models.Index(fields=["-first_seen_after", "-id"], name="silent_edits_newest_first"),
        ),
        migrations.AddConstraint(
            model_name="silentedit",
            constraint=models.UniqueConstraint(
                fields=("source", "first_seen_after"), name="a_silent_edit_is_listed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="silentedit",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_seen_before__lte", models.F("first_seen_after"))),
                name="a_silent_edit_has_a_window_of_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="silentedit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("after", None), ("kind", "removed")),
                    models.Q(models.Q(("kind", "removed"), _negated=True), ("after__isnull", False)),
                    _connector="OR",
                ),
                name="a_removal_has_no_text_after_it_and_every_other_edit_has",
            ),
        ),
        migrations.AddConstraint(
            model_name="silentedit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at", None), ("withdrawn_because", "")),
                    models.Q(
                        ("withdrawn_at__isnull", False),
                        models.Q(("withdrawn_because__regex", "^\\s*$"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_withdrawn_edit_says_when_and_why",
            ),
        ),
        migrations.RunSQL(SQL, SQL_BACK),
    ]
