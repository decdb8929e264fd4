"""Companies side by side: each cell says what a pledge or an event on record says, and no more."""

import csv
import io
import re
from html import unescape

import pytest

from pledges.models import Clause, Condition, Party, Pledge
from pledges.vocabulary import EventKind, Part
from tests import factories as make
from tests.timeline.reading import text_of

pytestmark = pytest.mark.django_db
HERE = "/companies/compare/"
TO_POLICE = "Has it said that it will not sell it to police, or let them use it?"
ENDS = "When does it end?"
REACH = "Does that reach prisons, borders and other agencies?"
COURT = "Has it been taken to court, ordered or fined?"


def rows(client, query: str) -> dict[tuple[str, str], list[dict[str, str]]]:
    """What the file says, by question and company."""
    found: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(text_of(client, f"{HERE}export/csv/?{query}"), newline="")):
        found.setdefault((row["question"], row["company"]), []).append(row)
    return found


def words(client, query: str, question: str) -> dict[str, list[str]]:
    return {
        company: [row["answer"] for row in answers]
        for (asked, company), answers in rows(client, query).items()
        if asked == question
    }


@pytest.fixture
def acme():
    """Says that it does not sell to police in the United States until 10 June 2031."""
    company = make.a_company("acme")
    with make.published():
        pledge = make.a_pledge("pause", company=company, title="A pause", actions=["suspend-sales"])
        Condition.objects.create(
            clause=Clause.objects.get(terms__pledge=pledge), position=0, kind="until-date", ends="2031-06-10"
        )
    return company


@pytest.fixture
def bond():
    return make.a_company("bond")


BOTH = "company=acme&company=bond"


def test_each_cell_says_what_a_pledge_says_and_an_empty_one_is_no_no(client, acme, bond):
    assert words(client, BOTH, TO_POLICE) == {"Acme": ["Yes, until 10 June 2031"], "Bond": ["Nothing found"]}
    assert words(client, BOTH, ENDS)["Acme"] == ["On a date"]
    assert words(client, BOTH, REACH)["Acme"] == ["Not stated"]
    page = text_of(client, f"{HERE}?{BOTH}")
    assert page.count('<td class="is-none">') > 10
    assert "not that the answer is no" in page


def test_a_pledge_of_everybody_reaches_other_agencies_and_holds_everywhere(client, acme, bond):
    make.a_pledge(company=bond, title="To nobody", audiences=["everyone"], jurisdictions=["world"])

    assert words(client, BOTH, REACH)["Bond"] == ["Yes"]
    assert words(client, BOTH, "Where does it hold?") == {"Acme": ["In some places"], "Bond": ["Everywhere"]}


def test_what_has_ended_is_said_to_have_ended_and_only_where_nothing_holds(client, acme, bond):
    old = make.a_pledge(company=bond, title="Of old", made_on="2019-01-01")
    make.an_effect(old, "withdrawn", "2020-01-01")
    assert words(client, BOTH, TO_POLICE)["Bond"] == ["No longer: withdrawn"]
    assert words(client, BOTH, ENDS)["Bond"] == ["Nothing found"]

    make.a_pledge(company=bond, title="Of now")
    assert words(client, BOTH, TO_POLICE)["Bond"] == ["Yes"]


def test_the_table_is_that_of_the_day_asked_for(client, acme, bond):
    assert words(client, f"{BOTH}&as_of=2020-06-09", TO_POLICE)["Acme"] == ["Nothing found"]
    assert words(client, f"{BOTH}&as_of=2031-06-11", TO_POLICE)["Acme"] == ["No longer: lapsed"]


def test_a_dispute_about_a_pledge_shows_in_its_answer(client, acme, bond):
    make.a_dispute(Pledge.objects.get(), question="Does it reach sheriffs?")

    assert words(client, BOTH, TO_POLICE)["Acme"] == ["Yes, until 10 June 2031; accounts differ"]
    assert "a-differ" in text_of(client, f"{HERE}?{BOTH}")


def test_a_question_that_was_not_answered_is_told_apart_from_nothing_found(client, acme, bond):
    make.an_effect(Pledge.objects.get(), "asked", "2020-06-12", answered=False, summary="Are sheriffs police?")

    assert words(client, BOTH, "Was it asked, and did it answer?") == {
        "Acme": ["Asked, no answer, 12 June 2020"],
        "Bond": ["Nothing found"],
    }


