"""What must always hold on the record and a plain constraint cannot say; and the record under the history."""

from django.db import migrations

UNDER_THE_HISTORY = """
SELECT history_watch(t, 'r.publication_id IS NOT NULL')
FROM unnest(ARRAY['pledges_pledge', 'pledges_round', 'pledges_investment', 'pledges_event', 'pledges_effect',
    'pledges_dispute']::regclass[]) t;

SELECT history_watch('pledges_terms',
    'EXISTS (SELECT FROM pledges_pledge p WHERE p.id = r.pledge_id AND p.publication_id IS NOT NULL)');
SELECT history_watch('pledges_clause',
    'EXISTS (SELECT FROM pledges_terms t JOIN pledges_pledge p ON p.id = t.pledge_id
             WHERE t.id = r.terms_id AND p.publication_id IS NOT NULL)');
SELECT history_watch('pledges_condition',
    'EXISTS (SELECT FROM pledges_pledge p WHERE p.publication_id IS NOT NULL AND p.id = coalesce(r.pledge_id,
             (SELECT t.pledge_id FROM pledges_terms t WHERE t.id = coalesce(r.terms_id,
                 (SELECT c.terms_id FROM pledges_clause c WHERE c.id = r.clause_id)))))');

SELECT history_watch('pledges_coinvestor',
    'EXISTS (SELECT FROM pledges_investment i WHERE i.id = r.investment_id AND i.publication_id IS NOT NULL)');
SELECT history_watch('pledges_claim',
    'EXISTS (SELECT FROM pledges_investment i WHERE i.id = r.investment_id AND i.publication_id IS NOT NULL)
     OR EXISTS (SELECT FROM pledges_round o WHERE o.id = r.round_id AND o.publication_id IS NOT NULL)');

SELECT history_watch(t, 'EXISTS (SELECT FROM pledges_event e WHERE e.id = r.event_id AND e.publication_id IS NOT NULL)')
FROM unnest(ARRAY['pledges_eventcompany', 'pledges_party', 'pledges_amount', 'pledges_eventfollows']::regclass[]) t;

SELECT history_watch('pledges_answer',
    'EXISTS (SELECT FROM pledges_dispute d WHERE d.id = r.dispute_id AND d.publication_id IS NOT NULL)');
SELECT history_watch('pledges_citation',
    'EXISTS (SELECT FROM pledges_event e WHERE e.id = r.event_id AND e.publication_id IS NOT NULL)
     OR EXISTS (SELECT FROM pledges_effect f WHERE f.id = r.effect_id AND f.publication_id IS NOT NULL)
     OR EXISTS (SELECT FROM pledges_claim c
                LEFT JOIN pledges_investment i ON i.id = c.investment_id
                LEFT JOIN pledges_round o ON o.id = c.round_id
                WHERE c.id = r.claim_id AND (i.publication_id IS NOT NULL OR o.publication_id IS NOT NULL))
     OR EXISTS (SELECT FROM pledges_answer a JOIN pledges_dispute d ON d.id = a.dispute_id
                WHERE a.id = r.answer_id AND d.publication_id IS NOT NULL)');

-- Until here a passage was as public as its source. A draft could then not quote a public source: noting the
-- words would already change something public. So it is public where something public quotes it.
SELECT history_unwatch('sources_passage');
SELECT history_watch('sources_passage',
    'EXISTS (SELECT FROM pledges_citation c
             LEFT JOIN pledges_claim k ON k.id = c.claim_id
             LEFT JOIN pledges_answer a ON a.id = c.answer_id
             LEFT JOIN pledges_event e ON e.id = c.event_id
             LEFT JOIN pledges_effect f ON f.id = c.effect_id
             LEFT JOIN pledges_investment i ON i.id = k.investment_id
             LEFT JOIN pledges_round o ON o.id = k.round_id
             LEFT JOIN pledges_dispute d ON d.id = a.dispute_id
             WHERE c.passage_id = r.id AND coalesce(e.publication_id, f.publication_id, i.publication_id,
                                                    o.publication_id, d.publication_id) IS NOT NULL)');
"""

