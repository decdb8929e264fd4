"""A data set with faults: all are told in one go, with their place and how to mend them; nothing is written."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from pledges.dataset.faults import Faulty
from pledges.dataset.loading import load
from tests import factories
from tests.pledges.files import DATA, everything, rows_of, write_rows
from tests.small_set import (
    cited,
    claim,
    clause,
    company,
    development,
    dispute,
    exit_of,
    investment,
    pledge,
    round_of_financing,
    source,
    step,
    terms,
    write_set,
)

pytestmark = pytest.mark.django_db

A_FAULT = re.compile(r"[a-z]+\.jsonl:[0-9]+: [^ :]+: \S.*\.")
MADE = pledge()["events"][0]
FUND = [company(), company("fund", roles=["investor"])]
UNTIL_A_LAW = {"kind": "until-law", "text": "A law.", "date": None}

Lists = dict[str, list[dict[str, Any]]]


def faults_of(folder: Path, **lists: list[dict[str, Any]]) -> list[str]:
    write_set(folder, **lists)
    with pytest.raises(Faulty) as refused:
        load(folder)
    return [str(fault) for fault in refused.value.faults]


def without(row: dict[str, Any], field: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != field}


def companies(**values: Any) -> Lists:
    return {"companies": [company(**values), company("fund")]}


def sources(**values: Any) -> Lists:
    return {"sources": [source(**values), source(id="report")]}


def developments(**values: Any) -> Lists:
    return {"developments": [development(**values)]}


def pledges(**values: Any) -> Lists:
    return {"pledges": [pledge(**values)]}


def steps(*others: dict[str, Any]) -> Lists:
    return pledges(events=[MADE, *others])


def investments(**values: Any) -> Lists:
    return {"companies": FUND, "investments": [investment(**values)]}


def rounds(**values: Any) -> Lists:
    return {"companies": FUND, "rounds": [round_of_financing(**values)]}


def two(make: Callable[..., dict[str, Any]], one: dict[str, Any], other: dict[str, Any]) -> list[dict[str, Any]]:
    return [make(**one), make(**other)]


PREFERRED = {"answer": "Yes", "preferred": True, "reason": "A reason.", "sources": [cited()]}
IN_A_CIRCLE = two(development, {"id": "one", "follows": ["two"]}, {"id": "two", "follows": ["one"]})

# What is wrong, and where it is told with which words.
FAULTS: dict[str, tuple[Lists, str]] = {
    # --- fields
    "an unknown field": (companies(nmae="Acme"), "companies.jsonl:1: nmae: is not a field here"),
    "a misspelt field": (
        {"sources": [without(source(autors=[]), "authors")]},
        "sources.jsonl:1: autors: is not a field here. Did you mean authors?",
    ),
    "an unknown field within": (
        pledges(condition={"kind": "none", "text": None, "date": None, "ends": None}),
        "pledges.jsonl:1: condition.ends: is not a field here",
    ),
    "a missing field": ({"sources": [without(source(), "publisher")]}, "sources.jsonl:1: publisher: is missing. Add"),
    "a missing field within": (
        developments(sources=[without(cited(), "stance")]),
        "developments.jsonl:1: sources[0].stance: is missing",
    ),
    "a number for a text": (companies(name=5), "companies.jsonl:1: name: 5 is not a text"),
    "a text for a list": (companies(roles="vendor"), "companies.jsonl:1: roles: “vendor” is not a list"),
    "a list for an object": (pledges(condition=[]), "pledges.jsonl:1: condition: a list is not an object"),
    "a text for true": (developments(read_twice="yes"), "developments.jsonl:1: read_twice: “yes” is neither true nor"),
    "null where something is needed": (pledges(title=None), "pledges.jsonl:1: title: null is not a text"),
    "an empty text": (developments(summary=" \n"), "developments.jsonl:1: summary: is empty"),
    "a text that no column holds": (
        pledges(title="x" * 301),
        "pledges.jsonl:1: title: has 301 characters; at most 300",
    ),
    "a text that no search holds": (
        developments(summary="x" * 100_001),
        "developments.jsonl:1: summary: has 100001 characters; at most 100000 fit",
    ),
    "NUL": (companies(note="a\x00b"), "companies.jsonl:1: note: holds a character that cannot be stored"),
    "half a character": (sources(title="\ud83d"), "sources.jsonl:1: title: holds a character that cannot be stored"),
    "half a character in an address": (sources(url="https://\ud83d.example/"), "sources.jsonl:1: url: "),
    "half a character in a name": (companies(**{"\ud83d": 1}), r"companies.jsonl:1: \ud83d: is not a field here"),
    "a line break in a date": (pledges(made_on="2020\n"), r"pledges.jsonl:1: made_on: “2020\n”"),
    # --- identifiers and references
    "capitals in an identifier": (companies(slug="Acme"), "companies.jsonl:1: slug: “Acme” is not an identifier"),
    "an accent in an identifier": (sources(id="café"), "sources.jsonl:1: id: “café” is not an identifier"),
    "two hyphens in an identifier": (developments(id="a--b"), "developments.jsonl:1: id: “a--b” is not an identifier"),
    "an identifier that no column holds": (companies(slug="a" * 201), "companies.jsonl:1: slug: has 201 characters"),
    "an identifier twice": (
        {"companies": [company(), company()]},
        "companies.jsonl:2: slug: “acme” is given already in line 1",
    ),
    "a step with the identifier of another": (
        steps(step("clarified", id="same"), step("reaffirmed", id="same")),
        "pledges.jsonl:1: events[2].id: “same” is the id of another step, in line 1",
    ),
    "a step with the identifier of a development": (
        {"developments": [development()], **steps(step("clarified", id="fined"))},
        "pledges.jsonl:1: events[1].id: “fined” is the id of another happening (line 1)",
    ),
    "a company that is not there": (
        developments(companies=["acmee"]),
        "developments.jsonl:1: companies[0]: there is no company “acmee” in companies.jsonl. Did you mean acme?",
    ),
    "a source that is not there": (
        developments(sources=[cited("reprot")]),
        "developments.jsonl:1: sources[0].source: there is no source “reprot” in sources.jsonl. Did you mean report?",
    ),
    "a development that is not there": (
        steps(step("clarified", event="finned")),
        "pledges.jsonl:1: events[1].event: there is no development “finned”",
    ),
    "a pledge that is not there": (
        steps(step("superseded", superseded_by="acme-goes-on", whole=True)),
        "pledges.jsonl:1: events[1].superseded_by: there is no pledge “acme-goes-on”",
    ),
    "a round that is not there": (
        {**investments(round_id="series-z"), "rounds": []},
        "investments.jsonl:1: round_id: there is no round “series-z”",
    ),
    "an investment that is not there": (
        rounds(claims_on="nothing"),
        "rounds.jsonl:1: claims_on: there is no investment",
    ),
    # --- vocabulary and codes
    "an unknown word": (
        developments(kind="fines"),
        "developments.jsonl:1: kind: “fines” is not known here. Did you mean fine",
    ),
    "an unknown action": (pledges(actions=["stop"]), "pledges.jsonl:1: actions[0]: “stop” is not known here"),
    "an unknown standing": (
        steps(step("broken", standing="claimed")),
        "pledges.jsonl:1: events[1].standing: “claimed”",
    ),
    "a kind of the first format": (steps(step("expired")), "pledges.jsonl:1: events[1].kind: “expired” is not known"),
    "an audience in capitals": (
        pledges(audiences=["US Police"]),
        "audiences[0]: “US Police” is not written as a word of the record. Write us-police.",
    ),
    "a word twice": (companies(roles=["vendor", "vendor"]), "companies.jsonl:1: roles: names “vendor” twice"),
    "an unknown country": (
        companies(country="UK"),
        "companies.jsonl:1: country: “UK” is no code of ISO 3166-1 (countries). Did you mean GB?",
    ),
    "an unknown place": (
        developments(jurisdictions=["US-ZZ"]),
        "developments.jsonl:1: jurisdictions[0]: “US-ZZ” is no code",
    ),
    "an unknown language": (
        sources(language="english"),
        "sources.jsonl:1: language: “english” is no code of ISO 639-1",
    ),
    "an unknown currency": (
        developments(amounts=[{"amount": 1, "currency": "usd", "amount_is": "fine"}]),
        "developments.jsonl:1: amounts[0].currency: “usd” is no code of ISO 4217 (currencies). Did you mean USD?",
    ),
    "a bad Wikidata number": (companies(wikidata="2283"), "companies.jsonl:1: wikidata: “2283” is no Wikidata number"),
    "an LEI with a wrong check digit": (
        companies(lei="INR2EJN1ERAN0W5ZP975"),
        "companies.jsonl:1: lei: “INR2EJN1ERAN0W5ZP975” is no Legal Entity Identifier",
    ),
    "an LEI in small letters": (companies(lei="inr2ejn1eran0w5zp974"), "companies.jsonl:1: lei: "),
    "a Wikidata number of two companies": (
        {"companies": two(company, {"wikidata": "Q1"}, {"slug": "apex", "wikidata": "Q1"})},
        "companies.jsonl:2: wikidata: Q1 is that of “acme” in line 1 already",
    ),
    # --- dates
    "a date that is none": (pledges(made_on="2020-06-31"), "pledges.jsonl:1: made_on: “2020-06-31”"),
    "a date that is a number": (developments(date=2020), "developments.jsonl:1: date: 2020 is not a date"),
    "a name that ended before it began": (
        companies(aliases=[{"name": "A", "from": "2020", "to": "2019"}]),
        "companies.jsonl:1: aliases[0].to: is before “from”",
    ),
    "a pledge not dated as it was made": (
        pledges(made_on="2020-06-11", events=[MADE]),
        "pledges.jsonl:1: made_on: is not the date",
    ),
    "steps out of order": (
        steps(step("clarified", "2020-06-09")),
        "pledges.jsonl:1: events[1].date: 2020-06-09 is before the event above it (2020-06-10)",
    ),
    "an effect dated differently from its development": (
        {"developments": [development()], **steps(step("clarified", "2020-06-11", event="fined"))},
        "pledges.jsonl:1: events[1].event: “fined” happened on 2020-06-10, which cannot be 2020-06-11",
    ),
    "a condition with a date that is none of a date": (
        pledges(condition={**UNTIL_A_LAW, "date": "2021"}),
        "pledges.jsonl:1: condition.date: stands with the kind “until-law”",
    ),
    "an exit before the investment": (
        investments(exit=exit_of(date="2018")),
        "investments.jsonl:1: exit.date: 2018 is before the investment (2019-06)",
    ),
    # --- companies and sources
    "its own owner": (companies(parent="acme"), "companies.jsonl:1: parent: names the company itself"),
    "owners in a circle": (
        {"companies": two(company, {"parent": "apex"}, {"slug": "apex", "parent": "acme"})},
        "companies.jsonl:1: parent: goes in a circle: acme → apex → acme",
    ),
    "owners without the parent": (
        companies(owners=[{"owner": "fund", "since": None, "until": None}]),
        "companies.jsonl:1: owners: must have exactly one owner without “until”",
    ),
    "merged into itself": (companies(merged_into="acme"), "companies.jsonl:1: merged_into: names the company itself"),
    "no address": (sources(url="news.example/report"), "sources.jsonl:1: url: “news.example/report”"),
    "an address within": (sources(url="http://127.0.0.1/report"), "sources.jsonl:1: url: “http://127.0.0.1/report”"),
    "an address of two sources": (
        {"sources": two(source, {"id": "report"}, {"id": "same", "url": "https://news.example/report#top"})},
        "sources.jsonl:2: url: is the same page as that of “report” in line 1",
    ),
    "copies in a circle": (
        {"sources": two(source, {"id": "report", "copy_of": "same"}, {"id": "same", "copy_of": "report"})},
        "sources.jsonl:1: copy_of: goes in a circle: report → same → report",
    ),
    "a source that cites itself": (
        {"sources": [source(cites=["report"])]},
        "sources.jsonl:1: cites: names the source itself",
    ),
    # --- what was promised, and what happened
    "no source": (developments(sources=[]), "developments.jsonl:1: sources: is empty"),
    "no source that supports it": (
        steps(step("clarified", sources=[cited(stance="context")])),
        "pledges.jsonl:1: events[1].sources: has no source with the stance “supports”",
    ),
    "a quotation of twelve words": (
        developments(sources=[cited(quote="a b c d e f g h i j k l")]),
        "developments.jsonl:1: sources[0].quote: quotes 12 words",
    ),
    "a quotation that no index holds": (
        developments(sources=[{**cited(quote="so"), "prefix": "x" * 2_599}]),
        "developments.jsonl:1: sources[0].quote: has 2601 bytes with the words around it; at most 2600 fit",
    ),
    "follows in a circle": (
        {"developments": IN_A_CIRCLE},
        "developments.jsonl:1: follows: goes in a circle: one → two → one",
    ),
    "follows in a circle through a step": (
        {
            "developments": [development(id="a"), development(follows=["acme-stops-made"])],
            **pledges(events=[{**MADE, "happening": {"follows": ["fined"]}}]),
        },
        "developments.jsonl:2: follows: goes in a circle: fined → acme-stops-made → fined",
    ),
    "a party that is neither company nor name": (
        developments(parties=[{"company": None, "name": None, "kind": "court", "part": "decides"}]),
        "developments.jsonl:1: parties[0]: must have either “company”",
    ),
    "two preferred answers": (
        developments(disputes=[dispute(positions=[PREFERRED, PREFERRED])]),
        "developments.jsonl:1: disputes[0].positions: has 2 preferred answers",
    ),
    "a preferred answer without a reason": (
        pledges(disputes=[dispute(positions=[{**PREFERRED, "reason": None}, {**PREFERRED, "preferred": False}])]),
        "pledges.jsonl:1: disputes[0].positions[0].reason: is missing",
    ),
    "one answer": (
        pledges(disputes=[dispute(positions=[PREFERRED])]),
        "disputes[0].positions: has 1 entries; at least 2",
    ),
    "a question twice": (developments(disputes=[dispute(), dispute()]), "disputes[1].question: is asked twice here"),
    "first event not made": (
        pledges(events=[step("clarified", "2020-06-10")]),
        "pledges.jsonl:1: events[0].kind: is not “made”",
    ),
    "made twice": (steps(step("made")), "pledges.jsonl:1: events[1].kind: is “made” a second time"),
    "no events": (pledges(events=[]), "pledges.jsonl:1: events: has no entries; at least one"),
    "imposed by nobody": (pledges(form="imposed"), "pledges.jsonl:1: form: is “imposed” with the binding “voluntary”"),
    "nothing promised": (pledges(actions=[]), "pledges.jsonl:1: actions: is empty, and there are no clauses"),
    "a new end of what was not extended": (
        steps(step("clarified", until="2022")),
        "events[1].until: goes with the kind “extended”",
    ),
    "a superseded pledge without successor": (steps(step("superseded")), "events[1].superseded_by: is missing"),
    "its own successor": (
        steps(step("superseded", superseded_by="acme-stops", whole=True)),
        "pledges.jsonl:1: events[1].superseded_by: names the pledge itself",
    ),
    "a question without saying whether it was answered": (steps(step("asked")), "events[1].answered: is missing"),
    "a step on a clause that is not there": (
        steps(step("narrowed", clauses=["stop-seling"])),
        "pledges.jsonl:1: events[1].clauses: “stop-seling” is the key of no clause of this pledge. Did you mean stop-",
    ),
    "a step of another company": (
        {
            "companies": FUND,
            "developments": [development(companies=["fund"])],
            **steps(step("clarified", "2020-06-10", event="fined")),
        },
        "pledges.jsonl:1: events[1].event: “fined” does not concern “acme”",
    ),
    "terms beside clauses": (
        pledges(terms=[terms("2020-06-10", 0)], clauses=[clause()]),
        "pledges.jsonl:1: clauses: stand beside “terms”",
    ),
    "terms that overlap": (
        pledges(terms=[terms("2020-06-10", 0), terms("2020-06-10", 0)]),
        "pledges.jsonl:1: terms[1].introduced_by: is 0, the event “made”",
    ),
    "terms out of order": (
        pledges(
            events=[MADE, step("narrowed", "2021"), step("widened", "2022")],
            terms=[terms("2020-06-10", 0), terms("2022", 2), terms("2021", 1)],
        ),
        "pledges.jsonl:1: terms[2].introduced_by: 1 is not after that of the terms above, 2",
    ),
    "terms introduced by nothing": (
        pledges(terms=[terms("2020-06-10", 0), terms("2021", 7)]),
        "pledges.jsonl:1: terms[1].introduced_by: 7 is not the position of an event",
    ),
    "terms from another day": (
        pledges(terms=[terms("2020-06-11", 0)]),
        "pledges.jsonl:1: terms[0].from: 2020-06-11 cannot be the date of event 0, 2020-06-10",
    ),
    "a key of two clauses": (
        pledges(clauses=[clause(), clause()]),
        "clauses[1].key: “stop-selling” is the key of another",
    ),
    "what is lasting and due": (
        pledges(clauses=[clause(due_on="2021")]),
        "clauses[0].due_on: stands on a lasting clause",
    ),
    "a due date of nothing": (
        pledges(due_on="2021"),
        "pledges.jsonl:1: due_on: 2021 is the due date of none of its acts",
    ),
    "a quoted wording without its source": (
        pledges(terms=[terms("2020-06-10", 0, wording="we will not", wording_basis="quoted")]),
        "pledges.jsonl:1: terms[0].wording_source: must name the source",
    ),
    # --- money
    "a negative amount": (
        investments(amount=-5, currency="USD", amount_is="stake"),
        "investments.jsonl:1: amount: -5 is no sum",
    ),
    "an amount in words": (investments(amount="5 million"), "investments.jsonl:1: amount: “5 million” is not a number"),
    "an amount beyond all money": (
        investments(amount=10**18, currency="USD", amount_is="stake"),
        "amount: 1000000000000000000 is no sum",
    ),
    "three decimal places": (
        investments(amount=1.005, currency="USD", amount_is="stake"),
        "amount: 1.005 has more than two",
    ),
    "an amount without currency": (
        investments(amount=5, amount_is="stake"),
        "investments.jsonl:1: currency: and “amount” go",
    ),
    "an amount that measures nothing": (
        investments(amount=5, currency="USD"),
        "investments.jsonl:1: amount_is: is null",
    ),
    "a claim without currency": (
        investments(claims=[claim(5, currency=None)]),
        "claims[0].currency: and “amount” go together",
    ),
    "an investor in itself": (
        investments(investor="acme"),
        "investments.jsonl:1: investor: is the company invested in",
    ),
    "a round of another company": (
        {**investments(round_id="acme-series-a"), "rounds": [round_of_financing(investee="fund")]},
        "investments.jsonl:1: round_id: “acme-series-a” is a round of “fund”, not of “acme”",
    ),
    "a round without source or claim": (rounds(sources=[]), "rounds.jsonl:1: sources: is empty"),
    "a round with claims on a part of another": (
        {**rounds(claims_on="fund-in-acme"), "investments": [investment()]},
        "rounds.jsonl:1: claims_on: “fund-in-acme” is not a part of this round",
    ),
    "earlier exits and no last one": (
        investments(earlier_exits=[exit_of()]),
        "investments.jsonl:1: exit: is null, though",
    ),
    "an exit whose identifier no column holds": (
        investments(id="a" * 200, exit=exit_of()),
        "investments.jsonl:1: exit.id: has 205 characters; at most 200 fit",
    ),
    # --- what is no identifier, where links are followed
    "a list for a reference": (companies(parent=["fund"]), "companies.jsonl:1: parent: a list is not an identifier"),
    "lists in a list of references": (developments(follows=[["one"]]), "follows[0]: a list is not an identifier"),
    "an object for a reference": (rounds(claims_on={"id": "one"}), "rounds.jsonl:1: claims_on: an object is not an"),
    "numbers that own one another": (
        {"companies": []} | {"developments": [development(id=7, follows=[7])]},
        "developments.jsonl:1: id: 7 is not an identifier",
    ),
}


@pytest.mark.parametrize("wrong", FAULTS)
def test_a_fault_is_told_with_its_place_and_how_to_mend_it(tmp_path: Path, wrong: str) -> None:
    lists, expected = FAULTS[wrong]

    told = faults_of(tmp_path, **lists)

    assert any(expected in fault for fault in told), told
    assert all(A_FAULT.fullmatch(fault) for fault in told), told


# Lines as they stand in a file, and what is told of the line.
LINES: dict[str, tuple[bytes, str]] = {
    "no JSON": (b'{"slug": "acme",}\n', "row: not JSON: "),
    "half a line": (b'{"slug": "ac\n', "row: not JSON: "),
    "two objects": (b"{} {}\n", "row: not JSON: extra data at character 4"),
    "no object": (b'["acme"]\n', "row: a list is not an object"),
    "a blank line": (b"\n", "row: the line is empty. Delete it."),
    "a line of blanks": (b" \t\r\n", "row: the line is empty. Delete it."),
    "a byte order mark": (b"\xef\xbb\xbf{}\n", "The file begins with a byte order mark: save it without."),
    "another encoding": ('{"slug": "café"}\n'.encode("latin-1"), "row: byte 14 is not UTF-8. Save the file as UTF-8."),
    "UTF-16": ('{"slug": "a"}\n'.encode("utf-16"), "row: byte 1 is not UTF-8"),
    "half a character in bytes": (b'{"name": "\xed\xa0\x80"}\n', "row: byte 11 is not UTF-8"),
    "a field twice": (b'{"slug": "a", "slug": "b"}\n', "row: the field “slug” stands twice in one object"),
    "a field of two lines twice": (rb'{"a\nb": 1, "a\nb": 2}' + b"\n", r"row: the field “a\nb” stands twice"),
    "no number": (b'{"amount": NaN}\n', "row: NaN is no number that can be stored"),
    "no end": (b'{"amount": -Infinity}\n', "row: -Infinity is no number that can be stored"),
    "five thousand digits": (b'{"amount": ' + b"1" * 5_000 + b"}\n", "row: a number has 5000 digits"),
    "four hundred digits": (b'{"amount": ' + b"1" * 400 + b"}\n", "row: a number has 400 digits"),
    "a number beyond decimals": (
        b'{"amount": 1e99999999999999999999}\n',
        "row: the number 1e99999999999999999999 has more",
    ),
    "a hundred thousand lists": (b"[" * 100_000 + b"]" * 100_000 + b"\n", "row: is nested too deeply"),
}


@pytest.mark.parametrize("wrong", LINES)
def test_a_line_that_cannot_be_read_is_told_with_its_number(tmp_path: Path, wrong: str) -> None:
    line, expected = LINES[wrong]
    write_set(tmp_path)
    good = (tmp_path / "companies.jsonl").read_bytes()
    (tmp_path / "companies.jsonl").write_bytes(good + line)

    with pytest.raises(Faulty) as refused:
        load(tmp_path)

    first, *_ = [str(fault) for fault in refused.value.faults]
    assert first.startswith("companies.jsonl:2: ")
    assert expected in first
    assert first.isprintable()


def plant(folder: Path) -> None:
    """Ten faults of different kinds, in all of the files."""

    def change(file: str, number: int, **values: Any) -> None:
        rows = rows_of(folder, file)
        rows[number - 1] |= values
        write_rows(folder, file, rows)

    change("companies.jsonl", 3, country="XX")
    change("companies.jsonl", 7, colour="red")
    change("sources.jsonl", 11, published="2020-13")
    change("sources.jsonl", 12, type="blog")
    change("developments.jsonl", 2, follows=["nothing"])
    change("developments.jsonl", 5, amounts=[{"amount": -1, "currency": "USD", "amount_is": "fine"}])
    change("pledges.jsonl", 4, made_on="1999")
    change("rounds.jsonl", 1, announced_on=2018)
    change("investments.jsonl", 1, stake="large")
    with (folder / "investments.jsonl").open("a") as lines:
        lines.write("{\n")


def test_ten_planted_faults_are_all_told_in_one_go_and_nothing_is_written(db: None, tmp_path: Path) -> None:
    folder = shutil.copytree(DATA, tmp_path / "set")
    plant(folder)
    before = everything()
    told = io.StringIO()

    with pytest.raises(CommandError, match=r"^10 faults; nothing was written\.$"):
        call_command("load_dataset", folder, stderr=told)

    faults = told.getvalue().splitlines()
    assert [fault.split(" ")[0] + fault.split(" ")[1] for fault in faults] == [
        "companies.jsonl:3:country:",
        "companies.jsonl:7:colour:",
        "sources.jsonl:11:published:",
        "sources.jsonl:12:type:",
        "developments.jsonl:2:follows[0]:",
        "developments.jsonl:5:amounts[0].amount:",
        "pledges.jsonl:4:made_on:",
        "rounds.jsonl:1:announced_on:",
        "investments.jsonl:1:stake:",
        "investments.jsonl:38:row:",
    ]
    assert everything() == before


def test_faults_of_a_step_do_not_hide_those_of_the_next(tmp_path: Path) -> None:
    told = faults_of(tmp_path, **steps(step("clarified", sources=5), step("asked"), step("extended", until="soon")))

    assert [fault.split(" ")[1] for fault in told] == ["events[1].sources:", "events[2].answered:", "events[3].until:"]


# --- folders and files -------------------------------------------------------------------------------------------


def take_away(folder: Path) -> None:
    (folder / "sources.jsonl").unlink()


def make_a_folder_of_it(folder: Path) -> None:
    take_away(folder)
    (folder / "sources.jsonl").mkdir()


def make_a_folder_of_the_rounds(folder: Path) -> None:
    (folder / "rounds.jsonl").unlink()
    (folder / "rounds.jsonl").mkdir()


FOLDERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no folder": (shutil.rmtree, "set is not a folder. Name the folder that holds companies.jsonl"),
    "no sources": (take_away, "set has no sources.jsonl. A data set has all of: companies.jsonl"),
    "a folder for a file": (
        make_a_folder_of_it,
        "sources.jsonl is not a file. Put the file of that name in its place.",
    ),
    "a folder for rounds": (make_a_folder_of_the_rounds, "rounds.jsonl is not a file."),
}


@pytest.mark.parametrize("wrong", FOLDERS)
def test_a_folder_that_holds_no_data_set_is_refused_with_what_is_missing(tmp_path: Path, wrong: str) -> None:
    spoil, expected = FOLDERS[wrong]
    folder = tmp_path / "set"
    folder.mkdir()
    write_set(folder)
    spoil(folder)

    with pytest.raises(CommandError) as refused:
        call_command("load_dataset", folder)

    assert expected in str(refused.value)
    assert str(refused.value).isprintable()


def test_a_folder_that_cannot_be_looked_at_is_refused_in_one_line() -> None:
    with pytest.raises(CommandError, match=r"Cannot read x+: File name too long\. Name a folder that you can read\.$"):
        call_command("load_dataset", "x" * 300)


def test_the_command_exits_with_an_error_and_one_line(tmp_path: Path) -> None:
    refused = subprocess.run(
        [sys.executable, "manage.py", "load_dataset", str(tmp_path / "nowhere")],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.count("\n") == 1
    assert "nowhere is not a folder" in refused.stderr


def test_empty_files_hold_an_empty_set(tmp_path: Path) -> None:
    write_set(tmp_path, companies=[], sources=[])
    told = io.StringIO()

    call_command("load_dataset", tmp_path, stdout=told)

    assert told.getvalue().splitlines()[0] == "No change: the record has all of it already."


def test_line_ends_of_another_system_change_nothing(tmp_path: Path) -> None:
    write_set(tmp_path, developments=[development()], pledges=[pledge()])
    load(tmp_path)
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert load(tmp_path).changed == 0


def test_a_last_line_without_an_end_is_read(tmp_path: Path) -> None:
    write_set(tmp_path)
    path = tmp_path / "companies.jsonl"
    path.write_text(path.read_text().rstrip("\n") + "\n" + json.dumps(company("last")))

    assert load(tmp_path).counts["companies.jsonl"] == 2


# --- what clashes with the record --------------------------------------------------------------------------------


def test_an_address_on_record_under_another_identifier_is_told(tmp_path: Path) -> None:
    factories.a_source("older", url="https://news.example/report")

    told = faults_of(tmp_path)

    assert told == [
        'sources.jsonl:1: url: is the address of the source "older" on record, which these files give another id or '
        "none. Use that id."
    ]


def test_a_wikidata_number_of_a_company_that_the_files_do_not_have_is_told(tmp_path: Path) -> None:
    with factories.published():
        factories.a_company("older").identifiers.create(scheme="wikidata", value="Q1")

    told = faults_of(tmp_path, **companies(wikidata="Q1"))

    assert told[0].startswith('companies.jsonl:1: wikidata: Q1 is that of the company "older" on record')


def test_a_step_that_is_on_record_of_another_pledge_is_told(tmp_path: Path) -> None:
    factories.a_pledge("other", made_on="2020-06-10")

    told = faults_of(tmp_path, **steps(step("clarified", id="other-made")))

    assert told == [
        'pledges.jsonl:1: events: "other-made" is on record as a step of "other". Give this one an id of its own.'
    ]


def test_another_first_step_than_on_record_is_told(tmp_path: Path) -> None:
    write_set(tmp_path, **pledges())
    load(tmp_path)

    told = faults_of(tmp_path, **pledges(events=[{**MADE, "id": "said"}]))

    assert told[0].startswith('pledges.jsonl:1: events[0].id: is "said", but on record the pledge was made in the step')
