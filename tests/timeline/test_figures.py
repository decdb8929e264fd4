"""What a picture of companies by time draws: ticks or columns, bars, and what it leaves to others."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.template import engines

from timeline.figures import Bar, Drawing, Happening, Lane, Stretch, Swimlane, draw
from timeline.lanes import between

TODAY = date(2026, 12, 1)


def happened(day: date, title: str = "A suit") -> Happening:
    return Happening(title=title, href=f"/events/{day}/", earliest=day, latest=day, edtf=f"{day}")


def pledged(year: int, *, ended: bool = False) -> Bar:
    since = Stretch(headline="in-force", word="In force", since=date(year, 3, 1))
    closed = Stretch(headline="withdrawn", word="Withdrawn", since=date(year + 1, 3, 1)) if ended else None
    return Bar(label=f"Pledge of {year}", href=f"/pledges/{year}/", stretches=[since], closed=closed)


def drawn(*lanes: Lane, most_bars: int = 0) -> Swimlane:
    picture = draw(key="k", title="T", description="D", lanes=lanes, today=TODAY, most_bars=most_bars)
    assert picture is not None
    return picture


def lane(*happenings: Happening, bars: tuple[Bar, ...] = (), name: str = "Acme") -> Lane:
    return Lane(
        name=name,
        href="/companies/acme/",
        bars=bars,
        happenings=happenings,
        more=lambda first, last: between("acme", first, last),
    )


def links(drawing: Drawing) -> dict[str, str]:
    """Where each link of a drawing leads, by what it is called."""
    return {label: href for href, label in re.findall(r'<a href="([^"]*)" aria-label="([^"]*)"', drawing.links_markup)}


def test_events_of_a_period_are_one_link_that_says_how_many_and_when() -> None:
    wide = drawn(lane(happened(date(2016, 2, 1)), happened(date(2020, 7, 5)), happened(date(2020, 9, 9)))).wide

    assert links(wide)["2 events, Jul 2020 – Dec 2020"] == "/timeline/?company=acme&amp;from=2020-07&amp;to=2020-12"


def test_an_event_that_is_alone_in_its_period_is_named_and_led_to() -> None:
    wide = drawn(lane(happened(date(2016, 2, 1), "The great suit"), happened(date(2020, 7, 5)))).wide

    assert links(wide)["The great suit. 1 February 2016"] == "/events/2016-02-01/"
    assert "The great suit</text>" in wide.links_markup


def test_where_ticks_would_run_together_a_column_tells_how_many_there_were() -> None:
    often = [happened(date(2020, 1, 1) + timedelta(days=5 * number)) for number in range(60)]
    picture = drawn(lane(*often), lane(happened(date(2016, 1, 5)), name="Bolt"))

    assert "columns" in picture.marks
    assert '<path class="column"' in picture.wide.links_markup
    assert ">37</text>" in picture.wide.links_markup
    assert "37 events, Jan 2020 – Jun 2020" in links(picture.wide)
    # The other company has one event, which stays a tick.
    assert picture.wide.links_markup.count('class="tick"') == 1


def test_a_narrow_drawing_has_fewer_and_longer_periods() -> None:
    several = [happened(date(2016 + number // 2, 6 * (number % 2) + 1, 9)) for number in range(20)]
    picture = drawn(lane(*several))

    assert len(links(picture.wide)) > len(links(picture.narrow))
    assert "2 events, 2020" in links(picture.narrow)


@pytest.mark.parametrize(
    ("first", "last", "asked"),
    [
        (date(2020, 1, 1), date(2020, 12, 31), "from=2020&to=2020"),
        (date(2020, 1, 1), date(2021, 12, 31), "from=2020&to=2021"),
        (date(2020, 4, 1), date(2020, 6, 30), "from=2020-04&to=2020-06"),
        (date(2020, 4, 2), date(2020, 6, 30), "from=2020-04-02&to=2020-06-30"),
    ],
)
def test_whole_years_and_months_are_asked_for_as_such(first: date, last: date, asked: str) -> None:
    assert between("acme", first, last) == f"/timeline/?company=acme&{asked}"


def test_of_very_many_pledges_the_open_and_the_latest_are_drawn_and_the_rest_is_said() -> None:
    bars = tuple(pledged(2008 + number, ended=number % 2 == 0) for number in range(10))
    picture = drawn(lane(bars=bars), most_bars=6)

    shown = [one.removeprefix("Pledge of ")[:4] for one in links(picture.wide) if one.startswith("Pledge of")]
    assert shown == ["2009", "2011", "2013", "2015", "2016", "2017"]
    assert links(picture.wide)["4 more pledges: Acme"] == "/companies/acme/"
    assert [row.href for row in picture.table if row.what == "4 more pledges"] == ["/companies/acme/"]


def test_a_bar_says_until_when_it_runs_where_there_is_room() -> None:
    stretch = Stretch(headline="in-force", word="In force", since=date(2026, 1, 1))
    bar = Bar(label="A pause", href="/pledges/pause/", stretches=[stretch], planned=date(2028, 6, 10))

    assert "to 10 Jun 2028</text>" in drawn(lane(bars=(bar,))).wide.links_markup


def test_what_is_drawn_is_escaped() -> None:
    evil = '"><script>alert(1)</script>'
    wide = drawn(Lane(name=evil, href=f"/{evil}", happenings=[happened(date(2020, 1, 1), evil)])).wide

    assert "<script" not in wide.links_markup
    assert "<script" not in wide.marks_markup


@pytest.mark.parametrize(
    ("content", "held"),
    [
        ("<p>words</p>", set()),
        ('<rect fill="url(#pt-lapsed)"/><use href="#i-feed"/>', {"pt-lapsed", "i-feed"}),
    ],
)
def test_a_page_holds_the_marks_that_it_refers_to_and_no_others(content: str, held: set[str]) -> None:
    template = engines["django"].from_string(f"{{% load display %}}{{% with_marks %}}{content}{{% endwith_marks %}}")

    page = template.render()

    assert set(re.findall(r' id="([\w-]+)"', page)) == held
    assert page.endswith(content)


def test_a_page_that_changes_in_place_holds_them_all() -> None:
    template = engines["django"].from_string(
        '{% load display %}{% with_marks %}<form hx-get="/"></form>{% endwith_marks %}'
    )

    assert {"pt-lapsed", "i-dead"} <= set(re.findall(r' id="([\w-]+)"', template.render()))