NOT_UNDER_THE_HISTORY = """
SELECT history_unwatch(t) FROM unnest(ARRAY['pledges_pledge', 'pledges_round', 'pledges_investment', 'pledges_event',
    'pledges_effect', 'pledges_dispute', 'pledges_terms', 'pledges_clause', 'pledges_condition', 'pledges_coinvestor',
    'pledges_claim', 'pledges_eventcompany', 'pledges_party', 'pledges_amount', 'pledges_eventfollows',
    'pledges_answer', 'pledges_citation', 'sources_passage']::regclass[]) t;
SELECT history_watch('sources_passage',
    'EXISTS (SELECT FROM sources_source s WHERE s.id = r.source_id AND s.publication_id IS NOT NULL)');
"""

# Words and codes in lists, each named once.
LISTS = """
CREATE FUNCTION pledges_all_match(list text[], pattern text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT NOT EXISTS (SELECT FROM unnest(list) word WHERE word IS NULL OR word !~ pattern)
       AND cardinality(list) = (SELECT count(DISTINCT word) FROM unnest(list) word)
$$;

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['pledges_pledge', 'pledges_terms', 'pledges_clause'] LOOP
        EXECUTE format('ALTER TABLE %I ADD CONSTRAINT technologies_and_audiences_are_words_in_small_letters
            CHECK (pledges_all_match(technologies::text[], ''^[a-z0-9]+(-[a-z0-9]+)*$'')
               AND pledges_all_match(audiences::text[], ''^[a-z0-9]+(-[a-z0-9]+)*$''))', t);
        EXECUTE format('ALTER TABLE %I ADD CONSTRAINT jurisdictions_are_iso_3166_codes_or_eu_or_world
            CHECK (pledges_all_match(jurisdictions::text[], ''^([A-Z]{2}(-[A-Z0-9]{1,3})?|world)$''))', t);
    END LOOP;
END $$;
ALTER TABLE pledges_event ADD CONSTRAINT jurisdictions_are_iso_3166_codes_or_eu_or_world
    CHECK (pledges_all_match(jurisdictions::text[], '^([A-Z]{2}(-[A-Z0-9]{1,3})?|world)$'));

ALTER TABLE pledges_citation ADD CONSTRAINT a_cited_passage_stands_in_the_cited_source
    FOREIGN KEY (passage_id, source_id) REFERENCES sources_passage (id, source_id) DEFERRABLE INITIALLY DEFERRED;
"""

NO_LISTS = """
ALTER TABLE pledges_citation DROP CONSTRAINT a_cited_passage_stands_in_the_cited_source;
ALTER TABLE pledges_event DROP CONSTRAINT jurisdictions_are_iso_3166_codes_or_eu_or_world;
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['pledges_pledge', 'pledges_terms', 'pledges_clause'] LOOP
        EXECUTE format('ALTER TABLE %I DROP CONSTRAINT technologies_and_audiences_are_words_in_small_letters', t);
        EXECUTE format('ALTER TABLE %I DROP CONSTRAINT jurisdictions_are_iso_3166_codes_or_eu_or_world', t);
    END LOOP;
END $$;
DROP FUNCTION pledges_all_match(text[], text);
"""

