"""A happening that is told as a part of another one now has no effect left to be named after or sourced by.

It is never deleted: it is retracted, and then nothing is asked of it any more.
"""

from django.db import migrations

CHECK = """
CREATE OR REPLACE FUNCTION pledges_check_event(checked bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE e pledges_event;
BEGIN
    SELECT * INTO e FROM pledges_event WHERE id = checked AND publication_id IS NOT NULL%s;
    IF NOT FOUND THEN RETURN; END IF;
    -- Asked in two, each by its index: one question with OR would read every citation there is.
    IF NOT EXISTS (
        SELECT FROM pledges_citation c
        WHERE c.event_id = e.id AND (c.stance = 'supports' OR e.no_support IS NOT NULL)
    ) AND NOT EXISTS (
        SELECT FROM pledges_effect f JOIN pledges_citation c ON c.effect_id = f.id
        WHERE f.event_id = e.id AND f.publication_id IS NOT NULL
          AND (c.stance = 'supports' OR e.no_support IS NOT NULL OR f.no_support IS NOT NULL)
    ) THEN
        PERFORM pledges_refuse('a_public_event_rests_on_a_source', format(
            'The event "%%s" cites no source that supports it: add one, or say why there is none.', e.slug));
    END IF;
    IF e.kind = '' AND NOT EXISTS (
        SELECT FROM pledges_effect f WHERE f.event_id = e.id AND f.publication_id IS NOT NULL
    ) THEN
        PERFORM pledges_refuse('an_event_without_a_kind_is_named_after_its_effect', format(
            'The event "%%s" has neither a kind and title nor an effect to be named after.', e.slug));
    END IF;
    IF EXISTS (SELECT FROM pledges_citation c JOIN sources_source s ON s.id = c.source_id
               WHERE c.event_id = e.id AND s.publication_id IS NULL) THEN
        PERFORM pledges_refuse('what_is_public_rests_on_what_is_public', format(
            'The event "%%s" cites a source that is still a draft: publish the source with it.', e.slug));
    END IF;
END $$;
"""
FORWARDS = CHECK % " AND (kind <> '' OR retracted_because = '')"
BACKWARDS = CHECK % ""


class Migration(migrations.Migration):
    dependencies = [("pledges", "0004_the_planner_knows_what_was_loaded")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
