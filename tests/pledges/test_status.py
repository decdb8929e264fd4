"""What the status of a pledge is on a day: the real cases of the starter data."""

from datetime import date

import pytest

from pledges.status import (
    Answer,
    ClauseStatus,
    ClockKind,
    Conduct,
    Facts,
    Headline,
    Rule,
    Text,
    clauses_clocks_on,
    clock_on,
    explanation,
    shown_on,
    spans,
    status_on,
    text_label,
    unanswered_on,
    unclear_label,
)
from pledges.vocabulary import AUDIENCES, EventKind, Form, label_of, step_label
from tests.translations import in_spanish

from .rows import facts_of, pledge_rows


def real(pledge: str) -> Facts:
    return facts_of(pledge_rows()[pledge])


def day(text: str) -> date:
    return date.fromisoformat(text)


AMAZON = "amazon-rekognition-moratorium"
MICROSOFT = "microsoft-no-us-police-sales"
ANYVISION_STAKE = "microsoft-sell-anyvision-stake"
ANYVISION_LASTING = "microsoft-no-minority-investments"
FACEBOOK = "meta-shut-down-face-recognition"
CLEARVIEW = "clearview-aclu-settlement-terms"
CLEARVIEW_FRANCE = "clearview-france-order"
GOOGLE = "google-ai-principles-surveillance"


