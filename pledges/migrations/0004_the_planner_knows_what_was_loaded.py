"""After a large load PostgreSQL plans by what is there now, not by what autovacuum saw last.

The site's role owns no table and may not ANALYZE; this function does that and nothing else, with the owner's rights.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION pledges_take_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE t regclass;
BEGIN
    FOR t IN SELECT oid FROM pg_class
             WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relowner = current_user::regrole
               AND relname ~ '^(companies|sources|pledges|history)_'
    LOOP
        EXECUTE format('ANALYZE %s', t);
    END LOOP;
END $$;
"""
BACKWARDS = "DROP FUNCTION pledges_take_statistics();"


class Migration(migrations.Migration):
    dependencies = [("pledges", "0003_words_are_found_with_or_without_accents")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
