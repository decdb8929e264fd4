"""The editors' pages."""

from django.urls import path

from . import views

app_name = "desk"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("proposals/<int:key>/", views.proposal, name="proposal"),
    path("proposals/<int:key>/<slug:decision>/", views.decide, name="decide"),
    path("drafts/<slug:kind>/<int:key>/", views.draft, name="draft"),
    path("drafts/<slug:kind>/<int:key>/<slug:decision>/", views.decide_on_draft, name="decide-on-draft"),
]
