"""What citation formats do with angle brackets: addresses are exact, and text loses nothing but emphasis."""

from __future__ import annotations

import json

import pytest

from sources.citing.bibtex import bibtex_entry
from sources.citing.csl import csl_item
from sources.citing.ris import ris_record
from sources.citing.words import clean
from sources.models import Source
from tests.translations import in_spanish

HOSTILE = 'https://example.org/a?b="><script>alert(1)</script><i>x</i>'


def cited(**values: object) -> Source:
    given = {"slug": "report", "title": "The report", "type": Source.Type.NEWS, "title_basis": "page"}
    return Source(**{**given, "url": "https://example.org/", **values})


def test_an_address_is_exact_in_every_format_whatever_it_holds() -> None:
    item = csl_item(cited(url=HOSTILE))

    assert json.loads(json.dumps(item))["URL"] == HOSTILE
    assert f"UR  - {HOSTILE}\r\n" in ris_record(item)
    assert f"  url = {{{HOSTILE}}}," in bibtex_entry(item)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("https://example.org/a\r\nER  - ", "https://example.org/a%0D%0AER%20%20-"),
        ("https://example.org/\u2028b", "https://example.org/%E2%80%A8b"),
        ("https://example.org/\u202etxt", "https://example.org/%E2%80%AEtxt"),
    ],
)
def test_an_address_never_breaks_its_line_or_turns_it_round(address: str, written: str) -> None:
    item = csl_item(cited(url=address))

    assert f"UR  - {written}\r\n" in ris_record(item)
    assert f"  url = {{{written}}}," in bibtex_entry(item)


def test_an_address_amid_other_words_loses_nothing() -> None:
    original = cited(slug="first", title="First with it", publisher="The Original", url=HOSTILE)

    remarks = csl_item(cited(copy_of=original))["custom"]["remarks"]

    exact = HOSTILE.replace("<", "%3C").replace(">", "%3E")
    assert remarks[0] == f"Copy of “First with it”, The Original, {exact}."
    assert exact in ris_record(csl_item(cited(copy_of=original)))


def test_emphasis_is_dropped_where_a_format_knows_none_and_other_brackets_are_text() -> None:
    item = csl_item(cited(title="<i>Acme</i> v. <Doe> & <script>x</script>, 1 < 2 <b class='x'>now</b>"))

    assert item["title"] == "<i>Acme</i> v. <Doe> & <script>x</script>, 1 < 2 <b>now</b>"
    assert "TI  - Acme v. <Doe> & <script>x</script>, 1 < 2 now\r\n" in ris_record(item)
    assert (
        r"title = {{Acme v. \textless{}Doe\textgreater{} \& \textless{}script\textgreater{}x"
        r"\textless{}/script\textgreater{}, 1 \textless{} 2 now}}" in bibtex_entry(item)
    )


def test_a_tag_that_only_begins_like_emphasis_is_text() -> None:
    assert clean("<iframe src=x> <body> <bdo> <SUP>2</SUP>") == "<iframe src=x> <body> <bdo> <sup>2</sup>"


def test_remarks_follow_the_language_of_the_reader_and_what_programs_read_does_not() -> None:
    texts = {
        (None, "Published %(date)s."): "Publicado %(date)s.",
        ("date in a sentence", "summer %(year)s"): "el verano de %(year)s",
        (None, "Copy of a text by %(publisher)s."): "Copia de un texto de %(publisher)s.",
        ("type of source in a citation", "Press release"): "Comunicado de prensa",
        (None, "Quoted: %(quotations)s"): "Citado: %(quotations)s",
    }

    with in_spanish(texts):
        source = cited(published="2020-22", syndicated_from="The Wire", type=Source.Type.PRESS_RELEASE)
        item = csl_item(source, quotations=["We will stop."])
        bibtex, ris = bibtex_entry(item), ris_record(item)

    assert json.loads(json.dumps(item))["genre"] == "Comunicado de prensa"
    assert item["annote"] == "Citado: “We will stop.”"
    assert "Publicado el verano de 2020. Comunicado de prensa. Copia de un texto de The Wire." in bibtex
    assert "DA  - 2020///Summer\r\n" in ris
    assert "N1  - Copia de un texto de The Wire.\r\n" in ris
