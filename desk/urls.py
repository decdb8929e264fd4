"""The editors' pages."""

from django.urls import path

from . import link_health, views

app_name = "desk"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("proposals/<int:key>/", views.proposal, name="proposal"),
    path("proposals/<int:key>/<slug:decision>/", views.decide, name="decide"),
    path("drafts/<slug:kind>/<int:key>/", views.draft, name="draft"),
    path("drafts/<slug:kind>/<int:key>/<slug:decision>/", views.decide_on_draft, name="decide-on-draft"),
    path("link-health/", link_health.overview, name="link-health"),
    # Before the sources, none of which may be called so.
    path("link-health.csv", link_health.table, name="link-health-table"),
    path("link-health/schedule/", link_health.schedule, name="link-health-schedule"),
    path("link-health/<slug:slug>/", link_health.one_source, name="link-health-source"),
    path("link-health/<slug:slug>/copies/<int:number>/", link_health.copy_of_ours, name="link-health-copy"),
    path("link-health/<slug:slug>/<slug:act>/", link_health.act_on_source, name="link-health-act"),
    path("link-health/<slug:slug>/<slug:act>/<int:key>/", link_health.act_on_source, name="link-health-act-on"),
]
