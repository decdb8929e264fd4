from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("companies", "0002_under_the_history")]
    operations = [
        migrations.AddConstraint(
            model_name="company",
            constraint=models.CheckConstraint(
                condition=~models.Q(slug="compare"),
                name="a_company_does_not_take_the_address_of_the_comparison",
                violation_error_message="“compare” is the page on which companies are compared: choose another.",
            ),
        )
    ]
