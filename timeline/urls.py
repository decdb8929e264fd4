"""Addresses of the reading pages. Each family of views adds its own lines."""

from django.urls import path

from timeline.views import display, exports, timeline

urlpatterns = [
    path("theme/", display.set_theme, name="set-theme"),
    # The timeline
    path("timeline/", timeline.timeline, name="timeline"),
    path("timeline/export/<str:name>/", exports.export, name="timeline-export"),
    path("timeline/feed.atom", timeline.feed, name="timeline-feed"),
]
