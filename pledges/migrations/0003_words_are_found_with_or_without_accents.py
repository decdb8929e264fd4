"""The text search by which events are found: English stems, and letters with or without their accents."""

from django.db import migrations

FORWARDS = """
CREATE TEXT SEARCH CONFIGURATION record_search (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION record_search
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
"""
BACKWARDS = "DROP TEXT SEARCH CONFIGURATION record_search;"


class Migration(migrations.Migration):
    dependencies = [("pledges", "0002_what_must_always_hold"), ("companies", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