@pytest.mark.parametrize(
    ("slug", "on", "headline", "text", "conduct"),
    [
        # Amazon: a year, extended without a date, narrowed, then disputed.
        (AMAZON, "2020-06-09", "not-made-yet", "not-made-yet", "none"),
        (AMAZON, "2020-06-10", "in-force", "in-force", "none"),
        (AMAZON, "2021-05-17", "in-force", "in-force", "none"),
        (AMAZON, "2021-06-10", "in-force", "in-force", "none"),
        (AMAZON, "2021-06-11", "in-force", "in-force", "none"),
        (AMAZON, "2021-08-16", "in-force", "in-force", "none"),
        (AMAZON, "2021-08-17", "in-force-narrowed", "narrowed", "none"),
        (AMAZON, "2024-01-25", "in-force-narrowed", "narrowed", "none"),
        (AMAZON, "2024-01-26", "in-force-disputed", "narrowed", "disputed"),
        (AMAZON, "2026-11-22", "in-force-disputed", "narrowed", "disputed"),
        # Microsoft: a condition that is still open; reworded, not narrowed.
        (MICROSOFT, "2020-06-10", "not-made-yet", "not-made-yet", "none"),
        (MICROSOFT, "2020-06-11", "in-force", "in-force", "none"),
        (MICROSOFT, "2020-08-10", "in-force", "reworded", "none"),
        (MICROSOFT, "2026-11-22", "in-force", "reworded", "none"),
        # Microsoft's stake in AnyVision: an act, completed on an unknown day; the lasting policy beside it.
        (ANYVISION_STAKE, "2020-03-26", "not-made-yet", "not-made-yet", "none"),
        (ANYVISION_STAKE, "2020-03-27", "unclear", "announced", "unclear"),
        (ANYVISION_STAKE, "2020-06-10", "unclear", "announced", "unclear"),
        (ANYVISION_STAKE, "2020-06-11", "completed", "announced", "completed-reported"),
        (ANYVISION_LASTING, "2020-06-12", "in-force", "in-force", "none"),
        (ANYVISION_LASTING, "2026-11-22", "in-force", "in-force", "none"),
        # IBM: disputed from a month that is known only as such.
        ("ibm-exit-general-purpose", "2020-06-08", "in-force", "in-force", "none"),
        ("ibm-exit-general-purpose", "2023-07-31", "in-force", "in-force", "none"),
        ("ibm-exit-general-purpose", "2023-08-01", "unclear", "in-force", "unclear"),
        ("ibm-exit-general-purpose", "2023-08-31", "in-force-disputed", "in-force", "disputed"),
        ("ibm-oppose-mass-surveillance", "2023-09-01", "in-force-disputed", "in-force", "disputed"),
        # Facebook: announced, then in force; the narrowing of 2024 is the company's own word.
        (FACEBOOK, "2021-11-02", "announced", "announced", "none"),
        (FACEBOOK, "2021-12-13", "announced", "announced", "none"),
        (FACEBOOK, "2021-12-14", "in-force", "in-force", "none"),
        (FACEBOOK, "2024-10-21", "in-force-narrowed", "narrowed", "none"),
        (FACEBOOK, "2026-11-22", "in-force-narrowed", "narrowed", "none"),
        # Clearview: announced on one day, in force by the court's signature on another.
        (CLEARVIEW, "2022-05-10", "announced", "announced", "none"),
        (CLEARVIEW, "2022-05-11", "in-force", "in-force", "none"),
        (CLEARVIEW, "2028-01-01", "in-force", "in-force", "none"),
        # Clearview before the French authority: due, overdue, then a breach that was found.
        (CLEARVIEW_FRANCE, "2022-12-31", "in-force", "in-force", "none"),
        (CLEARVIEW_FRANCE, "2023-01-01", "overdue", "announced", "none"),
        (CLEARVIEW_FRANCE, "2023-04-12", "overdue", "announced", "none"),
        (CLEARVIEW_FRANCE, "2023-04-13", "contradicted", "announced", "contradicted"),
        # Google: made some time in 2018, removed without notice.
        (GOOGLE, "2017-12-31", "not-made-yet", "not-made-yet", "none"),
        (GOOGLE, "2018-06-07", "unclear", "unclear", "none"),
        (GOOGLE, "2018-12-31", "in-force", "in-force", "none"),
        (GOOGLE, "2025-02-03", "in-force", "in-force", "none"),
        (GOOGLE, "2025-02-04", "withdrawn", "removed", "none"),
        # AnyVision: an allegation that an audit did not bear out.
        ("anyvision-follow-microsoft-principles", "2019-12-01", "in-force-disputed", "in-force", "disputed"),
        ("anyvision-follow-microsoft-principles", "2020-03-27", "in-force", "in-force", "none"),
        # Candriam: a programme that ended on an unknown day of a month.
        ("candriam-investor-statement", "2023-03-01", "in-force", "in-force", "none"),
        ("candriam-investor-statement", "2023-03-02", "unclear", "unclear", "none"),
        ("candriam-investor-statement", "2023-03-31", "unclear", "unclear", "none"),
        ("candriam-investor-statement", "2023-04-01", "lapsed", "lapsed", "none"),
        # Rite Aid: a statement made in an unknown day of a week, superseded by an order.
        ("rite-aid-stop-2020", "2020-07-22", "unclear", "unclear", "none"),
        ("rite-aid-stop-2020", "2020-07-25", "in-force", "in-force", "none"),
        ("rite-aid-stop-2020", "2023-12-19", "superseded", "superseded", "none"),
        # Costco: looked for in an unknown part of a year, and nothing found.
        ("costco-no-face-recognition", "2024-05-01", "in-force", "in-force", "unclear"),
        ("costco-no-face-recognition", "2024-12-31", "in-force", "in-force", "nothing-contrary"),
        # Apple: older than its first record, by how much is not known.
        ("apple-app-store-face-login", "2015-01-01", "unclear", "unclear", "none"),
        ("apple-app-store-face-login", "2020-07-29", "in-force", "in-force", "none"),
    ],
)
def test_a_real_pledge_stands_as_the_record_says(slug, on, headline, text, conduct):
    status = status_on(real(slug), day(on))

    assert (status.headline, status.text, status.conduct) == (headline, text, conduct)


def test_amazons_extension_without_a_date_overrides_the_end_of_the_year():
    amazon = real(AMAZON)

    before, after = clock_on(amazon, day("2021-05-17")), clock_on(amazon, day("2021-05-18"))

    assert (before.kind, before.until.text) == (ClockKind.ENDING, "2021-06-10")
    assert after.kind == ClockKind.OPEN_ENDED
    assert clock_on(amazon, day("2020-06-12")).kind == ClockKind.RUNNING
    assert Rule.EXTENDED in {cause.rule for cause in status_on(amazon, day("2021-06-11")).causes}