# Deferred to the end of the transaction, since an entry and its citations are written in several statements.
SOURCED = """
CREATE FUNCTION pledges_refuse(rule text, words text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%', words USING ERRCODE = 'check_violation', CONSTRAINT = rule;
END $$;

-- A reason excuses that no source supports an entry. Some source bears on it all the same.
CREATE FUNCTION pledges_unsupported(what text, slug text, excused boolean) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT format(CASE WHEN excused
        THEN 'The %s "%s" cites no source: the reason given only excuses that none supports it. Cite one that disputes it or gives the context.'
        ELSE 'The %s "%s" cites no source that supports it: add one, or say why none does and cite one that disputes it or gives the context.'
        END, what, slug)
$$;

CREATE FUNCTION pledges_check_event(checked bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE e pledges_event;
BEGIN
    -- A happening that is told as a part of another one now has no effect left to be named after or sourced by:
    -- it is retracted, and then nothing is asked of it any more.
    SELECT * INTO e FROM pledges_event
    WHERE id = checked AND publication_id IS NOT NULL AND (kind <> '' OR retracted_because = '');
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
        PERFORM pledges_refuse('a_public_event_rests_on_a_source',
            pledges_unsupported('event', e.slug, e.no_support IS NOT NULL));
    END IF;
    IF e.kind = '' AND NOT EXISTS (
        SELECT FROM pledges_effect f WHERE f.event_id = e.id AND f.publication_id IS NOT NULL
    ) THEN
        PERFORM pledges_refuse('an_event_without_a_kind_is_named_after_its_effect', format(
            'The event "%s" has neither a kind and title nor an effect to be named after.', e.slug));
    END IF;
    IF EXISTS (SELECT FROM pledges_citation c JOIN sources_source s ON s.id = c.source_id
               WHERE c.event_id = e.id AND s.publication_id IS NULL) THEN
        PERFORM pledges_refuse('what_is_public_rests_on_what_is_public', format(
            'The event "%s" cites a source that is still a draft: publish the source with it.', e.slug));
    END IF;
END $$;

CREATE FUNCTION pledges_check_effect(checked bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE f pledges_effect;
BEGIN
    SELECT * INTO f FROM pledges_effect WHERE id = checked AND publication_id IS NOT NULL;
    IF NOT FOUND THEN RETURN; END IF;
    IF NOT EXISTS (
        SELECT FROM pledges_citation c
        WHERE c.effect_id = f.id AND (c.stance = 'supports' OR f.no_support IS NOT NULL)
    ) THEN
        PERFORM pledges_refuse('a_public_effect_rests_on_a_source',
            pledges_unsupported('effect', f.slug, f.no_support IS NOT NULL));
    END IF;
    IF EXISTS (SELECT FROM pledges_citation c JOIN sources_source s ON s.id = c.source_id
               WHERE c.effect_id = f.id AND s.publication_id IS NULL)
       OR EXISTS (SELECT FROM pledges_event e WHERE e.id = f.event_id AND e.publication_id IS NULL)
       OR EXISTS (SELECT FROM pledges_pledge p WHERE p.id = f.pledge_id AND p.publication_id IS NULL)
       OR EXISTS (SELECT FROM pledges_pledge p WHERE p.id = f.superseded_by_id AND p.publication_id IS NULL)
       OR EXISTS (SELECT FROM pledges_investment i WHERE i.id = f.investment_id AND i.publication_id IS NULL)
    THEN
        PERFORM pledges_refuse('what_is_public_rests_on_what_is_public', format(
            'The effect "%s" is public, but its event, its pledge or investment, or a source that it cites is still a draft.', f.slug));
    END IF;
END $$;

CREATE FUNCTION pledges_check_pledge(checked bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE p pledges_pledge;
BEGIN
    SELECT * INTO p FROM pledges_pledge WHERE id = checked AND publication_id IS NOT NULL;
    IF NOT FOUND THEN RETURN; END IF;
    IF NOT EXISTS (SELECT FROM pledges_effect f
                   WHERE f.pledge_id = p.id AND f.kind = 'made' AND f.publication_id IS NOT NULL) THEN
        PERFORM pledges_refuse('a_public_pledge_was_made', format(
            'The pledge "%s" has no public effect "made": say when it was made, by which source.', p.slug));
    END IF;
    IF NOT EXISTS (SELECT FROM pledges_terms t JOIN pledges_clause c ON c.terms_id = t.id WHERE t.pledge_id = p.id) THEN
        PERFORM pledges_refuse('a_public_pledge_has_terms_with_a_clause', format(
            'The pledge "%s" has no terms with at least one clause: say what was promised.', p.slug));
    END IF;
    IF EXISTS (SELECT FROM companies_company c WHERE c.id = p.company_id AND c.publication_id IS NULL) THEN
        PERFORM pledges_refuse('what_is_public_rests_on_what_is_public', format(
            'The pledge "%s" is public, but its company is still a draft.', p.slug));
    END IF;
END $$;

CREATE FUNCTION pledges_check_investment(checked bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE i pledges_investment;
BEGIN
    SELECT * INTO i FROM pledges_investment WHERE id = checked AND publication_id IS NOT NULL;
    IF NOT FOUND THEN RETURN; END IF;
    IF NOT EXISTS (SELECT FROM pledges_effect f
                   WHERE f.investment_id = i.id AND f.kind = 'invested' AND f.publication_id IS NOT NULL) THEN
        PERFORM pledges_refuse('a_public_investment_was_made', format(
            'The investment "%s" has no public effect "invested": say in which event, by which source.', i.slug));
    END IF;
    IF EXISTS (SELECT FROM companies_company c
               WHERE c.id IN (i.investor_id, i.investee_id, i.through_id) AND c.publication_id IS NULL) THEN
        PERFORM pledges_refuse('what_is_public_rests_on_what_is_public', format(
            'The investment "%s" is public, but a company in it is still a draft.', i.slug));
    END IF;
END $$;

CREATE FUNCTION pledges_check_claim(checked bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE k pledges_claim;
BEGIN
    SELECT c.* INTO k FROM pledges_claim c
    LEFT JOIN pledges_investment i ON i.id = c.investment_id LEFT JOIN pledges_round o ON o.id = c.round_id
    WHERE c.id = checked AND (i.publication_id IS NOT NULL OR o.publication_id IS NOT NULL);
    IF NOT FOUND THEN RETURN; END IF;
    IF NOT EXISTS (SELECT FROM pledges_citation c WHERE c.claim_id = k.id) THEN
        PERFORM pledges_refuse('a_public_claim_rests_on_a_source', format(
            'The claim "%s" cites no source.', k.text));
    END IF;
    IF EXISTS (SELECT FROM pledges_citation c JOIN sources_source s ON s.id = c.source_id
               WHERE c.claim_id = k.id AND s.publication_id IS NULL) THEN
        PERFORM pledges_refuse('what_is_public_rests_on_what_is_public', format(
            'The claim "%s" cites a source that is still a draft.', k.text));
    END IF;
END $$;

CREATE FUNCTION pledges_check_round(checked bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE o pledges_round;
BEGIN
    SELECT * INTO o FROM pledges_round WHERE id = checked AND publication_id IS NOT NULL;
    IF NOT FOUND THEN RETURN; END IF;
    IF NOT EXISTS (SELECT FROM pledges_claim c WHERE c.round_id = o.id) THEN
        PERFORM pledges_refuse('a_public_round_rests_on_a_claim', format(
            'The round "%s" has no claim: say what a source gives as its sum, or that it gives none.', o.slug));
    END IF;
    PERFORM pledges_check_claim(c.id) FROM pledges_claim c WHERE c.round_id = o.id;
END $$;

CREATE FUNCTION pledges_check_answer(checked bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE a pledges_answer;
BEGIN
    SELECT x.* INTO a FROM pledges_answer x JOIN pledges_dispute d ON d.id = x.dispute_id
    WHERE x.id = checked AND d.publication_id IS NOT NULL;
    IF NOT FOUND THEN RETURN; END IF;
    IF NOT EXISTS (SELECT FROM pledges_citation c WHERE c.answer_id = a.id) THEN
        PERFORM pledges_refuse('a_public_answer_rests_on_a_source', format(
            'The answer "%s" cites no source.', a.answer));
    END IF;
    IF EXISTS (SELECT FROM pledges_citation c JOIN sources_source s ON s.id = c.source_id
               WHERE c.answer_id = a.id AND s.publication_id IS NULL) THEN
        PERFORM pledges_refuse('what_is_public_rests_on_what_is_public', format(
            'The answer "%s" cites a source that is still a draft.', a.answer));
    END IF;
END $$;

CREATE FUNCTION pledges_check_dispute(checked bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE d pledges_dispute;
BEGIN
    SELECT * INTO d FROM pledges_dispute WHERE id = checked AND publication_id IS NOT NULL;
    IF NOT FOUND THEN RETURN; END IF;
    IF (SELECT count(*) FROM pledges_answer a WHERE a.dispute_id = d.id) < 2 THEN
        PERFORM pledges_refuse('a_public_dispute_has_two_answers', format(
            'The question "%s" has fewer than two answers: a dispute needs at least two.', d.question));
    END IF;
    PERFORM pledges_check_answer(a.id) FROM pledges_answer a WHERE a.dispute_id = d.id;
    IF EXISTS (SELECT FROM pledges_pledge p WHERE p.id = d.pledge_id AND p.publication_id IS NULL)
       OR EXISTS (SELECT FROM pledges_event e WHERE e.id = d.event_id AND e.publication_id IS NULL)
       OR EXISTS (SELECT FROM pledges_effect f WHERE f.id = d.effect_id AND f.publication_id IS NULL)
       OR EXISTS (SELECT FROM pledges_investment i WHERE i.id = d.investment_id AND i.publication_id IS NULL)
    THEN
        PERFORM pledges_refuse('what_is_public_rests_on_what_is_public', format(
            'The question "%s" is public, but what it is about is still a draft.', d.question));
    END IF;
END $$;

-- Sends a changed row to the checks above; for what was taken away, to those of the row that it belonged to.
CREATE FUNCTION pledges_stays_sourced() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    o jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    n jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    r jsonb;
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'pledges_event' THEN PERFORM pledges_check_event(NEW.id);
    WHEN 'pledges_pledge' THEN PERFORM pledges_check_pledge(NEW.id);
    WHEN 'pledges_investment' THEN PERFORM pledges_check_investment(NEW.id);
    WHEN 'pledges_round' THEN PERFORM pledges_check_round(NEW.id);
    WHEN 'pledges_dispute' THEN PERFORM pledges_check_dispute(NEW.id);
    ELSE
        FOREACH r IN ARRAY ARRAY[o, n] LOOP
            CONTINUE WHEN r IS NULL;
            CASE TG_TABLE_NAME
            WHEN 'pledges_effect' THEN
                PERFORM pledges_check_effect((r->>'id')::bigint);
                PERFORM pledges_check_event((r->>'event_id')::bigint);
                PERFORM pledges_check_pledge((r->>'pledge_id')::bigint);
                PERFORM pledges_check_investment((r->>'investment_id')::bigint);
            WHEN 'pledges_claim' THEN
                PERFORM pledges_check_claim((r->>'id')::bigint);
                PERFORM pledges_check_round((r->>'round_id')::bigint);
            WHEN 'pledges_answer' THEN
                PERFORM pledges_check_answer((r->>'id')::bigint);
                PERFORM pledges_check_dispute((r->>'dispute_id')::bigint);
            WHEN 'pledges_citation' THEN
                PERFORM pledges_check_event((r->>'event_id')::bigint);
                PERFORM pledges_check_effect((r->>'effect_id')::bigint);
                PERFORM pledges_check_event(f.event_id) FROM pledges_effect f WHERE f.id = (r->>'effect_id')::bigint;
                PERFORM pledges_check_claim((r->>'claim_id')::bigint);
                PERFORM pledges_check_answer((r->>'answer_id')::bigint);
            WHEN 'pledges_terms' THEN
                PERFORM pledges_check_pledge((r->>'pledge_id')::bigint);
            WHEN 'pledges_clause' THEN
                PERFORM pledges_check_pledge(t.pledge_id) FROM pledges_terms t WHERE t.id = (r->>'terms_id')::bigint;
            END CASE;
        END LOOP;
    END CASE;
    RETURN NULL;
END $$;

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['pledges_event', 'pledges_pledge', 'pledges_investment', 'pledges_round', 'pledges_dispute'] LOOP
        EXECUTE format('CREATE CONSTRAINT TRIGGER what_is_public_stays_sourced AFTER INSERT OR UPDATE ON %I
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.publication_id IS NOT NULL)
            EXECUTE FUNCTION pledges_stays_sourced()', t);
    END LOOP;
    EXECUTE 'CREATE CONSTRAINT TRIGGER what_is_public_stays_sourced AFTER INSERT OR UPDATE OR DELETE ON pledges_effect
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pledges_stays_sourced()';
    FOREACH t IN ARRAY ARRAY['pledges_claim', 'pledges_answer', 'pledges_terms', 'pledges_clause'] LOOP
        EXECUTE format('CREATE CONSTRAINT TRIGGER what_is_public_stays_sourced AFTER INSERT OR UPDATE OR DELETE ON %I
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pledges_stays_sourced()', t);
    END LOOP;
    EXECUTE 'CREATE CONSTRAINT TRIGGER what_is_public_stays_sourced AFTER INSERT OR UPDATE OR DELETE ON pledges_citation
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pledges_stays_sourced()';
END $$;

-- Once public, for ever on record: an entry is retracted with a reason, it does not become a draft again.
CREATE FUNCTION pledges_published_for_good() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'What was published does not become a draft again: retract it, with a reason.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'what_was_published_stays_on_record', TABLE = TG_TABLE_NAME;
END $$;
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['companies_company', 'sources_source', 'pledges_pledge', 'pledges_round',
        'pledges_investment', 'pledges_event', 'pledges_effect', 'pledges_dispute'] LOOP
        EXECUTE format('CREATE TRIGGER what_was_published_stays_on_record BEFORE UPDATE ON %I FOR EACH ROW
            WHEN (OLD.publication_id IS NOT NULL AND NEW.publication_id IS NULL)
            EXECUTE FUNCTION pledges_published_for_good()', t);
    END LOOP;
END $$;

CREATE FUNCTION pledges_events_never_follow_in_a_circle() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        WITH RECURSIVE before(id) AS (
            SELECT NEW.follows_id
            UNION
            SELECT l.follows_id FROM pledges_eventfollows l JOIN before ON l.event_id = before.id
        )
        SELECT FROM before WHERE id = NEW.event_id
    ) THEN
        PERFORM pledges_refuse('events_never_follow_in_a_circle', 'An event would follow itself through others.');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER events_never_follow_in_a_circle AFTER INSERT OR UPDATE ON pledges_eventfollows
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pledges_events_never_follow_in_a_circle();

-- Terms are introduced by an effect on the same pledge.
CREATE FUNCTION pledges_terms_belong_to_one_pledge() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pledges_effect f WHERE f.id = NEW.introduced_by_id AND f.pledge_id = NEW.pledge_id) THEN
        PERFORM pledges_refuse('terms_are_introduced_by_an_effect_on_their_pledge',
            'Terms are introduced by an effect on their own pledge.');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER terms_are_introduced_by_an_effect_on_their_pledge AFTER INSERT OR UPDATE ON pledges_terms
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pledges_terms_belong_to_one_pledge();
"""

