"""What was taken out of a record is found without reading the whole history of a table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("history", "0002_the_database_writes_the_history")]
    operations = [
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(
                fields=["table_name", "id"], condition=models.Q(operation="D"), name="revisions_of_removals"
            ),
        )
    ]