def test_amazons_narrowing_that_is_only_alleged_is_a_dispute_and_leaves_the_text_alone():
    amazon = real(AMAZON)
    alleged = next(e.id for e in amazon.effects if e.kind == "narrowed" and e.standing == "alleged")

    status = status_on(amazon, day("2024-01-26"))

    assert [cause.rule for cause in status.causes if cause.effect == alleged] == [Rule.DISPUTED]
    assert status.text == status_on(amazon, day("2024-01-25")).text


def test_microsofts_questions_without_an_answer_are_listed_and_move_nothing():
    microsoft = real(MICROSOFT)

    asked = unanswered_on(microsoft, day("2020-06-17"))

    assert [question.date.text for question in asked] == ["2020-06-11", "2020-06-17"]
    assert clock_on(microsoft, day("2026-11-22")).kind == ClockKind.CONDITION_OPEN
    assert len(spans(microsoft)) == 2  # made, reworded


def test_microsofts_sale_is_unclear_between_two_days_and_then_completed_as_reported():
    sale = real(ANYVISION_STAKE)

    between, after = status_on(sale, day("2020-05-01")), status_on(sale, day("2020-06-11"))

    assert between.answer.headlines == (Headline.COMPLETED, Headline.ANNOUNCED)
    assert unclear_label(between.answer) == "Unclear: completed or announced"
    assert after.conduct == Conduct.REPORTED
    assert clock_on(sale, day("2020-06-11")).kind == ClockKind.NONE


def test_facebooks_deletion_is_unclear_then_completed_and_later_use_does_not_break_it():
    facebook = real(FACEBOOK)
    on = {
        text: status_on(facebook, day(text)).clause("delete-templates").answer
        for text in ("2021-12-13", "2021-12-14", "2024-07-30", "2024-07-31", "2026-11-22")
    }

    assert [(text, answer.headline, answer.conduct) for text, answer in on.items()] == [
        ("2021-12-13", Headline.ANNOUNCED, Conduct.NONE),
        ("2021-12-14", Headline.UNCLEAR, Conduct.UNCLEAR),
        ("2024-07-30", Headline.UNCLEAR, Conduct.UNCLEAR),
        ("2024-07-31", Headline.COMPLETED, Conduct.REPORTED),
        ("2026-11-22", Headline.COMPLETED, Conduct.REPORTED),
    ]
    later_use = next(effect for effect in facebook.effects if effect.kind == "practice")
    assert later_use in shown_on(facebook, day("2026-11-22"))


def test_in_2028_one_clause_of_clearviews_settlement_is_over_and_the_others_are_in_force():
    settlement = real(CLEARVIEW)

    status = status_on(settlement, day("2028-01-01"))

    assert {clause.key: clause.answer.headline for clause in status.clauses} == {
        "private-customers": Headline.IN_FORCE,
        "illinois": Headline.LAPSED,
        "opt-out-form": Headline.IN_FORCE,
        "no-trials": Headline.IN_FORCE,
    }
    assert [clock.clause for clock in clauses_clocks_on(settlement, day("2026-11-22")) if clock.until] == ["illinois"]
    assert clock_on(settlement, day("2026-11-22")).until.text == "2027-05"


def test_in_the_month_in_which_a_clause_ends_on_an_unknown_day_only_that_clause_is_unclear():
    status = status_on(real(CLEARVIEW), day("2027-05-15"))

    assert status.clause("illinois").answer.headlines == (Headline.LAPSED, Headline.IN_FORCE)
    assert status.headline == Headline.IN_FORCE


def test_a_text_that_is_gone_says_that_it_went_without_notice():
    google = real(GOOGLE)

    status = status_on(google, day("2025-02-04"))

    assert [cause.rule for cause in status.causes] == [Rule.MADE, Rule.REMOVED]
    assert text_label(status.text) == "Removed without notice"
    assert explanation(google, day("2025-02-04")) == ("Removed without notice on 4 February 2025; in force since 2018.")


def test_openais_clause_that_a_narrower_text_leaves_out_is_withdrawn_and_the_rest_is_narrowed():
    status = status_on(real("openai-no-identification"), day("2025-10-29"))

    assert status.headline == Headline.NARROWED
    assert {clause.key: clause.answer.headline for clause in status.clauses} == {
        "identification": Headline.WITHDRAWN,
        "databases": Headline.NARROWED,
        "live-public": Headline.NARROWED,
    }


