"""Revisions are written by the database, for every path: code, admin, shell, COPY, plain SQL.

The functions below belong to the owner's role and run with its rights. The site's role may neither change
nor drop them, nor write the table. They read three transaction-local settings, which only say who, why and
by which publication; none of them can switch anything off.
"""

from django.db import migrations

FORWARDS = r"""
-- What a transaction says about itself before it changes the record.
CREATE FUNCTION history_state(who bigint, why text, publication bigint DEFAULT NULL) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT set_config('record.who', coalesce(who::text, ''), true),
           set_config('record.why', coalesce(why, ''), true),
           set_config('record.publication', coalesce(publication::text, ''), true);
$$;

CREATE FUNCTION history_publication_of_this_transaction() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.transaction := pg_current_xact_id()::text::bigint;
    NEW.at := transaction_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER a_publication_belongs_to_one_transaction BEFORE INSERT ON history_publication
FOR EACH ROW EXECUTE FUNCTION history_publication_of_this_transaction();

-- One row in the history for each row that a statement changed. The argument is an SQL condition on the
-- changed row, named "r": whether it is (part of) something public.
CREATE FUNCTION history_write() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    who bigint := nullif(current_setting('record.who', true), '')::bigint;
    why text := nullif(regexp_replace(current_setting('record.why', true), '^\s+|\s+$', '', 'g'), '');
    publication bigint := nullif(current_setting('record.publication', true), '')::bigint;
    is_public boolean := false;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT FROM changed_to) THEN RETURN NULL; END IF;
    ELSE
        IF NOT EXISTS (SELECT FROM changed_from) THEN RETURN NULL; END IF;
    END IF;

    IF why IS NULL THEN
        RAISE EXCEPTION 'The record is changed only by who says why: SELECT history_state(who, why) first, in the same transaction.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_change_says_who_and_why', TABLE = TG_TABLE_NAME;
    END IF;

    IF publication IS NULL THEN
        IF TG_OP <> 'DELETE' THEN
            EXECUTE format('SELECT EXISTS (SELECT FROM changed_to r WHERE %s)', TG_ARGV[0]) INTO is_public;
        END IF;
        IF TG_OP <> 'INSERT' AND NOT is_public THEN
            EXECUTE format('SELECT EXISTS (SELECT FROM changed_from r WHERE %s)', TG_ARGV[0]) INTO is_public;
        END IF;
        IF is_public THEN
            RAISE EXCEPTION 'What is public changes only by a publication: somebody proposes, somebody else accepts.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'a_public_change_has_a_publication', TABLE = TG_TABLE_NAME;
        END IF;
    ELSIF NOT EXISTS (
        SELECT FROM history_publication
        WHERE id = publication AND transaction = pg_current_xact_id()::text::bigint
    ) THEN
        RAISE EXCEPTION 'Publication % does not belong to this transaction: each covers the one in which it was made.', publication
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_publication_covers_one_transaction', TABLE = TG_TABLE_NAME;
    END IF;

    IF TG_OP = 'DELETE' THEN
        INSERT INTO history_revision (table_name, row_id, operation, at, transaction, who_id, by_role, via, why, publication_id, state)
        SELECT TG_TABLE_NAME, r.id, 'D', transaction_timestamp(), pg_current_xact_id()::text::bigint, who,
               session_user, left(current_setting('application_name', true), 63), why, publication, to_jsonb(r)
        FROM changed_from r;
    ELSE
        INSERT INTO history_revision (table_name, row_id, operation, at, transaction, who_id, by_role, via, why, publication_id, state)
        SELECT TG_TABLE_NAME, r.id, left(TG_OP, 1), transaction_timestamp(), pg_current_xact_id()::text::bigint, who,
               session_user, left(current_setting('application_name', true), 63), why, publication, to_jsonb(r)
        FROM changed_to r;
    END IF;
    RETURN NULL;
END $$;

-- Puts a table under the history. Called by migrations; the owner alone may.
CREATE FUNCTION history_watch(watched regclass, public_if text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER history_of_additions AFTER INSERT ON %s REFERENCING NEW TABLE AS changed_to
                    FOR EACH STATEMENT EXECUTE FUNCTION history_write(%L)', watched, public_if);
    EXECUTE format('CREATE TRIGGER history_of_changes AFTER UPDATE ON %s REFERENCING OLD TABLE AS changed_from NEW TABLE AS changed_to
                    FOR EACH STATEMENT EXECUTE FUNCTION history_write(%L)', watched, public_if);
    EXECUTE format('CREATE TRIGGER history_of_removals AFTER DELETE ON %s REFERENCING OLD TABLE AS changed_from
                    FOR EACH STATEMENT EXECUTE FUNCTION history_write(%L)', watched, public_if);
END $$;

CREATE FUNCTION history_unwatch(watched regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    EXECUTE format('DROP TRIGGER history_of_additions ON %s', watched);
    EXECUTE format('DROP TRIGGER history_of_changes ON %s', watched);
    EXECUTE format('DROP TRIGGER history_of_removals ON %s', watched);
END $$;

REVOKE ALL ON FUNCTION history_unwatch(regclass) FROM PUBLIC;
REVOKE ALL ON FUNCTION history_watch(regclass, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION history_write() FROM PUBLIC;
REVOKE ALL ON FUNCTION history_publication_of_this_transaction() FROM PUBLIC;

-- Nothing in the history is rewritten, not even by mistake under the owner's role.
CREATE FUNCTION history_is_append_only() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'The history is append-only.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'the_history_is_append_only', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER the_history_is_append_only BEFORE UPDATE OR DELETE ON history_revision
FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only();
CREATE TRIGGER the_history_is_append_only BEFORE UPDATE OR DELETE ON history_publication
FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only();
"""

BACKWARDS = """
DROP TRIGGER the_history_is_append_only ON history_publication;
DROP TRIGGER the_history_is_append_only ON history_revision;
DROP TRIGGER a_publication_belongs_to_one_transaction ON history_publication;
DROP FUNCTION history_is_append_only();
DROP FUNCTION history_unwatch(regclass);
DROP FUNCTION history_watch(regclass, text);
DROP FUNCTION history_write();
DROP FUNCTION history_publication_of_this_transaction();
DROP FUNCTION history_state(bigint, text, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("history", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
