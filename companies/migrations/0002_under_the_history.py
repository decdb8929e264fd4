"""Companies are under the history, and owners never form a circle."""

from django.db import migrations

FORWARDS = """
SELECT history_watch('companies_company', 'r.publication_id IS NOT NULL');
SELECT history_watch(child, 'EXISTS (SELECT FROM companies_company c WHERE c.id = r.company_id AND c.publication_id IS NOT NULL)')
FROM unnest(ARRAY['companies_companyname', 'companies_ownership', 'companies_identifier']::regclass[]) child;

CREATE FUNCTION companies_owners_never_form_a_circle() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        WITH RECURSIVE above(id) AS (
            SELECT NEW.owner_id
            UNION
            SELECT o.owner_id FROM companies_ownership o JOIN above ON o.company_id = above.id WHERE o.until IS NULL
        )
        SELECT FROM above WHERE id = NEW.company_id
    ) THEN
        RAISE EXCEPTION 'A company would own itself through the companies that it owns.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'owners_never_form_a_circle', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION companies_owners_never_form_a_circle() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER owners_never_form_a_circle AFTER INSERT OR UPDATE ON companies_ownership
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.until IS NULL)
EXECUTE FUNCTION companies_owners_never_form_a_circle();
"""

BACKWARDS = """
DROP TRIGGER owners_never_form_a_circle ON companies_ownership;
DROP FUNCTION companies_owners_never_form_a_circle();
SELECT history_unwatch(t) FROM unnest(ARRAY['companies_company', 'companies_companyname', 'companies_ownership',
    'companies_identifier']::regclass[]) t;
"""


class Migration(migrations.Migration):
    dependencies = [("companies", "0001_initial"), ("history", "0002_the_database_writes_the_history")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