def test_a_part_that_another_pledge_takes_over_is_superseded_and_the_rest_goes_on():
    status = status_on(real("clearview-cancel-private-customers"), day("2022-05-10"))

    assert status.clause("cancel").answer.headline == Headline.SUPERSEDED
    assert status.clause("avoid").answer.headline == Headline.DISPUTED
    assert status.headline == Headline.DISPUTED


def test_what_is_not_yet_in_force_is_announced_until_its_day():
    terms = real("microsoft-consumer-terms-2025")

    assert status_on(terms, day("2025-09-29")).headline == Headline.ANNOUNCED
    assert status_on(terms, day("2025-09-30")).headline == Headline.IN_FORCE


@pytest.mark.parametrize(
    ("slug", "on", "said"),
    [
        (MICROSOFT, "2020-06-12", "In force since 11 June 2020, with a condition and no end date."),
        (AMAZON, "2020-06-12", "In force since 10 June 2020, until 10 June 2021."),
        (
            AMAZON,
            "2024-02-01",
            "In force since 10 June 2020, and open-ended since 18 May 2021. "
            "Narrowed about 17 August 2021. Disputed since 26 January 2024.",
        ),
        (
            ANYVISION_STAKE,
            "2020-06-12",
            "Completed between 27 March 2020 and 11 June 2020, as reported; announced on 27 March 2020.",
        ),
        (
            ANYVISION_STAKE,
            "2020-05-01",
            "Unclear: completed or announced. It turns on what is dated only “27 March – 11 June 2020”.",
        ),
        (
            "candriam-investor-statement",
            "2023-03-15",
            "Unclear: lapsed or in force. It turns on a last day that is known only roughly.",
        ),
        (
            "candriam-investor-statement",
            "2024-01-01",
            "Lapsed: its last day was about March 2023; in force since 30 March 2021.",
        ),
        (
            CLEARVIEW_FRANCE,
            "2023-05-01",
            "Contradicted: a breach was found on 13 April 2023; imposed on 17 October 2022.",
        ),
        (
            CLEARVIEW,
            "2026-11-22",
            "In force since 11 May 2022, with no end date, but for one clause, which runs until May 2027.",
        ),
        (
            CLEARVIEW,
            "2028-01-01",
            "In force since 11 May 2022, with no end date. Its other clauses: 1 lapsed; 2 in force.",
        ),
        (
            "microsoft-six-principles",
            "2026-11-22",
            "Announced on 6 December 2018 and due by 31 March 2019; no source on record says that it was done. "
            "Its other clause: in force.",
        ),
        (
            "rite-aid-stop-2020",
            "2024-01-01",
            "Superseded on 19 December 2023; in force since some time between 19 July 2020 and 25 July 2020.",
        ),
        (
            "costco-no-face-recognition",
            "2025-01-01",
            "In force since about 25 May 2021, with no end date. Nothing contrary found as of 2024.",
        ),
        (
            "anyvision-follow-microsoft-principles",
            "2020-04-01",
            "In force since June 2019, with no end date. "
            "An allegation was looked into and not borne out (27 March 2020).",
        ),
        ("apple-app-store-face-login", "2021-01-01", "In force since 29 July 2020 at the latest, with no end date."),
        (MICROSOFT, "2020-06-10", "Not made yet on that day."),
    ],
)
def test_a_status_is_explained_in_a_sentence(slug, on, said):
    assert explanation(real(slug), day(on)) == said


