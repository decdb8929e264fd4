"""Root routes: each room has its own ``urls.py``."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
]
if find_spec("timeline.urls"):
    urlpatterns.append(path("", include("timeline.urls")))
