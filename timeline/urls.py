"""Addresses of the reading pages. Each family of views adds its own lines."""

from django.contrib.sitemaps import views as sitemaps
from django.urls import path

from timeline.sitemaps import SITEMAPS
from timeline.views import (
    cards,
    citing,
    companies,
    compare,
    display,
    edits,
    events,
    exports,
    investments,
    overview,
    pictures,
    pledges,
    sources,
    texts,
    timeline,
)

urlpatterns = [
    path("theme/", display.set_theme, name="set-theme"),
    path("language/", display.set_language, name="set-language"),
    path("favicon.ico", display.favicon),
    # The timeline
    path("timeline/", timeline.timeline, name="timeline"),
    path("timeline/export/<str:name>/", exports.export, name="timeline-export"),
    path("timeline/feed.atom", timeline.feed, name="timeline-feed"),
    path("timeline/picture/", pictures.picture, name="timeline-picture"),
    path("timeline/picture.<str:name>", pictures.picture_file, name="timeline-picture-file"),
    path("timeline/calendar.ics", timeline.calendar, name="timeline-calendar"),
    # Reading: one page a record, and the lists of them
    path("", overview.overview, name="overview"),
    path("companies/", companies.company_list, name="companies"),
    # No company can have the address of the comparison: it would be unreachable, and the desk refuses the slug.
    path("companies/compare/", compare.compare, name="compare"),
    path("companies/compare/export/csv/", compare.export, name="compare-export"),
    path("companies/<slug:slug>/", companies.company_page, name="company"),
    path("pledges/", pledges.pledge_list, name="pledges"),
    path("pledges/<slug:slug>/", pledges.pledge_page, name="pledge"),
    path("pledges/<slug:slug>/history/", pledges.pledge_history, name="pledge-history"),
    path("investments/", investments.investment_list, name="investments"),
    path("investments/<slug:slug>/", investments.investment_page, name="investment"),
    path("events/<slug:slug>/", events.event_page, name="event"),
    path("sources/", sources.source_list, name="sources"),
    # No source can have the address of the ledger: the database refuses it.
    path("sources/edits/", edits.ledger, name="edits"),
    path("sources/edits/feed.atom", edits.feed, name="edits-feed"),
    path("sources/edits/<int:number>/", edits.edit_page, name="edit"),
    path("sources/<slug:slug>/", sources.source_page, name="source"),
    path("cite/<str:kind>/<slug:slug>/<str:name>/", citing.cite, name="cite"),
    path("cards/record.png", cards.site_card, name="site-card"),
    path("cards/<str:kind>/<slug:slug>.png", cards.card, name="card"),
    # About the record
    path("about/", texts.about, name="about"),
    path("about/our-robot/", texts.our_robot, name="our-robot"),
    path("about/following/", texts.following, name="following"),
    path("about/licence/", texts.licence, name="licence"),
    path("about/privacy/", texts.privacy, name="privacy"),
    path("about/contact/", texts.contact, name="contact"),
    path("methodology/", texts.methodology, name="methodology"),
    path("corrections/", texts.corrections_page, name="corrections"),
    path("report-an-error/", texts.report_an_error, name="report-an-error"),
    path("robots.txt", texts.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap"}, name="sitemaps"),
    path("sitemap-<section>.xml", sitemaps.sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
]