IN_SPANISH = {
    ("month", "May"): "mayo",
    ("month", "June"): "junio",
    ("month", "August"): "agosto",
    ("month", "January"): "enero",
    ("month", "February"): "febrero",
    ("date in a sentence", "%(day)s %(month)s %(year)s"): "el %(day)s de %(month)s de %(year)s",
    ("date in a sentence", "%(month)s %(year)s"): "%(month)s de %(year)s",
    ("date", "about %(date)s"): "hacia %(date)s",
    ("since when", "since %(date)s"): "desde %(date)s",
    ("when", "on %(date)s"): "%(date)s",
    ("until when in force", "with no end date"): "sin fecha final",
    ("until when in force", "and open-ended %(since)s"): "y sin plazo %(since)s",
    ("what had been promised", "in force %(since)s"): "en vigor %(since)s",
    ("until when in force", ("with a condition and no end date", "with %(count)s conditions and no end date")): (
        "con una condición y sin fecha final",
        "con %(count)s condiciones y sin fecha final",
    ),
    ("status of a pledge", "In force"): "En vigor",
    ("status of a pledge", "Lapsed"): "Vencido",
    (None, "In force %(since)s, %(ends)s."): "En vigor %(since)s, %(ends)s.",
    (None, "Narrowed %(when)s."): "Se redujo %(when)s.",
    (None, "Disputed %(since)s."): "En disputa %(since)s.",
    (None, "Removed without notice %(when)s; %(promised)s."): "Retirado sin aviso %(when)s; %(promised)s.",
    (None, "Its other clauses: %(counts)s."): "Las demás cláusulas: %(counts)s.",
    (
        None,
        (
            "In force %(since)s, %(ends)s, but for one clause, which runs until %(dates)s.",
            "In force %(since)s, %(ends)s, but for %(count)s clauses, which run until %(dates)s.",
        ),
    ): (
        "En vigor %(since)s, %(ends)s, salvo una cláusula, que rige hasta %(dates)s.",
        "En vigor %(since)s, %(ends)s, salvo %(count)s cláusulas, que rigen hasta %(dates)s.",
    ),
}


@pytest.mark.parametrize(
    ("slug", "on", "said"),
    [
        (MICROSOFT, "2020-06-12", "En vigor desde el 11 de junio de 2020, con una condición y sin fecha final."),
        (
            AMAZON,
            "2024-02-01",
            "En vigor desde el 10 de junio de 2020, y sin plazo desde el 18 de mayo de 2021. "
            "Se redujo hacia el 17 de agosto de 2021. En disputa desde el 26 de enero de 2024.",
        ),
        (
            CLEARVIEW,
            "2026-11-22",
            "En vigor desde el 11 de mayo de 2022, sin fecha final, salvo una cláusula, que rige hasta mayo de 2027.",
        ),
        (
            CLEARVIEW,
            "2028-01-01",
            "En vigor desde el 11 de mayo de 2022, sin fecha final. Las demás cláusulas: 1 vencido; 2 en vigor.",
        ),
        (GOOGLE, "2025-02-04", "Retirado sin aviso el 4 de febrero de 2025; en vigor desde 2018."),
    ],
)
def test_a_status_is_explained_in_the_language_of_the_reader(slug, on, said):
    with in_spanish(IN_SPANISH):
        assert explanation(real(slug), day(on)) == said


def test_the_words_of_the_record_follow_the_language_of_the_reader():
    texts = {
        ("form of a pledge", "statement of practice"): "declaración de práctica",
        ("kind of event", "fine"): "multa",
        ("step of a pledge", "text removed without notice"): "texto retirado sin aviso",
        ("audience", "law enforcement"): "fuerzas del orden",
        ("audience", "police"): "policía",
    }

    with in_spanish(texts):
        assert (Form.PRACTICE.label, EventKind.FINE.label) == ("declaración de práctica", "multa")
        assert step_label("removed") == "texto retirado sin aviso"
        assert label_of("law-enforcement", AUDIENCES) == "fuerzas del orden"
        assert label_of("police", AUDIENCES) == "policía"
        assert label_of("some-new-word", AUDIENCES) == "some new word"
    assert (str(Form.PRACTICE.label), label_of("police", AUDIENCES)) == ("statement of practice", "police")


def test_two_answers_read_as_two_even_where_one_of_them_has_a_comma():
    unclear = Answer(Headline.UNCLEAR, Text.IN_FORCE, Conduct.UNCLEAR, headlines=(Headline.DISPUTED, Headline.IN_FORCE))

    assert unclear_label(unclear) == "Unclear: either “in force, disputed” or “in force”"


@pytest.mark.parametrize("slug", sorted(pledge_rows()))
def test_an_answer_survives_being_stored(slug):
    for span in spans(real(slug)):
        assert Answer.from_json(span.status.answer.as_json()) == span.status.answer
        for clause in span.status.clauses:
            assert ClauseStatus.from_json(clause.as_json()) == clause
