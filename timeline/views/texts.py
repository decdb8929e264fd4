"""Pages that say what this record is, how it works, what was corrected, and how to reach the editors."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pledges.status import Conduct, Headline, Rule, Text, conduct_label, headline_label, headline_rule, rule_label
from pledges.status import text_label as words_of_text
from sources.health import MARKS, SLUGS
from sources.limits import limits
from sources.states import rules as link_rules
from timeline.asking import CannotRead, readable
from timeline.changes import corrections
from timeline.components import Crumb, Pager
from timeline.scope import ACTIONS

CORRECTIONS_A_PAGE: Final = 20


def _contact() -> str:
    return str(getattr(settings, "EDITORS_EMAIL", "") or "")


@require_safe
@readable
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "timeline/about.html", {"contact": _contact()})


@require_safe
@readable
def methodology(request: HttpRequest) -> HttpResponse:
    """How statuses, scope, dates, disputes and links are dealt with, from the rules that the code itself uses."""
    context = {
        "headlines": [(one.value, headline_label(one), headline_rule(one)) for one in Headline],
        "texts": [words_of_text(one) for one in Text if one is not Text.NOT_MADE_YET],
        "conducts": [conduct_label(one) for one in Conduct],
        "rules": [rule_label(one) for one in Rule],
        "scope": [(covers, leaves_open) for covers, leaves_open in ACTIONS.values()],
        "marks": [MARKS[slug] for slug in SLUGS],
        "link_rules": link_rules(),
        "user_agent": limits().user_agent,
        "contact": _contact(),
    }
    return render(request, "timeline/methodology.html", context)


@require_safe
@readable
def our_robot(request: HttpRequest) -> HttpResponse:
    """What asks other people's sites for pages, how gently, and how to be left alone; figures from the settings."""
    asked = limits()
    context = {
        "limits": asked,
        "link_rules": link_rules(),
        "megabytes": asked.wire_bytes / 1_000_000,
        "longest_days": round(link_rules().longest_hours / 24),
        "contact": _contact(),
        # What a robots.txt calls the robot: the name before the version (RFC 9309).
        "name": asked.user_agent.split("/")[0].split(" ")[0],
        "crumbs": _below_about(_("Our robot")),
    }
    return render(request, "timeline/our_robot.html", context)


@require_safe
@readable
def following(request: HttpRequest) -> HttpResponse:
    """How to be told of what changes."""
    context = {"site_address": settings.SITE_URL.rstrip("/"), "crumbs": _below_about(_("Follow the record"))}
    return render(request, "timeline/following.html", context)


@require_safe
@readable
def licence(request: HttpRequest) -> HttpResponse:
    return render(request, "timeline/licence.html", {"crumbs": _below_about(_("Licence"))})


@require_safe
@readable
def privacy(request: HttpRequest) -> HttpResponse:
    days = settings.SESSION_COOKIE_AGE // (24 * 3600)
    context = {"contact": _contact(), "session_days": days, "crumbs": _below_about(_("Privacy"))}
    return render(request, "timeline/privacy.html", context)


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    return render(request, "timeline/contact.html", {"contact": _contact(), "crumbs": _below_about("Contact")})


def _below_about(label: str) -> list[Crumb]:
    return [Crumb(label=_("About"), href="/about/"), Crumb(label=label)]


@require_safe
@readable
def corrections_page(request: HttpRequest) -> HttpResponse:
    """Published changes to what was public before, newest first, each with its reason."""
    written = request.GET.get("before", "")
    if written and not (written.isascii() and written.isdigit() and len(written) < 19):
        said = _("It is the number of a change, as the links on this page give it: before=12.")
        raise CannotRead(("before", said))
    found = corrections(before=int(written) if written else None, most=CORRECTIONS_A_PAGE + 1)
    more = len(found) > CORRECTIONS_A_PAGE
    shown = found[:CORRECTIONS_A_PAGE]
    pager = Pager(
        newer_href="/corrections/" if written else "",
        newer_label=_("Newest"),
        older_href=f"?before={shown[-1].change.number}" if more else "",
        older_label=_("Earlier corrections"),
        label=_("Pages of corrections"),
    )
    context = {"corrections": shown, "pager": pager, "paged": more or bool(written)}
    return render(request, "timeline/corrections.html", context)


@require_safe
@readable
def report_an_error(request: HttpRequest) -> HttpResponse:
    crumbs = [Crumb(label=_("Overview"), href="/"), Crumb(label=_("Report an error"))]
    return render(request, "timeline/report_an_error.html", {"contact": _contact(), "crumbs": crumbs})


ROBOTS: Final = """\
User-agent: *
Disallow: /admin/
Disallow: /accounts/
Disallow: /desk/
Disallow: /theme/
Disallow: /timeline/export/
Disallow: /cite/
Disallow: /digests/

Sitemap: {site}/sitemap.xml
"""


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Pages may be read by all; what only writes, or hands out the same again as files, is not for robots."""
    site = settings.SITE_URL.rstrip("/")
    return HttpResponse(ROBOTS.format(site=site), content_type="text/plain; charset=utf-8")
