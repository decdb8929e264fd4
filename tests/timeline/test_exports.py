"""Exports stay whole whatever the record holds: read back by readers that know nothing of the writers."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from sources.models import Snapshot, Source
from tests.small_set import cited, development, pledge, source
from tests.timeline.reading import ATOM, csv_rows, feed_of, json_rows, text_of

Enter = Callable[..., None]

HOSTILE = [
    '=HYPERLINK("http://evil.example","x")',
    "+1 800 and more",
    "-2+3 is not a number",
    "@SUM(A1)",
    "＝1+1",
    " =1+1 after a space",
    "Braces { unbalanced",
    "Braces } the other way \\ and $ & # % _ ~ ^ < >",
    "@article{evil, title={x}}",
    "ER  - \r\nTY  - NEWS",
    "Line\nbreak and\ttab",
    'Quotes "double", commas, and “curly”',
    "</title><script>alert(1)</script>",
    "北京商报: 人脸识别 — é, ß, ﷺ, 👁",
    "A || B | C",
]


def parsed_ris(text: str) -> list[dict[str, list[str]]]:
    """Records of tag and values. Any line that is no tag fails."""
    records: list[dict[str, list[str]]] = []
    assert text.endswith("ER  - \r\n") or not text
    for line in text.split("\r\n")[:-1]:
        assert "\n" not in line
        found = re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line)
        assert found, line
        tag, value = found.groups()
        if tag == "TY":
            records.append({})
        records[-1].setdefault(tag, []).append(value)
    return records


def parsed_bibtex(text: str) -> dict[str, dict[str, str]]:
    """Entries by key, each with its fields, braces counted as BibTeX counts them."""
    entries: dict[str, dict[str, str]] = {}
    place = text.find("@")
    while place >= 0:
        depth, end = 0, text.index("{", place)
        start = end
        while True:
            depth += (text[end] == "{") - (text[end] == "}")
            if depth == 0:
                break
            end += 1
        key, _, body = text[start + 1 : end].partition(",")
        assert key not in entries
        entries[key] = _fields(body)
        rest = text[end + 1 :]
        place = end + 1 + rest.index("@") if "@" in rest else -1
    return entries


def _fields(body: str) -> dict[str, str]:
    fields = {}
    for found in re.finditer(r"^  ([a-z]+) = (?:\{(.*)\}|([a-z]{3})),?$", body, re.MULTILINE):
        fields[found[1]] = found[2] if found[2] is not None else found[3]
    return fields


BACK = {
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textless{}": "<",
    r"\textgreater{}": ">",
    r"\$": "$",
    r"\&": "&",
    r"\#": "#",
    r"\%": "%",
    r"\_": "_",
}


def unescaped(text: str) -> str:
    return re.sub("|".join(re.escape(one) for one in BACK), lambda found: BACK[found[0]], text)


def told(text: str) -> str:
    """What a title must still say after an export: all of it, on one line."""
    return " ".join(text.split())


@pytest.fixture
def hostile(client: Client, enter: Enter) -> Client:
    sources = [
        source(id=f"hostile-{n:02}", title=text, authors=["AT&C Holdings", "Ann {Lee}"], publisher=f"P {text}")
        for n, text in enumerate(HOSTILE)
    ]
    developments = [
        development(id=f"event-{n:02}", title=text, summary=text, sources=[cited(f"hostile-{n:02}")])
        for n, text in enumerate(HOSTILE)
    ]
    enter(sources=sources, developments=developments)
    return client


def test_every_hostile_title_survives_ris(hostile: Client) -> None:
    records = parsed_ris(text_of(hostile, "/timeline/export/ris/"))

    assert [record["TI"] for record in records] == [[told(text)] for text in HOSTILE]
    assert all(record["AU"] == ["AT&C Holdings", "Ann {Lee}"] for record in records)
    assert [record["UR"] for record in records] == [
        [f"https://news.example/hostile-{n:02}"] for n in range(len(HOSTILE))
    ]


def test_every_hostile_title_survives_bibtex(hostile: Client) -> None:
    entries = parsed_bibtex(text_of(hostile, "/timeline/export/bibtex/"))

    assert list(entries) == [f"hostile-{n:02}" for n in range(len(HOSTILE))]
    titles = [unescaped(entry["title"].removeprefix("{").removesuffix("}")) for entry in entries.values()]
    assert titles == [told(text) for text in HOSTILE]
    assert all(entry["author"].startswith(r"{AT\&C Holdings} and {Ann ") for entry in entries.values())


def test_every_hostile_title_survives_csl_json_and_json_lines(hostile: Client) -> None:
    items = json.loads(text_of(hostile, "/timeline/export/csl-json/"))
    rows = {row["event"]: row for row in json_rows(hostile, "")}

    assert [item["title"] for item in items] == [told(text) for text in HOSTILE]
    assert [rows[f"event-{n:02}"]["title"] for n in range(len(HOSTILE))] == HOSTILE


def test_the_feed_stays_well_formed_and_says_what_was_said(hostile: Client) -> None:
    feed = feed_of(hostile, "/timeline/feed.atom")

    titles = {entry.findtext("a:title", namespaces=ATOM) for entry in feed.findall("a:entry", ATOM)}
    assert titles == {told(text) for text in HOSTILE}


def test_the_feed_says_dates_as_readers_do(client: Client, enter: Enter) -> None:
    enter(developments=[development(date="../2026"), development(id="later", date="2026-08-20")])

    feed = feed_of(client, "/timeline/feed.atom")

    summaries = [entry.findtext("a:summary", "", ATOM) for entry in feed.findall("a:entry", ATOM)]
    assert [said.partition(". ")[0] for said in summaries] == ["<p>By 2026", "<p>20 August 2026"]


def test_the_feed_tells_the_day_of_a_change_and_no_hour_of_work(client: Client, enter: Enter) -> None:
    from history.models import Publication

    enter(developments=[development()])

    feed = feed_of(client, "/timeline/feed.atom")

    day = f"{Publication.objects.get().at:%Y-%m-%d}T00:00:00+00:00"
    assert feed.findtext("a:updated", "", ATOM) == day
    assert [entry.findtext("a:updated", "", ATOM) for entry in feed.findall("a:entry", ATOM)] == [day]


def test_no_cell_of_the_table_is_a_formula(hostile: Client) -> None:
    for row in csv_rows(hostile, ""):
        for cell in row.values():
            assert not cell.strip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")), cell


def test_plain_numbers_stay_numbers_and_the_rest_says_what_it_said(hostile: Client) -> None:
    rows = {row["event"]: row for row in csv_rows(hostile, "")}

    assert rows["event-00"]["title"] == "'" + HOSTILE[0]
    assert rows["event-13"]["title"] == HOSTILE[13]
    assert rows["event-10"]["title"] == HOSTILE[10]


def test_lists_in_cells_go_together(client: Client, enter: Enter) -> None:
    enter(
        sources=[source(id="a", title="One || two", publisher=None), source(id="b", title="Three")],
        developments=[development(sources=[cited("a", quote="so it said"), cited("b", stance="disputes")])],
    )

    (row,) = csv_rows(client, "")

    columns = ("sources", "source_stances", "source_titles", "source_publishers", "source_quotations")
    cells = [row[name].split(" || ") for name in columns]
    assert cells == [
        ["a", "b"],
        ["supports", "disputes"],
        ["One | | two", "Three"],
        ["", "The Example"],
        ["so it said", ""],
    ]


def test_each_citation_says_what_it_bears_on_whether_its_link_works_and_where_a_copy_is(
    client: Client, enter: Enter
) -> None:
    enter(
        sources=[source(), source(id="paper", url=None), source(id="other")],
        developments=[development(sources=[cited("paper"), cited("other")])],
        pledges=[pledge(events=[{**pledge()["events"][0], "event": "fined"}])],
    )
    for year in (2018, 2020, 2024):
        Snapshot.objects.create(
            source=Source.objects.get(slug="report"),
            kind="memento",
            url=f"https://archive.example/{year}/report",
            captured_at=datetime(year, 6, 11, tzinfo=UTC),
        )

    (row,) = csv_rows(client, "")
    (line,) = json_rows(client, "")

    columns = ("sources", "source_bears_on", "source_link_states", "source_archived_copies")
    assert [row[name].split(" || ") for name in columns] == [
        ["paper", "other", "report"],
        ["event", "event", "acme-stops-made"],
        ["no-address", "unchecked", "unchecked"],
        ["", "", "https://archive.example/2020/report"],
    ]
    assert [one["link_state"] for one in line["sources"]] == ["no-address", "unchecked", "unchecked"]
    assert [one["archived_copy"] for one in line["sources"]] == [
        None,
        None,
        {"address": "https://archive.example/2020/report", "captured": "2020-06-11"},
    ]


@pytest.mark.parametrize(
    ("published", "csl", "ris", "bibtex"),
    [
        ("2020-06-11", {"date-parts": [[2020, 6, 11]]}, "2020/06/11/", {"year": "2020", "month": "jun", "day": "11"}),
        ("2020-06", {"date-parts": [[2020, 6]]}, "2020/06//", {"year": "2020", "month": "jun"}),
        ("2020-06-XX", {"date-parts": [[2020, 6]]}, "2020/06//", {"year": "2020", "month": "jun"}),
        ("2018~", {"date-parts": [[2018]], "circa": True}, "2018///circa", {"year": "2018"}),
        (
            "2020-06-09/2020-06-11",
            {"date-parts": [[2020, 6, 9], [2020, 6, 11]]},
            "2020/06/09/to 2020-06-11",
            {"year": "2020", "month": "jun", "day": "9"},
        ),
        ("2019-08/..", {"date-parts": [[2019, 8]]}, "2019/08//onwards", {"year": "2019", "month": "aug"}),
        ("../2020-06-11", {"literal": "before or on 11 June 2020"}, None, {}),
        ("2020-21", {"date-parts": [[2020]], "season": 1}, "2020///Spring", {"year": "2020"}),
        ("201X", {"literal": "2010s"}, None, {}),
        (None, None, None, {}),
    ],
)
def test_no_format_invents_a_day(
    client: Client, enter: Enter, published: str, csl: dict[str, Any], ris: str, bibtex: dict[str, str]
) -> None:
    enter(sources=[source(published=published)], developments=[development()])

    (item,) = json.loads(text_of(client, "/timeline/export/csl-json/"))
    (record,) = parsed_ris(text_of(client, "/timeline/export/ris/"))
    (entry,) = parsed_bibtex(text_of(client, "/timeline/export/bibtex/")).values()

    assert item.get("issued") == csl
    assert record.get("DA") == ([ris] if ris else None)
    assert {name: value for name, value in entry.items() if name in ("year", "month", "day")} == bibtex
    if published and not ris:
        assert any("11 June 2020" in note or "2010s" in note for note in record["N1"])
        assert "11 June 2020" in entry["note"] or "2010s" in entry["note"]


def test_credit_goes_where_it_is_due(client: Client, enter: Enter) -> None:
    enter(
        sources=[
            source(id="original", title="First with the story", publisher="The Original"),
            source(id="copy", title="A copy", copy_of="original", syndicated_from="The Original"),
            source(id="later", title="A later report", first_report="original", first_reported_by="The Original"),
            source(id="elsewhere", title="Another", first_reported_by="The Wire"),
            source(id="unseen", title="worded after its address", title_basis="address"),
        ],
        developments=[development(sources=[cited(name) for name in ("copy", "later", "elsewhere", "unseen")])],
    )

    records = {one["ID"][0]: one for one in parsed_ris(text_of(client, "/timeline/export/ris/"))}

    assert any(note.startswith("Copy of “First with the story”, The Original") for note in records["copy"]["N1"])
    assert any("First reported in “First with the story”" in note for note in records["later"]["N1"])
    assert "First reported by The Wire." in records["elsewhere"]["N1"]
    assert records["unseen"]["TI"] == ["[worded after its address]"]
    assert any("its headline was not seen" in note for note in records["unseen"]["N1"])


def test_the_words_that_are_quoted_go_with_the_source(client: Client, enter: Enter) -> None:
    enter(developments=[development(sources=[cited(quote="we will not sell")])], pledges=[pledge()])

    (record,) = parsed_ris(text_of(client, "/timeline/export/ris/"))
    (entry,) = parsed_bibtex(text_of(client, "/timeline/export/bibtex/")).values()
    (item,) = json.loads(text_of(client, "/timeline/export/csl-json/"))

    assert "Quoted: “we will not sell”" in record["N1"]
    assert "we will not sell" in entry["annote"]
    assert item["custom"]["quotations"] == ["we will not sell"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("", "pledge-record-as-of-2020-06-12.csv"),
        ("company=acme&year=2020", "pledge-record-acme-2020-as-of-2020-06-12.csv"),
        ("disputed=1", "pledge-record-disputed-as-of-2020-06-12.csv"),
        ("q=%22%3B+%C3%A9%0D%0AX%3A+y+%2F..%2F", "pledge-record-e-x-y-as-of-2020-06-12.csv"),
    ],
)
def test_a_file_is_named_after_its_selection_in_plain_letters(
    client: Client, enter: Enter, query: str, name: str
) -> None:
    enter(developments=[development()])

    response = client.get(f"/timeline/export/csv/?{query}&as_of=2020-06-12")

    b"".join(response.streaming_content)
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_a_format_that_is_not_there_is_answered_with_those_that_are(client: Client, db: None) -> None:
    response = client.get("/timeline/export/docx/")

    assert response.status_code == 404
    assert (
        response.content.decode() == "There is no export of that name. There are: csv, jsonl, bibtex, ris, csl-json.\n"
    )


def test_exports_and_feed_say_which_selection_they_are_and_of_which_day(client: Client, enter: Enter) -> None:
    enter(developments=[development()])
    selected = "http://testserver/timeline/?company=acme&as_of=2020-06-12"

    (row,) = csv_rows(client, "company=acme&as_of=2020-06-12")
    (line,) = json_rows(client, "company=acme&as_of=2020-06-12")
    bibtex = text_of(client, "/timeline/export/bibtex/?company=acme&as_of=2020-06-12")
    (item,) = json.loads(text_of(client, "/timeline/export/csl-json/?company=acme&as_of=2020-06-12"))

    assert (row["selection"], row["as_of"]) == (line["selection"], line["as_of"]) == (selected, "2020-06-12")
    assert bibtex.startswith(f"% Pledge Record: the sources behind {selected}\n% As of 2020-06-12\n")
    assert item["custom"]["selection"] == selected


def test_drafts_and_what_was_retracted_are_in_no_export(client: Client, enter: Enter) -> None:
    from history.services import sign_dataset
    from pledges.models import Event
    from pledges.services.recording import recording

    enter(developments=[development(), development(id="wrong", title="Never happened")])
    with connection.cursor():
        publication = sign_dataset(name="x", digest="0" * 64, why="A test")
    with recording(who=None, why="It was a mistake", publication=publication):
        event = Event.objects.get(slug="wrong")
        event.retracted_because = "It never happened."
        event.save()

    assert [row["event"] for row in csv_rows(client, "")] == ["fined"]
    assert [row["event"] for row in json_rows(client, "")] == ["fined"]
    assert "wrong" not in text_of(client, "/timeline/feed.atom")
    assert "Never happened" not in text_of(client, "/timeline/")


def test_an_empty_selection_is_an_empty_file_of_its_format(client: Client, enter: Enter) -> None:
    enter(developments=[development()])

    assert csv_rows(client, "year=1999") == []
    assert json_rows(client, "year=1999") == []
    assert parsed_ris(text_of(client, "/timeline/export/ris/?year=1999")) == []
    assert json.loads(text_of(client, "/timeline/export/csl-json/?year=1999")) == []
    assert parsed_bibtex(text_of(client, "/timeline/export/bibtex/?year=1999")) == {}
