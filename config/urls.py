"""Root routes: each room has its own ``urls.py``."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    # One page to sign in, in the look of the site.
    path("admin/login/", RedirectView.as_view(pattern_name="accounts:login", query_string=True)),
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls")),
    path("desk/", include("desk.urls")),
    path("digests/", include("digests.urls")),
    path("", include("timeline.urls")),
]