def test_only_those_who_were_sued_are_said_to_have_been(client, acme, bond):
    with make.published():
        event = make.an_event(kind=EventKind.LAWSUIT, title="Bond sues Acme", companies=[acme, bond])
        Party.objects.create(event=event, position=0, company=acme, kind="company", part=Part.SUED)
        Party.objects.create(event=event, position=1, company=bond, kind="company", part=Part.SUES)

    assert words(client, BOTH, COURT) == {"Acme": ["Sued, 10 June 2020"], "Bond": ["Nothing found"]}


def test_a_stake_that_was_sold_is_one_that_it_had(client, acme, bond):
    stake = make.an_investment(investor=acme, investee=bond)
    asked = "Has it taken stakes in those that make it?"
    assert words(client, BOTH, asked)["Acme"] == ["Yes"]

    make.an_effect(stake, "exit-completed", "2020-03-27", exit_kind="divestment")
    assert words(client, BOTH, asked)["Acme"] == ["Had one"]


def test_nothing_that_is_a_draft_is_compared(client, acme, bond):
    make.a_pledge(company=bond, draft=True)

    assert words(client, BOTH, TO_POLICE)["Bond"] == ["Nothing found"]


def test_a_sentence_ready_to_copy_names_the_day_each_answer_and_the_address(client, acme, bond):
    page = unescape(text_of(client, f"{HERE}?{BOTH}&as_of=2020-07-01"))

    (sentence,) = [one for one in re.findall(r'copyable">(.*?)</p>', page) if one.startswith(TO_POLICE)]
    assert sentence == (
        f"{TO_POLICE} Acme: yes, until 10 June 2031 (Suspend sales: police). Bond: nothing found. (Pledge Record, as "
        "of 1 July 2020; sources at http://testserver/companies/compare/?company=acme&company=bond&as_of=2020-07-01)"
    )


def test_at_first_the_companies_with_most_pledges_are_shown_and_others_can_be_chosen(client, acme, bond):
    for number in range(5):
        company = make.a_company(f"maker-{number}")
        make.a_pledge(company=company)
        make.a_pledge(company=company, title="Another")
    page = text_of(client, HERE)

    assert len(re.findall('<th scope="col"><a', page)) == 4
    assert 'value="maker-3" checked' in page
    assert 'value="acme">' in page
    assert 'value="bond"' not in page


def test_an_empty_record_says_so(client):
    assert "No pledge is on record yet" in text_of(client, HERE)


def test_one_company_asks_for_another_and_nine_are_too_many(client, acme):
    assert "Add at least one more company" in text_of(client, f"{HERE}?company=acme")

    slugs = [make.a_company().slug for _ in range(9)]
    answer = client.get(HERE, {"company": slugs})
    assert answer.status_code == 400
    assert "Choose 2 to 8 companies to compare, not 9." in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("company=nobody", "nobody"),
        ("company=acme&kind=lawsuit", "This list does not take it."),
        ("company=acme&as_of=today", "is not a day"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(client, acme, query, said):
    for path in (HERE, f"{HERE}export/csv/"):
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == 400
        assert said in answer.content.decode()


def test_the_file_is_named_after_the_companies_and_no_cell_is_a_formula(client, acme, bond):
    make.a_pledge(company=bond, title="=SUM(A1)", jurisdictions=[])
    answer = client.get(f"{HERE}export/csv/?{BOTH}&as_of=2020-07-01")

    assert answer.headers["Content-Disposition"].endswith('"compare-acme-bond-as-of-2020-07-01.csv"')
    assert all(not cell.startswith("=") for cell in rows_of(answer))


def rows_of(answer) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(answer.content.decode(), newline="")) for cell in row]


def test_more_pledges_take_no_more_queries(client, django_assert_max_num_queries, acme, bond):
    for company in (acme, bond):
        for number in range(6):
            make.a_pledge(company=company, title=f"Pledge {number}")
            make.an_event(companies=[company])

    with django_assert_max_num_queries(26):
        client.get(f"{HERE}?{BOTH}")
