"""Sources and passages are under the history, and copies never form a circle."""

from django.db import migrations

FORWARDS = """
SELECT history_watch('sources_source', 'r.publication_id IS NOT NULL');
SELECT history_watch(child, 'EXISTS (SELECT FROM sources_source s WHERE s.id = r.source_id AND s.publication_id IS NOT NULL)')
FROM unnest(ARRAY['sources_citedwork', 'sources_passage']::regclass[]) child;

CREATE FUNCTION sources_copies_never_form_a_circle() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        WITH RECURSIVE original(id) AS (
            SELECT NEW.copy_of_id
            UNION
            SELECT s.copy_of_id FROM sources_source s JOIN original ON s.id = original.id WHERE s.copy_of_id IS NOT NULL
        )
        SELECT FROM original WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'A source would be a copy of itself through its copies.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'copies_never_form_a_circle', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION sources_copies_never_form_a_circle() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER copies_never_form_a_circle AFTER INSERT OR UPDATE ON sources_source
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.copy_of_id IS NOT NULL)
EXECUTE FUNCTION sources_copies_never_form_a_circle();
"""

BACKWARDS = """
DROP TRIGGER copies_never_form_a_circle ON sources_source;
DROP FUNCTION sources_copies_never_form_a_circle();
SELECT history_unwatch(t) FROM unnest(ARRAY['sources_source', 'sources_citedwork', 'sources_passage']::regclass[]) t;
"""


class Migration(migrations.Migration):
    dependencies = [("sources", "0001_initial"), ("history", "0002_the_database_writes_the_history")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
