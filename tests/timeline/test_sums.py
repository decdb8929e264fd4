"""Sums in pictures and tables say what they measure, and no sale is done that was only announced."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import date

import pytest

from companies.models import Company
from pledges.vocabulary import AmountIs
from tests import factories as make
from timeline.figures import TableRow, draw
from timeline.lanes import lanes_of
from timeline.money import SUMS

TODAY = date(2026, 1, 1)


def table_of(company: Company) -> Sequence[TableRow]:
    picture = draw(key="k", title="t", description="d", lanes=lanes_of([company], TODAY), today=TODAY)
    assert picture
    return picture.table


def stake_row(**values: object) -> TableRow:
    """The only row of the picture's table: a stake of Microsoft in AnyVision."""
    with make.published():
        investor, investee = make.a_company(name="Microsoft"), make.a_company(name="AnyVision")
        make.an_investment("the-stake", investor=investor, investee=investee, currency="USD", **values)
    (row,) = table_of(investor)
    return row


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("amount_is", "said", "kind"),
    [
        ("round", "Stake in AnyVision, round of USD 74 million, as reported", "Stake"),
        ("stake", "Stake in AnyVision, USD 74 million, as reported", "Stake"),
        ("acquisition", "Acquisition of AnyVision, price of USD 74 million, as reported", "Acquisition"),
        ("settlement", "Stake in AnyVision, settlement of USD 74 million, as reported", "Stake"),
    ],
)
def test_a_sum_is_the_investors_own_only_where_it_measures_that(amount_is: str, said: str, kind: str) -> None:
    row = stake_row(amount=74_000_000, amount_is=amount_is)

    assert (row.what, row.status) == (said, kind)


def test_every_measure_of_a_sum_has_words_of_its_own() -> None:
    assert set(SUMS) == set(AmountIs)
    assert len(set(SUMS.values())) == len(SUMS)


@pytest.mark.django_db
def test_a_sale_that_is_only_announced_has_not_ended_the_stake() -> None:
    with make.published():
        investor = make.a_company()
        stake = make.an_investment(investor=investor)
        make.an_effect(stake, "exit-announced", "2020-03-27", exit_kind="announced-divestment")
    (row,) = table_of(investor)
    assert row.until == "sale announced 27 March 2020"

    with make.published():
        make.an_effect(stake, "exit-completed", "2020-05", exit_kind="divestment")
    (row,) = table_of(investor)

    assert row.until == "ended May 2020"


@pytest.mark.django_db
@pytest.mark.parametrize(("written", "printed"), [("2018", "2018"), ("2019-06", "June 2019"), ("2017~", "about 2017")])
def test_the_table_of_a_picture_is_no_more_exact_than_the_record(written: str, printed: str) -> None:
    with make.published():
        company = make.a_company()
        make.an_investment(investor=company, announced_on=written)
        make.a_pledge(company=company, made_on=written)

    assert {row.since for row in table_of(company)} == {printed}


def test_the_starter_data_calls_no_round_and_no_purchase_a_stake(client, starter_data) -> None:
    for address in ("/", "/companies/microsoft/", "/companies/anyvision/", "/companies/metropolis/"):
        said = re.findall(r"[^.;<>\"]*USD [^<>\"]*, as reported", html.unescape(client.get(address).text))
        assert said
        assert not [words for words in said if re.search(r"(in AnyVision|invests), USD (74|125|235)", words)]
