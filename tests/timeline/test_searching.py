"""Help for those who search: words found are marked, slips of spelling mended, companies recognised by name."""

import re

import pytest

from companies.models import CompanyName
from tests import factories as make
from tests.timeline.reading import text_of

pytestmark = pytest.mark.django_db


def hints(client, query: str) -> list[tuple[str, str]]:
    found = re.findall(r'<p class="hint meant">(.*?)</p>', text_of(client, f"/timeline/?{query}"))
    return [re.fullmatch(r'(.*?) <a href="([^"]+)">.*', one).groups() for one in found]


def test_words_that_were_found_are_marked_in_whatever_form_they_stand_there(client):
    make.an_event(title="A promise kept", summary="What was promised over “Rekognition”, and nothing else.")

    page = text_of(client, "/timeline/?q=promises+rekognition")

    assert "A <mark>promise</mark> kept" in page
    assert "What was <mark>promised</mark> over “<mark>Rekognition</mark>”" in page
    assert "<mark>" not in text_of(client, "/timeline/")


def test_what_is_marked_stays_escaped(client):
    make.an_event(title="<b>Police</b> \ue000&\ue001 dogs", summary="<i>police</i>")

    page = text_of(client, "/timeline/?q=police")

    assert "&lt;b&gt;<mark>Police</mark>&lt;/b&gt; &amp; dogs" in page
    assert "<i>" not in page
    assert "&lt;i&gt;<mark>police</mark>" in page


def test_a_slip_of_spelling_leads_to_what_is_on_record(client):
    make.an_event(title="Rekognition in Orlando")
    make.an_event(title="Police and Rekognition")

    assert hints(client, "q=recognitoin+orlando") == [("Did you mean", "/timeline/?q=rekognition+orlando")]
    assert hints(client, "q=rekognition") == []
    assert hints(client, "q=zzzzzzzzzz") == []


def test_a_mended_search_that_would_find_nothing_either_is_not_offered(client):
    make.an_event(title="Rekognition")
    make.an_event(title="Orlando")

    assert hints(client, "q=rekognitoin+orlando") == []


def test_the_other_filters_stay_with_a_mended_search(client):
    make.an_event(title="Rekognition", kind="lawsuit")

    assert hints(client, "q=rekognitoin&kind=lawsuit") == [
        ("Did you mean", "/timeline/?q=rekognition&amp;kind=lawsuit")
    ]


def test_no_word_of_a_draft_is_ever_offered(client):
    make.an_event(title="Confidentially", draft=True)
    make.an_event(title="Something else")

    assert hints(client, "q=confidentialy") == []


def test_the_name_of_a_company_leads_to_all_of_it(client):
    make.an_event(companies=[make.a_company("meta", name="Meta")])

    for name in ("meta", '"meta"', "  META "):
        assert hints(client, f"q={name}") == [("All events of", "/timeline/?company=meta")]
    assert hints(client, "q=meta&company=meta") == []


def test_a_name_that_a_company_once_had_leads_to_it_where_nothing_else_is_found(client):
    with make.published():
        CompanyName.objects.create(company=make.a_company("meta", name="Meta"), position=0, name="Facebook")

    assert hints(client, "q=facebook") == [("All events of", "/timeline/?company=meta")]


def test_names_of_companies_on_record_are_offered_while_somebody_types(client):
    make.an_event(companies=[make.a_company("acme", name='Acme & "Sons"')])
    make.a_company("bolt")

    page = text_of(client, "/timeline/")

    assert '<option value="Acme &amp; &quot;Sons&quot;">' in page
    assert '<option value="Bolt">' not in page
    assert 'list="names"' in page


@pytest.mark.parametrize("q", ["-", '"', "or or or", "a" * 199, "\u202e", "(((", "x -y", "don’t", "1984"])
def test_odd_searches_are_answered(client, q):
    make.an_event(title="Something")

    assert client.get("/timeline/", {"q": q}).status_code == 200
