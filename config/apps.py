from django.apps import AppConfig


class Config(AppConfig):
    name = "config"
    verbose_name = "Wiring"

    def ready(self) -> None:
        # Tasks of all rooms are sent through this app, from pages and commands too.
        from config import celery, checks  # noqa: F401
