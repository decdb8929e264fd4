"""No source takes the address under which the ledger of silent edits is read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sources", "0004_texts_and_copies")]
    operations = [
        migrations.AddConstraint(
            model_name="source",
            constraint=models.CheckConstraint(
                condition=~models.Q(slug="edits"),
                name="a_source_does_not_take_the_address_of_the_ledger",
                violation_error_message="“edits” is the address of the ledger of silent edits: choose another.",
            ),
        )
    ]
