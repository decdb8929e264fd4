"""What the desk and the database refuse, in words that say how to mend it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError
from psycopg2 import errors


class Refused(Exception):
    """Something cannot be done; the text says why, and what to do instead."""


class NotAllowed(Refused):
    """The person lacks the right, whoever wrote the proposal."""


class OwnWork(Refused):
    """Nobody accepts what they wrote themselves."""


class AlreadyDecided(Refused):
    """Somebody was quicker, or it was withdrawn."""


class LookAgain(Refused):
    """It is no longer what the person who decides has read."""


class GroundMoved(Refused):
    """The record changed under a proposal, in the very fields that it would change."""


class WaitsAlready(Refused):
    """The author has proposed the very same, and it is waiting. ``proposal_id`` says which that is."""

    def __init__(self, words: str, *, proposal_id: int) -> None:
        super().__init__(words)
        self.proposal_id = proposal_id


TOUCHES_THE_PUBLIC = "a_public_change_has_a_publication"
SAME_WAITS = "the_same_change_of_an_author_waits_once"


@dataclass(frozen=True)
class Refusal:
    """What the database refused. ``field`` is where on a form it belongs, if it belongs to one."""

    rule: str
    words: str
    field: str | None = None


# Rules that concern one field, and those whose name alone does not say how to mend it.
WORDS: dict[str, tuple[str | None, str]] = {
    # companies
    "a_company_has_a_name": ("name", "Give the company a name."),
    "a_company_does_not_take_the_address_of_the_comparison": (
        "slug",
        "“compare” is the page on which companies are compared: choose another.",
    ),
    "a_country_is_two_capital_letters": (
        "country",
        "Write the country as two capital letters (ISO 3166-1), such as US.",
    ),
    "a_company_is_not_merged_into_itself": ("merged_into", "A company cannot be merged into itself: choose another."),
    "a_name_is_not_given_up_before_it_is_used": (
        "used_until",
        "“Until” is before “from”: exchange or correct the two dates.",
    ),
    "a_company_does_not_own_itself": ("owner", "A company cannot own itself: choose another owner."),
    "a_company_has_one_present_owner": (
        "until",
        "The company has another owner without an end: say until when that one owned it, then add the new one.",
    ),
    "owners_never_form_a_circle": (
        "owner",
        "A company would own itself through the companies that it owns: end one of the ownerships first.",
    ),
    "an_identifier_names_one_company": ("value", "This identifier is on record for another company: check the number."),
    "a_company_has_one_identifier_of_a_scheme": (
        "scheme",
        "The company has an identifier of this kind: change that one.",
    ),
    "an_identifier_has_the_form_of_its_scheme": (
        "value",
        "Write a Wikidata number as Q and digits (Q2283), an LEI as 18 letters and digits and two check digits.",
    ),
    # sources
    "an_address_is_on_record_once": ("url", "A source with this address is on record: cite that one."),
    "a_source_has_a_title": ("title", "Give the source a title, or a description of what it is."),
    "a_source_does_not_take_the_address_of_a_page_about_all": (
        "slug",
        "“edits” and “schedule” are pages about all sources: choose another.",
    ),
    "an_address_begins_with_http": ("url", "Begin the address with https:// or http://, or leave it empty."),
    "a_source_is_not_a_copy_of_itself": ("copy_of", "A source cannot be a copy of itself: choose another."),
    "copies_never_form_a_circle": (
        "copy_of",
        "The source would be a copy of itself through its copies: choose the original.",
    ),
    "a_source_is_not_its_own_first_report": (
        "first_report",
        "A source cannot be its own first report: choose another.",
    ),
    "a_source_cites_another_once": ("cited", "This work is in the list already: remove one of the two."),
    "a_source_does_not_cite_itself": ("cited", "A source cannot cite itself: choose another."),
    "a_passage_is_on_record_once": ("exact", "These words of this source are on record already: use that passage."),
    "a_passage_has_words": ("exact", "Write the quoted words."),
    "a_cited_passage_stands_in_the_cited_source": (
        None,
        "A quotation belongs to another source than the one cited: type it again for this source.",
    ),
    # pledges
    "a_pledge_is_imposed_exactly_where_a_court_or_regulator_binds": (
        "form",
        "“Imposed” goes with “settlement” or “order”, and only with these: change the form or what binds it.",
    ),
    "a_pledge_has_a_title_and_a_summary": ("title", "Give the pledge a title and a summary."),
    "wording_says_whether_it_is_quoted": (
        "wording_basis",
        "Say whether the wording is quoted or described; without a wording, choose “not worded”.",
    ),
    "only_quoted_wording_names_its_source": (
        "wording_source",
        "Only a quoted wording names its source: leave it empty.",
    ),
    "versions_of_terms_have_an_order": (
        None,
        "Two versions of the terms have the same place: number them 0, 1, 2 and so on.",
    ),
    "terms_of_a_pledge_do_not_overlap": (
        "starts",
        "Two versions of the terms would hold on the same day: correct the dates.",
    ),
    "terms_are_introduced_by_an_effect_on_their_pledge": (
        "introduced_by",
        "Terms are introduced by an effect on their own pledge: choose one, or add it first.",
    ),
    "a_clause_has_a_key_of_its_own": ("key", "Another clause of these terms has this key: choose another."),
    "clauses_have_an_order": (None, "Two clauses have the same place: number them 0, 1, 2 and so on."),
    "only_an_act_has_a_due_date": (
        "due_on",
        "Only what is done once has a due date: leave it empty, or change the nature.",
    ),
    "only_a_condition_until_a_date_has_a_date": ("ends", "Only a condition “until a date” has a date: leave it empty."),
    "only_a_pledge_says_which_condition_matters_most": (
        "matters_most",
        "Only a condition of the pledge as a whole can be the one that matters most.",
    ),
    "one_condition_of_a_pledge_matters_most": (
        None,
        "Two conditions are marked as the one that matters most: keep the mark on one.",
    ),
    # money
    "an_investment_says_what_its_amount_measures": (
        "amount",
        "An amount needs a currency (ISO 4217, such as USD) and what it measures, and is not negative.",
    ),
    "a_company_does_not_invest_in_itself": ("investor", "A company cannot invest in itself: choose another investor."),
    "a_co_investor_is_named_once": ("company", "This co-investor is in the list already: remove one of the two."),
    "a_claimed_amount_has_a_currency": (
        "currency",
        "An amount needs a currency (ISO 4217, such as USD), and is not negative.",
    ),
    "claims_on_a_round_have_an_order": (None, "Two claims have the same place: number them 0, 1, 2 and so on."),
    "claims_on_an_investment_have_an_order": (None, "Two claims have the same place: number them 0, 1, 2 and so on."),
    "a_claim_is_about_exactly_one_round_or_investment": (
        None,
        "Say either the round or the investment that the claim is about, not both.",
    ),
    # events and effects
    "an_event_of_a_kind_has_a_title": (
        "title",
        "An event with a kind needs a title. Without a kind it takes none: it is named after its effect.",
    ),
    "an_event_names_a_company_once": ("company", "This company is in the list already: remove one of the two."),
    "a_party_is_either_a_company_on_record_or_a_name": (
        "name",
        "Choose a company on record, or write a name: one of the two.",
    ),
    "a_party_takes_a_part_once": ("part", "This party has this part already: remove one of the two."),
    "an_amount_is_not_negative": ("amount", "Write the amount without a sign."),
    "an_amount_has_a_currency_of_three_letters": (
        "currency",
        "Write the currency as three capital letters (ISO 4217), such as USD.",
    ),
    "an_event_follows_another_once": ("follows", "This event is in the list already: remove one of the two."),
    "an_event_does_not_follow_itself": ("follows", "An event cannot follow itself: choose another."),
    "events_never_follow_in_a_circle": (
        "follows",
        "The event would follow itself through others: choose an earlier one.",
    ),
    "an_effect_is_on_exactly_one_pledge_or_investment": (
        "kind",
        "An effect is on one pledge, with a kind for pledges, or on one investment, with a kind for investments.",
    ),
    "effects_on_a_pledge_have_an_order": (
        "position",
        "Another effect has this place in the life of the pledge: choose the next.",
    ),
    "effects_on_an_investment_have_an_order": (
        "position",
        "Another effect has this place in the life of the investment: choose the next.",
    ),
    "a_pledge_is_made_once": ("kind", "The pledge has an effect “made” already."),
    "a_pledge_is_made_before_anything_else_happens_to_it": (
        "position",
        "“Made” has place 0 in the life of a pledge, everything else a later one.",
    ),
    "only_an_extension_has_a_new_end": ("until", "Only “extended” has a new end: leave it empty."),
    "a_superseded_pledge_names_its_successor_and_how_much": (
        "superseded_by",
        "“Superseded” names the pledge that took its place and whether it did so as a whole; other kinds do not.",
    ),
    "a_pledge_does_not_supersede_itself": ("superseded_by", "A pledge cannot supersede itself: choose another."),
    "a_question_says_whether_it_was_answered": (
        "answered",
        "“Asked” says whether there was an answer; other kinds say neither that nor an answer.",
    ),
    "only_a_search_says_where": ("searched_where", "Only “searched” says where: leave it empty."),
    "only_an_exit_has_an_exit_kind_and_proceeds": (
        "exit_kind",
        "An exit says of which kind it is; other effects have neither that nor an amount.",
    ),
    "proceeds_of_an_exit_have_a_currency": ("currency", "An amount needs a currency (ISO 4217, such as USD)."),
    # disputes and citations
    "a_dispute_is_about_one_pledge_effect_investment_or_event": (
        None,
        "Say what the question is about: one pledge, effect, investment or event, and only one.",
    ),
    "a_dispute_asks_a_question": ("question", "Write the question on which the sources disagree."),
    "at_most_one_answer_is_preferred": (None, "Two answers are preferred: keep the mark on one."),
    "answers_have_an_order": (None, "Two answers have the same place: number them 0, 1, 2 and so on."),
    "a_preferred_answer_gives_a_reason": ("reason", "Say why this answer is preferred."),
    "a_citation_bears_on_exactly_one_event_effect_claim_or_answer": (
        None,
        "A citation bears on one event, effect, claim or answer, and only one.",
    ),
    # history and desk
    "a_change_says_who_and_why": ("reason", "Say why you make this change."),
    "nobody_accepts_their_own_proposal": (None, "Nobody accepts their own proposal: somebody else has to."),
    "a_new_entry_waits_once": (None, "This entry is waiting for review already."),
    SAME_WAITS: (None, "You have submitted this change already, and it is waiting for review."),
}
WORDS |= {
    "technologies_and_audiences_are_words_in_small_letters": (
        None,
        "Write technologies and audiences in small letters with hyphens, each once, such as facial-recognition.",
    ),
    "jurisdictions_are_iso_3166_codes_or_eu_or_world": (
        "jurisdictions",
        "Write places as codes (ISO 3166), each once, such as US or US-IL; also EU and world.",
    ),
}


def sentence(rule: str) -> str:
    """A rule's name as a sentence."""
    words = rule.replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}."


def refusal_of(error: IntegrityError) -> Refusal:
    """What the database refused, in words.

    Rules that need more than a name speak for themselves: their functions raise whole sentences.
    """
    cause = error.__cause__
    if not isinstance(cause, errors.IntegrityError):
        return Refusal(rule="", words=str(error))
    said = cause.diag
    rule = said.constraint_name or ""
    if isinstance(cause, errors.NotNullViolation):
        column = said.column_name or "a field"
        return Refusal(rule=rule, words=f"“{column.replace('_', ' ')}” is missing.", field=column.removesuffix("_id"))
    if rule in WORDS:
        field, words = WORDS[rule]
        return Refusal(rule=rule, words=words, field=field)
    if isinstance(cause, errors.ForeignKeyViolation):
        return Refusal(
            rule=rule, words="It refers to something that is not on record, or something on record refers to it."
        )
    if isinstance(cause, errors.UniqueViolation) and rule.endswith(("_slug_key", "_slug_uniq")):
        return Refusal(rule=rule, words="Another record has this name in its address: choose another.", field="slug")
    # A function that refuses with a sentence of its own names the very record.
    raised = said.source_function == "exec_stmt_raise"
    return Refusal(rule=rule, words=(said.message_primary or "") if raised else sentence(rule))
