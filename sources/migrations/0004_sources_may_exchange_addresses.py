"""Whether an address is on record once is asked when a statement ends, not after each of its rows.

So one statement may give two sources each the address of the other.
"""

from django.db import migrations, models

NAME = "an_address_is_on_record_once"


class Migration(migrations.Migration):
    dependencies = [("sources", "0003_link_care")]
    operations = [
        migrations.RemoveConstraint("source", NAME),
        migrations.AddConstraint(
            "source",
            models.UniqueConstraint(fields=["identity_key"], name=NAME, deferrable=models.Deferrable.IMMEDIATE),
        ),
    ]