NOT_SOURCED = """
DROP TRIGGER terms_are_introduced_by_an_effect_on_their_pledge ON pledges_terms;
DROP FUNCTION pledges_terms_belong_to_one_pledge();
DROP TRIGGER events_never_follow_in_a_circle ON pledges_eventfollows;
DROP FUNCTION pledges_events_never_follow_in_a_circle();
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['companies_company', 'sources_source', 'pledges_pledge', 'pledges_round',
        'pledges_investment', 'pledges_event', 'pledges_effect', 'pledges_dispute'] LOOP
        EXECUTE format('DROP TRIGGER what_was_published_stays_on_record ON %I', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['pledges_event', 'pledges_pledge', 'pledges_investment', 'pledges_round', 'pledges_dispute',
        'pledges_effect', 'pledges_claim', 'pledges_answer', 'pledges_terms', 'pledges_clause', 'pledges_citation'] LOOP
        EXECUTE format('DROP TRIGGER what_is_public_stays_sourced ON %I', t);
    END LOOP;
END $$;
DROP FUNCTION pledges_published_for_good();
DROP FUNCTION pledges_stays_sourced();
DROP FUNCTION pledges_check_dispute(bigint);
DROP FUNCTION pledges_check_answer(bigint);
DROP FUNCTION pledges_check_round(bigint);
DROP FUNCTION pledges_check_claim(bigint);
DROP FUNCTION pledges_check_investment(bigint);
DROP FUNCTION pledges_check_pledge(bigint);
DROP FUNCTION pledges_check_effect(bigint);
DROP FUNCTION pledges_check_event(bigint);
DROP FUNCTION pledges_unsupported(text, text, boolean);
DROP FUNCTION pledges_refuse(text, text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("pledges", "0001_initial"),
        ("companies", "0002_under_the_history"),
        ("sources", "0002_under_the_history"),
    ]
    operations = [
        migrations.RunSQL(UNDER_THE_HISTORY, NOT_UNDER_THE_HISTORY),
        migrations.RunSQL(LISTS, NO_LISTS),
        migrations.RunSQL(SOURCED, NOT_SOURCED),
    ]
