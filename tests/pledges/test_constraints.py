# ruff: noqa: E501 -- a statement reads best on one line
"""Every rule of the record, and somebody who tries to break it with plain SQL under the site's role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.db import IntegrityError, connection, transaction

from history.services import sign_dataset, stating
from tests import factories
from tests.factories import published


class Attempt(NamedTuple):
    """A rule, what somebody writes against it, and once more which table where the rule holds of several."""

    rule: str
    statement: str


# On a record with the two companies "acme" and "bolt" (which owns nothing), the sources "report" and "reply", the
# developments "lawsuit" and "ruling" (which follows it), the pledges "stop" and "limit", the investment "stake" of
# Acme in Bolt in the round "series", and a dispute about "stop" with two answers. All of it is public.
PLAIN = [
    # companies
    Attempt("a_company_has_a_name", "UPDATE companies_company SET name = ' '"),
    Attempt("a_company_has_roles_that_are_known", "UPDATE companies_company SET roles = '{vendor,spy}'"),
    Attempt("a_company_is_not_merged_into_itself", "UPDATE companies_company SET merged_into_id = id"),
    Attempt("a_country_is_two_capital_letters", "UPDATE companies_company SET country = 'us'"),
    Attempt("companies_company_slug_key", "UPDATE companies_company SET slug = 'acme'"),
    Attempt(
        "a_name_is_not_given_up_before_it_is_used",
        "INSERT INTO companies_companyname (company_id, position, name, used_from_earliest, used_until_latest)"
        " SELECT id, 1, 'Acme Ltd', '2021-01-01', '2020-01-01' FROM companies_company",
    ),
    Attempt(
        "names_of_a_company_have_an_order",
        "INSERT INTO companies_companyname (company_id, position, name)"
        " SELECT id, 1, n FROM companies_company, unnest('{A,B}'::text[]) n",
    ),
    Attempt(
        "an_identifier_names_one_company",
        "INSERT INTO companies_identifier (company_id, scheme, value) SELECT id, 'wikidata', 'Q1' FROM companies_company",
    ),
    Attempt(
        "a_company_has_one_identifier_of_a_scheme",
        "INSERT INTO companies_identifier (company_id, scheme, value)"
        " SELECT id, 'wikidata', v FROM companies_company, unnest('{Q1,Q2}'::text[]) v WHERE slug = 'acme'",
    ),
    Attempt(
        "an_identifier_has_the_form_of_its_scheme",
        "INSERT INTO companies_identifier (company_id, scheme, value) SELECT id, 'lei', 'Q1' FROM companies_company",
    ),
    Attempt(
        "a_company_does_not_own_itself",
        "INSERT INTO companies_ownership (company_id, owner_id) SELECT id, id FROM companies_company",
    ),
    Attempt(
        "a_company_has_one_present_owner",
        "INSERT INTO companies_ownership (company_id, owner_id) SELECT c.id, o.id FROM companies_company c,"
        " companies_company o, generate_series(1, 2) WHERE c.slug = 'bolt' AND o.slug = 'acme'",
    ),
    Attempt(
        "owners_never_form_a_circle",
        "INSERT INTO companies_ownership (company_id, owner_id)"
        " SELECT c.id, o.id FROM companies_company c JOIN companies_company o ON o.id <> c.id"
        " WHERE c.slug IN ('acme', 'bolt') AND o.slug IN ('acme', 'bolt')",
    ),
    # sources
    Attempt("a_publication_date_is_in_order", "UPDATE sources_source SET published_earliest = '2021-01-01',"
            " published_latest = '2020-01-01'"),
    Attempt("a_company_does_not_take_the_address_of_the_comparison", "UPDATE companies_company SET slug = 'compare'"
            " WHERE id = (SELECT min(id) FROM companies_company)"),
    Attempt("a_source_has_a_title", "UPDATE sources_source SET title = ''"),
    Attempt("a_source_does_not_take_the_address_of_a_page_about_all", "UPDATE sources_source SET slug = 'edits'"),
    Attempt("a_source_does_not_take_the_address_of_a_page_about_all", "UPDATE sources_source SET slug = 'schedule'"),
    Attempt("a_source_is_not_a_copy_of_itself", "UPDATE sources_source SET copy_of_id = id"),
    Attempt("a_source_is_not_its_own_first_report", "UPDATE sources_source SET first_report_id = id"),
    Attempt("an_address_begins_with_http", "UPDATE sources_source SET url = 'javascript:alert(1)'"),
    Attempt("an_address_has_an_identity_key", "UPDATE sources_source SET identity_key = NULL"),
    Attempt("an_address_is_on_record_once", "UPDATE sources_source SET identity_key = 'https://news.example/'"),
    Attempt("sources_source_slug_key", "UPDATE sources_source SET slug = 'report'"),
    Attempt(
        "copies_never_form_a_circle",
        "UPDATE sources_source s SET copy_of_id = o.id FROM sources_source o"
        " WHERE (s.slug, o.slug) IN (('report', 'reply'), ('reply', 'report'))",
    ),
    Attempt(
        "a_source_cites_another_once",
        "INSERT INTO sources_citedwork (source_id, cited_id) SELECT s.id, c.id FROM sources_source s, sources_source c,"
        " generate_series(1, 2) WHERE s.slug = 'report' AND c.slug = 'reply'",
    ),
    Attempt(
        "a_source_does_not_cite_itself",
        "INSERT INTO sources_citedwork (source_id, cited_id) SELECT id, id FROM sources_source",
    ),
    Attempt("a_passage_has_words", "UPDATE sources_passage SET exact = ''"),
    Attempt(
        "a_passage_is_on_record_once",
        "INSERT INTO sources_passage (source_id, exact, prefix, suffix)"
        " SELECT source_id, exact, prefix, suffix FROM sources_passage",
    ),
    # events
    Attempt("an_event_of_a_kind_has_a_title", "UPDATE pledges_event SET title = '' WHERE kind <> ''"),
    Attempt("the_days_of_an_event_are_in_order", "UPDATE pledges_event SET date_earliest = '2030-01-01'"),
    Attempt("pledges_event_slug_key", "UPDATE pledges_event SET slug = 'lawsuit'"),
    Attempt(
        "jurisdictions_are_iso_3166_codes_or_eu_or_world", "UPDATE pledges_event SET jurisdictions = '{Illinois}'"
    ),
    Attempt(
        "an_event_names_a_company_once",
        "INSERT INTO pledges_eventcompany (event_id, company_id, position)"
        " SELECT event_id, company_id, 9 FROM pledges_eventcompany",
    ),
    Attempt(
        "a_party_is_either_a_company_on_record_or_a_name",
        "INSERT INTO pledges_party (event_id, position, kind, part) SELECT id, 1, 'court', 'decides' FROM pledges_event",
    ),
    Attempt(
        "a_party_takes_a_part_once",
        "INSERT INTO pledges_party (event_id, position, name, kind, part) SELECT id, n, 'The court', 'court', 'decides'"
        " FROM pledges_event, generate_series(1, 2) n",
    ),
    Attempt(
        "an_amount_is_not_negative",
        "INSERT INTO pledges_amount (event_id, position, amount, currency, amount_is)"
        " SELECT id, 0, -1, 'USD', 'fine' FROM pledges_event",
    ),
    Attempt(
        "an_amount_has_a_currency_of_three_letters",
        "INSERT INTO pledges_amount (event_id, position, amount, currency, amount_is)"
        " SELECT id, 0, 1, '$', 'fine' FROM pledges_event",
    ),
    Attempt(
        "an_event_does_not_follow_itself",
        "INSERT INTO pledges_eventfollows (event_id, follows_id, position) SELECT id, id, 0 FROM pledges_event",
    ),
    Attempt(
        "an_event_follows_another_once",
        "INSERT INTO pledges_eventfollows (event_id, follows_id, position)"
        " SELECT event_id, follows_id, 9 FROM pledges_eventfollows",
    ),
    Attempt(
        "events_never_follow_in_a_circle",
        "INSERT INTO pledges_eventfollows (event_id, follows_id, position)"
        " SELECT follows_id, event_id, 0 FROM pledges_eventfollows",
    ),
    # pledges, their terms and clauses
    Attempt("pledges_pledge_slug_key", "UPDATE pledges_pledge SET slug = 'stop'"),
    Attempt("a_pledge_has_a_title_and_a_summary", "UPDATE pledges_pledge SET summary = ' '"),
    Attempt(
        "a_pledge_is_imposed_exactly_where_a_court_or_regulator_binds", "UPDATE pledges_pledge SET binding = 'order'"
    ),
    Attempt("technologies_and_audiences_are_words_in_small_letters", "UPDATE pledges_pledge SET audiences = '{Police}'"),
    Attempt(
        "technologies_and_audiences_are_words_in_small_letters",
        "UPDATE pledges_terms SET technologies = '{facial-recognition,facial-recognition}'",
    ),
    Attempt(
        "technologies_and_audiences_are_words_in_small_letters",
        "UPDATE pledges_clause SET technologies = '{facial recognition}'",
    ),
    Attempt("jurisdictions_are_iso_3166_codes_or_eu_or_world", "UPDATE pledges_pledge SET jurisdictions = '{USA}'"),
    Attempt("jurisdictions_are_iso_3166_codes_or_eu_or_world", "UPDATE pledges_terms SET jurisdictions = '{us}'"),
    Attempt("jurisdictions_are_iso_3166_codes_or_eu_or_world", "UPDATE pledges_clause SET jurisdictions = '{US,US}'"),
    Attempt(
        "versions_of_terms_have_an_order",
        "INSERT INTO pledges_terms (pledge_id, position, introduced_by_id, starts, days, wording, wording_basis, actions,"
        " technologies, audiences, excludes, jurisdictions, clauses_given)"
        " SELECT pledge_id, position, introduced_by_id, starts, 'empty', '', '', actions, technologies, audiences,"
        " excludes, jurisdictions, false FROM pledges_terms",
    ),
    Attempt(
        "terms_of_a_pledge_do_not_overlap",
        "INSERT INTO pledges_terms (pledge_id, position, introduced_by_id, starts, days, wording, wording_basis, actions,"
        " technologies, audiences, excludes, jurisdictions, clauses_given)"
        " SELECT pledge_id, 7, introduced_by_id, starts, '[2020-07-01,2020-08-01)', '', '', actions, technologies,"
        " audiences, excludes, jurisdictions, false FROM pledges_terms",
    ),
    Attempt(
        "terms_are_introduced_by_an_effect_on_their_pledge",
        "UPDATE pledges_terms SET introduced_by_id = (SELECT id FROM pledges_effect WHERE slug = 'stake')",
    ),
    Attempt("wording_says_whether_it_is_quoted", "UPDATE pledges_terms SET wording = 'never'"),
    Attempt(
        "only_quoted_wording_names_its_source",
        "UPDATE pledges_terms SET wording_source_id = (SELECT id FROM sources_source WHERE slug = 'report')",
    ),
    Attempt(
        "a_clause_has_a_key_of_its_own",
        "INSERT INTO pledges_clause (terms_id, position, key, action, nature, text, technologies, audiences, excludes,"
        " jurisdictions) SELECT terms_id, 9, key, action, nature, '', '{}', '{}', '{}', '{}' FROM pledges_clause",
    ),
    Attempt(
        "clauses_have_an_order",
        "INSERT INTO pledges_clause (terms_id, position, key, action, nature, text, technologies, audiences, excludes,"
        " jurisdictions) SELECT terms_id, position, 'other', action, nature, '', '{}', '{}', '{}', '{}'"
        " FROM pledges_clause",
    ),
    Attempt("only_an_act_has_a_due_date", "UPDATE pledges_clause SET due_on = '2021-01-01'"),
    Attempt(
        "a_condition_belongs_to_exactly_one_pledge_terms_or_clause",
        "INSERT INTO pledges_condition (pledge_id, terms_id, position, matters_most, kind)"
        " SELECT pledge_id, id, 0, false, 'other' FROM pledges_terms",
    ),
    Attempt(
        "only_a_condition_until_a_date_has_a_date",
        "INSERT INTO pledges_condition (pledge_id, position, matters_most, kind, ends)"
        " SELECT id, 0, false, 'until-law', '2021-06-10' FROM pledges_pledge",
    ),
    Attempt(
        "only_a_pledge_says_which_condition_matters_most",
        "INSERT INTO pledges_condition (terms_id, position, matters_most, kind)"
        " SELECT id, 0, true, 'other' FROM pledges_terms",
    ),
    Attempt(
        "one_condition_of_a_pledge_matters_most",
        "INSERT INTO pledges_condition (pledge_id, position, matters_most, kind)"
        " SELECT id, n, true, 'other' FROM pledges_pledge, generate_series(1, 2) n",
    ),
    # effects
    Attempt("pledges_effect_slug_key", "UPDATE pledges_effect SET slug = 'stop-made'"),
    Attempt(
        "an_effect_is_on_exactly_one_pledge_or_investment",
        "UPDATE pledges_effect SET investment_id = (SELECT id FROM pledges_investment WHERE slug = 'stake') WHERE slug = 'stop-made'",
    ),
    Attempt(
        "an_effect_is_on_exactly_one_pledge_or_investment", "UPDATE pledges_effect SET kind = 'invested', position = 1"
        " WHERE slug = 'stop-made'"
    ),
    Attempt(
        "effects_on_a_pledge_have_an_order",
        "UPDATE pledges_effect SET position = 1 WHERE pledge_id IS NOT NULL AND kind <> 'made'",
    ),
    Attempt("effects_on_an_investment_have_an_order", "UPDATE pledges_effect SET position = 0"
            " WHERE investment_id IS NOT NULL"),
    Attempt("a_pledge_is_made_once", "UPDATE pledges_effect SET kind = 'made', answered = NULL, position = 0 WHERE slug = 'stop-asked'"),
    Attempt(
        "a_pledge_is_made_before_anything_else_happens_to_it",
        "UPDATE pledges_effect SET position = 5 WHERE slug = 'stop-made'",
    ),
    Attempt("only_an_extension_has_a_new_end", "UPDATE pledges_effect SET until = '2022' WHERE slug = 'stop-made'"),
    Attempt(
        "a_superseded_pledge_names_its_successor_and_how_much",
        "UPDATE pledges_effect SET kind = 'superseded', answered = NULL WHERE slug = 'stop-asked'",
    ),
    Attempt(
        "a_pledge_does_not_supersede_itself",
        "UPDATE pledges_effect SET kind = 'superseded', answered = NULL, whole = true, superseded_by_id = pledge_id"
        " WHERE slug = 'stop-asked'",
    ),
    Attempt(
        "a_question_says_whether_it_was_answered", "UPDATE pledges_effect SET answered = NULL WHERE slug = 'stop-asked'"
    ),
    Attempt("only_a_search_says_where", "UPDATE pledges_effect SET searched_where = 'in Ohio' WHERE slug = 'stop-made'"),
    Attempt(
        "only_an_exit_has_an_exit_kind_and_proceeds",
        "UPDATE pledges_effect SET exit_kind = 'listing' WHERE slug = 'stake'",
    ),
    Attempt(
        "only_an_exit_has_an_exit_kind_and_proceeds",
        "UPDATE pledges_effect SET exit_kind = NULL WHERE slug = 'stake-exit'",
    ),
    Attempt(
        "proceeds_of_an_exit_have_a_currency", "UPDATE pledges_effect SET amount = 1 WHERE slug = 'stake-exit'"
    ),
    Attempt("the_days_of_an_effect_are_in_order", "UPDATE pledges_effect SET date_earliest = '2030-01-01'"),
    # money
    Attempt("pledges_investment_slug_key", "INSERT INTO pledges_investment (slug, investee_id, announced_on, stake,"
            " read_twice, retracted_because) SELECT slug, investee_id, announced_on, stake, false, ''"
            " FROM pledges_investment"),
    Attempt("pledges_round_slug_key", "INSERT INTO pledges_round (slug, investee_id, announced_on, retracted_because)"
            " SELECT slug, investee_id, announced_on, '' FROM pledges_round"),
    Attempt("a_company_does_not_invest_in_itself", "UPDATE pledges_investment SET investor_id = investee_id"),
    Attempt("an_investment_says_what_its_amount_measures", "UPDATE pledges_investment SET amount = 1, currency = 'USD'"),
    Attempt("an_investment_says_what_its_amount_measures", "UPDATE pledges_investment SET amount = 1, amount_is = 'stake'"),
    Attempt(
        "a_co_investor_is_named_once",
        "INSERT INTO pledges_coinvestor (investment_id, company_id, position)"
        " SELECT id, investee_id, n FROM pledges_investment, generate_series(1, 2) n",
    ),
    Attempt(
        "a_claim_is_about_exactly_one_round_or_investment",
        "UPDATE pledges_claim SET investment_id = (SELECT id FROM pledges_investment WHERE slug = 'stake')",
    ),
    Attempt("a_claimed_amount_has_a_currency", "UPDATE pledges_claim SET currency = NULL"),
    Attempt(
        "claims_on_a_round_have_an_order",
        "INSERT INTO pledges_claim (round_id, position, text, amount_is) SELECT round_id, position, '', amount_is"
        " FROM pledges_claim WHERE round_id IS NOT NULL",
    ),
    Attempt(
        "claims_on_an_investment_have_an_order",
        "INSERT INTO pledges_claim (investment_id, position, text, amount_is)"
        " SELECT id, 0, '', 'stake' FROM pledges_investment, generate_series(1, 2) WHERE slug = 'draft-stake'",
    ),
    # citations and disputes
    Attempt(
        "a_citation_bears_on_exactly_one_event_effect_claim_or_answer",
        "UPDATE pledges_citation SET event_id = (SELECT id FROM pledges_event WHERE slug = 'lawsuit')"
        " WHERE effect_id IS NOT NULL",
    ),
    Attempt(
        "a_cited_passage_stands_in_the_cited_source",
        "UPDATE pledges_citation SET source_id = (SELECT id FROM sources_source WHERE slug = 'reply')"
        " WHERE passage_id IS NOT NULL",
    ),
    Attempt("a_dispute_asks_a_question", "UPDATE pledges_dispute SET question = ''"),
    Attempt(
        "a_dispute_is_about_one_pledge_effect_investment_or_event", "UPDATE pledges_dispute SET pledge_id = NULL"
    ),
    Attempt("at_most_one_answer_is_preferred", "UPDATE pledges_answer SET preferred = true, reason = 'So it is.'"),
    Attempt("a_preferred_answer_gives_a_reason", "UPDATE pledges_answer SET preferred = true WHERE position = 0"),
    Attempt("answers_have_an_order", "UPDATE pledges_answer SET position = 0"),
    # what is derived
    Attempt(
        "a_pledge_has_one_status_on_a_day",
        "INSERT INTO pledges_statusspan (pledge_id, days, headline, alternatives, text, conduct, causes, clauses)"
        " SELECT pledge_id, days, headline, alternatives, text, conduct, causes, clauses FROM pledges_statusspan",
    ),
    Attempt(
        "an_event_has_a_mark_once",
        "INSERT INTO pledges_eventmark (event_id, facet, value) SELECT event_id, facet, value FROM pledges_eventmark",
    ),
    # addresses
    Attempt(
        "a_former_slug_leads_to_one_record",
        "INSERT INTO history_formerslug (kind, slug, current_slug)"
        " SELECT 'company', 'old', c FROM unnest('{acme,bolt}'::text[]) c",
    ),
    Attempt(
        "a_former_slug_is_not_the_current_one",
        "INSERT INTO history_formerslug (kind, slug, current_slug) VALUES ('company', 'acme', 'acme')",
    ),
]  # fmt: skip

# What is public is complete: of each, what takes away what it rests on.
PUBLIC = [
    Attempt("a_public_event_rests_on_a_source", "DELETE FROM pledges_citation WHERE event_id IS NOT NULL"),
    Attempt(
        "a_public_event_rests_on_a_source",
        "UPDATE pledges_citation SET stance = 'context' WHERE event_id IS NOT NULL",
    ),
    Attempt(
        "a_public_event_rests_on_a_source",
        "INSERT INTO pledges_event (slug, kind, title, summary, date, sorts_on, jurisdictions, read_twice,"
        " publication_id, retracted_because) SELECT 'bare', kind, title, '', date, sorts_on, '{}', false, publication_id,"
        " '' FROM pledges_event WHERE slug = 'lawsuit'",
    ),
    Attempt(
        "an_event_without_a_kind_is_named_after_its_effect",
        "UPDATE pledges_event SET kind = '', title = '' WHERE slug = 'lawsuit'",
    ),
    Attempt("a_public_effect_rests_on_a_source", "DELETE FROM pledges_citation WHERE effect_id IS NOT NULL"),
    Attempt(
        "a_public_effect_rests_on_a_source",
        "UPDATE pledges_citation SET stance = 'disputes' WHERE effect_id IS NOT NULL",
    ),
    Attempt(
        "a_public_pledge_was_made",
        "UPDATE pledges_effect SET pledge_id = (SELECT id FROM pledges_pledge WHERE slug = 'limit'), kind = 'reworded',"
        " position = 9 WHERE slug = 'stop-made'",
    ),
    Attempt("a_public_pledge_has_terms_with_a_clause", "DELETE FROM pledges_clause"),
    Attempt(
        "a_public_investment_was_made", "UPDATE pledges_effect SET kind = 'exit-announced', exit_kind = 'listing'"
        " WHERE slug = 'stake'",
    ),
    Attempt("a_public_claim_rests_on_a_source", "DELETE FROM pledges_citation WHERE claim_id IS NOT NULL"),
    Attempt(
        "a_public_round_rests_on_a_claim",
        "WITH bare AS (DELETE FROM pledges_citation WHERE claim_id IS NOT NULL) DELETE FROM pledges_claim",
    ),
    Attempt("a_public_answer_rests_on_a_source", "DELETE FROM pledges_citation WHERE answer_id IS NOT NULL"),
    Attempt(
        "a_public_dispute_has_two_answers",
        "WITH gone AS (DELETE FROM pledges_citation WHERE answer_id IN (SELECT id FROM pledges_answer WHERE position = 1))"
        " DELETE FROM pledges_answer WHERE position = 1",
    ),
]  # fmt: skip

# What is public rests on what is public: a draft is put where something public needs it.
ON_DRAFTS = [
    "UPDATE pledges_citation SET source_id = (SELECT id FROM sources_source WHERE slug = 'draft'), passage_id = NULL"
    " WHERE event_id IS NOT NULL",
    "UPDATE pledges_citation SET source_id = (SELECT id FROM sources_source WHERE slug = 'draft'), passage_id = NULL"
    " WHERE effect_id IS NOT NULL",
    "UPDATE pledges_citation SET source_id = (SELECT id FROM sources_source WHERE slug = 'draft') WHERE claim_id"
    " IS NOT NULL",
    "UPDATE pledges_citation SET source_id = (SELECT id FROM sources_source WHERE slug = 'draft') WHERE answer_id"
    " IS NOT NULL",
    "UPDATE pledges_effect SET event_id = (SELECT id FROM pledges_event WHERE slug = 'draft') WHERE slug = 'stop-made'",
    "UPDATE pledges_effect SET pledge_id = (SELECT id FROM pledges_pledge WHERE slug = 'draft'), position = 9"
    " WHERE slug = 'stop-asked'",
    "UPDATE pledges_effect SET kind = 'superseded', whole = true, answered = NULL,"
    " superseded_by_id = (SELECT id FROM pledges_pledge WHERE slug = 'draft') WHERE slug = 'stop-asked'",
    "UPDATE pledges_effect SET investment_id = (SELECT id FROM pledges_investment WHERE slug = 'draft-stake'), position = 9"
    " WHERE slug = 'stake-exit'",
    "UPDATE pledges_pledge SET company_id = (SELECT id FROM companies_company WHERE slug = 'draft')",
    "UPDATE pledges_investment SET investor_id = (SELECT id FROM companies_company WHERE slug = 'draft')",
    "UPDATE pledges_dispute SET pledge_id = (SELECT id FROM pledges_pledge WHERE slug = 'draft')",
]

PUBLISHED = (
    "companies_company",
    "sources_source",
    "pledges_pledge",
    "pledges_round",
    "pledges_investment",
    "pledges_event",
    "pledges_effect",
    "pledges_dispute",
)
# Constraints that carry the name PostgreSQL or Django gave them, as they can only be broken by code of our own.
UNNAMED = ("_position_check", "_key_key")
# Rooms whose own tests try theirs: the care of links is no part of the record itself.
ELSEWHERE = (
    "sources_finding",
    "sources_host",
    "sources_linkstate",
    "sources_linkcheck",
    "sources_archivejob",
    "sources_silentedit",
    "sources_snapshot",
    "sources_statechange",
    "sources_textversion",
    "history_publication",
)


@pytest.fixture(scope="module")
def _recorded(django_db_setup: object, django_db_blocker: Any) -> Iterator[None]:
    """The record of which the attempts speak, written once for all of them."""
    with django_db_blocker.unblock(), transaction.atomic():
        enter_record()
        settle()

        yield

        transaction.set_rollback(True)


@pytest.fixture
def record(_recorded: None) -> Iterator[None]:
    with transaction.atomic():
        yield

        transaction.set_rollback(True)


def enter_record() -> None:
    with published():
        acme, bolt = factories.a_company("acme"), factories.a_company("bolt")
        report, reply = factories.a_source("report"), factories.a_source("reply")
        lawsuit = factories.an_event("lawsuit", companies=[acme], source=report)
        factories.an_event("ruling", kind="ruling", source=report).follows_links.create(follows=lawsuit, position=0)
        stop = factories.a_pledge("stop", company=acme, source=report)
        factories.an_effect(stop, "asked", "2021", slug="stop-asked", answered=False, source=report)
        factories.an_effect(stop, "reaffirmed", "2022", source=report)
        factories.a_pledge("limit", company=acme, source=reply)
        stake = factories.an_investment("stake", investor=acme, investee=bolt, source=report)
        factories.an_effect(stake, "exit-announced", "2021", slug="stake-exit", exit_kind="listing", source=report)
        factories.a_round("series", investee=bolt)
        factories.a_dispute(stop)
        factories.cite(lawsuit, report, quote="we stop")
        factories.a_company("draft", draft=True)
        factories.a_source("draft", draft=True)
        factories.an_event("draft", draft=True)
        factories.a_pledge("draft", company=acme, draft=True)
        factories.an_investment("draft-stake", investor=acme, investee=bolt, draft=True)


def settle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def attempt(statement: str) -> None:
    with transaction.atomic():
        publication = sign_dataset(name="tests", digest="0" * 64, why="An attempt")
        with stating(who=None, why="An attempt", publication=publication), connection.cursor() as cursor:
            cursor.execute(statement)
            settle()


def rule_broken_by(statement: str) -> str:
    """Run a statement as somebody who may publish, up to where it would be committed; the rule that refuses it."""
    with pytest.raises(IntegrityError) as refused:
        attempt(statement)
    return str(refused.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]


@pytest.mark.parametrize("one", PLAIN, ids=lambda one: one.rule)
def test_no_statement_breaks_a_rule_of_the_record(record: None, one: Attempt) -> None:
    assert rule_broken_by(one.statement) == one.rule


@pytest.mark.parametrize("one", PUBLIC, ids=lambda one: one.rule)
def test_nothing_public_loses_what_it_rests_on(record: None, one: Attempt) -> None:
    assert rule_broken_by(one.statement) == one.rule


@pytest.mark.parametrize("statement", ON_DRAFTS)
def test_nothing_public_rests_on_a_draft(record: None, statement: str) -> None:
    assert rule_broken_by(statement) == "what_is_public_rests_on_what_is_public"


@pytest.mark.parametrize("table", PUBLISHED)
def test_what_was_published_does_not_become_a_draft_again(record: None, table: str) -> None:
    broken = rule_broken_by(f"UPDATE {table} SET publication_id = NULL")

    assert broken == "what_was_published_stays_on_record"


def test_every_rule_of_the_record_is_tried(record: None) -> None:
    tried = {attempt.rule for attempt in (*PLAIN, *PUBLIC)} | {
        "what_is_public_rests_on_what_is_public",
        "what_was_published_stays_on_record",
        # Its name for a foreign key, which is tried by the citation of a passage of another source.
        "a_passage_stands_in_one_source",
    }

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint"
            " WHERE contype IN ('c', 'u', 'x') AND conrelid::regclass::text ~ '^(companies|sources|pledges|history)_'"
            " UNION SELECT tablename, indexname FROM pg_indexes"
            " WHERE indexdef ~ 'UNIQUE.*WHERE' AND tablename ~ '^(companies|sources|pledges|history)_'"
            " UNION SELECT c.conrelid::regclass::text, rule[1] FROM pg_trigger t"
            " JOIN pg_constraint c ON c.oid = t.tgconstraint JOIN pg_proc p ON p.oid = t.tgfoid,"
            " regexp_matches(p.prosrc, 'CONSTRAINT = ''([a-z_]+)''', 'g') rule WHERE c.contype = 't'"
            " UNION SELECT 'pledges_citation', rule[1] FROM pg_proc p,"
            " regexp_matches(p.prosrc, 'pledges_refuse\\(''([a-z_]+)''', 'g') rule"
        )
        rules = {
            rule for table, rule in cursor.fetchall() if not rule.endswith(UNNAMED) and not table.startswith(ELSEWHERE)
        }

    assert rules - tried == set()
