"""No source takes the address of the ledger of silent edits, or of the schedule of checks at the desk."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sources", "0004_texts_and_copies")]
    operations = [
        migrations.AddConstraint(
            model_name="source",
            constraint=models.CheckConstraint(
                condition=~models.Q(slug__in=["edits", "schedule"]),
                name="a_source_does_not_take_the_address_of_a_page_about_all",
                violation_error_message="“edits” and “schedule” are pages about all sources: choose another.",
            ),
        )
    ]
