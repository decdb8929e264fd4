"""What events without a title of their own are called, and what is said of their sums."""

from decimal import Decimal

import pytest

from companies.models import Company
from pledges.models import Effect, Event, Investment, Pledge
from pledges.services.reading import summary_of, title_of
from tests.translations import in_spanish

STEP = Event(slug="a-step")
ACME, FUND, FACES = (Company(name=name) for name in ("Acme", "Acme Ventures", "Faces"))


def investing(through: Company | None = None, **values: object) -> Effect:
    stake = Investment(investor=ACME, through=through, investee=FACES, amount=Decimal(1_250_000), currency="USD")
    return Effect(**{"kind": "invested", "investment": stake, **values})


def test_a_step_is_named_after_its_pledge_and_what_it_did():
    pledge = Pledge(company=ACME, title="No sales to the police", summary="It stops.")

    assert title_of(STEP, [Effect(pledge=pledge, kind="made")]) == "Acme: No sales to the police"
    removed = Effect(pledge=pledge, kind="removed")
    assert title_of(STEP, [removed]) == "Acme: No sales to the police — text removed without notice"
    with in_spanish({("step of a pledge", "text removed without notice"): "texto retirado sin aviso"}):
        assert title_of(STEP, [removed]) == "Acme: No sales to the police — texto retirado sin aviso"


@pytest.mark.parametrize(
    ("effect", "english", "spanish"),
    [
        (investing(), "Acme invests in Faces", "Acme invierte en Faces"),
        (
            investing(FUND),
            "Acme (through Acme Ventures) invests in Faces",
            "Acme (a través de Acme Ventures) invierte en Faces",
        ),
        (
            investing(kind="exit-completed", exit_kind="divestment"),
            "Acme: stake in Faces — stake sold",
            "Acme: participación en Faces, participación vendida",
        ),
    ],
)
def test_a_step_of_an_investment_says_who_and_in_what(effect, english, spanish):
    texts = {
        (None, "%(investor)s invests in %(company)s"): "%(investor)s invierte en %(company)s",
        (
            None,
            "%(investor)s (through %(fund)s) invests in %(company)s",
        ): "%(investor)s (a través de %(fund)s) invierte en %(company)s",
        (
            None,
            "%(investor)s: stake in %(company)s — %(how)s",
        ): "%(investor)s: participación en %(company)s, %(how)s",
        ("end of an investment", "stake sold"): "participación vendida",
    }

    assert title_of(STEP, [effect]) == english
    with in_spanish(texts):
        assert title_of(STEP, [effect]) == spanish


def test_a_sum_is_written_with_the_marks_of_the_language_and_what_it_measures():
    effect = investing()
    effect.investment.amount_is = "round"
    texts = {
        (
            None,
            "As reported: %(currency)s %(amount)s (%(measure)s).",
        ): "Según lo publicado: %(amount)s %(currency)s (%(measure)s).",
        ("what a sum measures", "everything raised in the round"): "todo lo reunido en la ronda",
    }

    assert summary_of(STEP, [effect]) == "As reported: USD 1,250,000 (everything raised in the round)."
    with in_spanish(texts):
        assert summary_of(STEP, [effect]) == "Según lo publicado: 1.250.000 USD (todo lo reunido en la ronda)."
