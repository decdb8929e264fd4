"""A quotation is found word for word or not at all; what stands in its place is shown, and what it means."""

from __future__ import annotations

from collections import Counter
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.quotations import (
    Change,
    Found,
    PassageRules,
    PassageStanding,
    Quotation,
    anchor,
    find,
    fragment,
    weighty,
    word_changes,
)
from sources.text import Drift, DriftRules, drift, page_text
from sources.wording import spaced_out
from tests.sources.quotation_pairs import CHANGED, ELSEWHERE, SURROUNDINGS, UNCHANGED, Pair

RULES = DriftRules()

PARTS = {
    "head": "",
    "menu": "<li><a href='/a'>About us</a></li><li><a href='/b'>Products</a></li>",
    "banner": "",
    "stamp": "<p class='date'>Last updated: 1 June 2020</p>",
    "wrapper": "article",
    "comments": "",
    "aside": "",
    "footer": "<p>© 2020 Northwind. All rights reserved.</p>",
}
ARTICLE = """
<h1>How we think about faces</h1>{stamp}
<p>For several years our engineers have worked on software that compares pictures of people. Those who buy it
have asked us where it may be put to work, and so have those whose pictures are compared.</p>
<p>We spoke with teachers, lawyers and shopkeepers in nine towns before writing this down. What they told us was
often at odds, and we thank each of them for the time that they took.</p>
{passage}
<p>Readers who wish to know how the decision was reached will find the minutes of both meetings in the library of
our head office, where they lie open to whoever asks at the desk.</p>
<p>Letters on the matter are answered by the team that wrote this page, usually in the order in which they come.</p>
"""


def page(passage: str, **parts: str) -> bytes:
    """A page of a company's site with a passage in its article."""
    put = PARTS | parts
    article = ARTICLE.format(passage=passage, stamp=put["stamp"])
    return (
        f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>Faces</title>{put['head']}</head><body>"
        f"{put['banner']}<header><nav><ul>{put['menu']}</ul></nav></header>"
        f"<main><{put['wrapper']}>{article}</{put['wrapper']}></main>"
        f"<aside>{put['aside']}</aside>{put['comments']}<footer>{put['footer']}</footer></body></html>"
    ).encode()


def found_after(pair: Pair) -> tuple[Found, Found]:
    """What is found of a pair's quotation, as it was anchored on the page before, before and after the change."""
    before, after = page_text(page(pair.before)), page_text(page(pair.after))
    quotation = anchor(pair.quotation, before.whole)
    assert quotation is not None, "the quotation does not stand on its page before the change"
    return find(quotation, before.whole), find(quotation, after.whole)


def name(pair: Pair) -> str:
    return pair.quotation[:40]


@pytest.mark.parametrize("pair", CHANGED, ids=name)
def test_a_word_that_is_gone_new_or_another_is_noticed(pair):
    before, after = found_after(pair)

    assert before.standing is PassageStanding.PRESENT
    assert not before.context_changed
    assert after.standing is not PassageStanding.PRESENT or after.context_changed
    assert set(pair.told) <= set(after.weighty)


@pytest.mark.parametrize("pair", UNCHANGED, ids=name)
def test_how_words_are_set_and_marked_up_is_no_change(pair):
    before, after = found_after(pair)

    assert before.standing is PassageStanding.PRESENT
    assert (after.standing, after.context_changed, after.weighty) == (PassageStanding.PRESENT, False, ())
    assert drift(page_text(page(pair.before)).main, page_text(page(pair.after)).main, RULES) <= Drift.MINOR


@pytest.mark.parametrize("pair", ELSEWHERE, ids=name)
def test_other_words_of_its_page_are_no_change_of_a_quotation(pair):
    after = found_after(pair)[1]

    assert (after.standing, after.context_changed, after.weighty) == (PassageStanding.PRESENT, False, ())


@pytest.mark.parametrize("change", SURROUNDINGS)
def test_what_stands_around_an_article_is_no_change_of_it(change):
    passage = "<p>This pledge has no exceptions. We will not sell face matching to police for one year.</p>"
    part, markup = SURROUNDINGS[change]
    before, after = page_text(page(passage)), page_text(page(passage, **{part: markup}))
    quotation = anchor("This pledge has no exceptions.", before.whole)

    found = find(quotation, after.whole)

    assert (found.standing, found.context_changed) == (PassageStanding.PRESENT, False)
    assert drift(before.main, after.main, RULES) <= Drift.MINOR


def test_of_all_pairs_none_is_missed_and_none_is_a_false_alarm():
    assert len(CHANGED) >= 70
    assert len(UNCHANGED) >= 70
    table = {}
    for group, pairs in (("one word changed", CHANGED), ("the same words", UNCHANGED)):
        table[group] = Counter()
        for pair in pairs:
            after = found_after(pair)[1]
            table[group][after.standing.value + (", words around it changed" if after.context_changed else "")] += 1
    for group, counts in table.items():
        print(f"\n{group} ({counts.total()} pairs)")
        for outcome, count in counts.most_common():
            print(f"  {count:4}  {outcome}")

    assert table["one word changed"]["present"] == 0
    assert set(table["the same words"]) == {"present"}


PAGE = (
    "We pause sales to police for one year.\nThis analysis holds in 11 years and 2.5 towns.\n"
    "We will never sell face matching to the police, said Ada Bell. “We don’t sell, and we won’t.”\n"
    "Others said that they pause sales to police for one year."
)


@pytest.mark.parametrize(
    "part_of_a_word", ["is analysis holds", "1 years", "5 towns", "in 1", "and 2", "We do", "the pol", "will neve"]
)
def test_a_quotation_never_begins_or_ends_within_a_word_or_a_number(part_of_a_word):
    assert find(Quotation(part_of_a_word), PAGE).standing is not PassageStanding.PRESENT


def test_of_several_places_the_one_with_the_same_words_around_it_counts():
    first = find(Quotation("pause sales to police", prefix="We ", suffix=" for one year."), PAGE)
    second = find(Quotation("pause sales to police", prefix="that they ", suffix=" for one year."), PAGE)

    assert (first.context_changed, first.prefix) == (False, "We ")
    assert (second.context_changed, second.prefix[-10:]) == (False, "that they ")


def test_a_negation_lost_just_before_a_quotation_is_named_though_it_stands():
    found = find(Quotation("sell face matching to the police", prefix="We will not "), PAGE)

    assert found.standing is PassageStanding.PRESENT
    assert found.context_changed
    assert set(found.weighty) == {"not", "never"}


def test_what_stands_there_now_is_shown_as_the_page_sets_it():
    found = find(Quotation('"We do not sell, and we will not."'), PAGE)

    assert found.standing is PassageStanding.ALTERED
    assert found.text == "“We don’t sell, and we won’t.”"
    assert 60 <= found.score < 100
    assert {"not", "don't", "won't"} <= set(found.weighty)


def test_a_passage_that_is_gone_is_missing_although_its_words_are_common():
    found = find(Quotation("They said that the towns will pause for us, and that is that"), PAGE)

    assert found.standing is PassageStanding.MISSING
    assert found.score < 60


def test_how_like_a_passage_must_be_is_a_rule():
    quotation = Quotation("We will not sell face matching to schools")

    assert find(quotation, PAGE, PassageRules(passage_altered=60)).standing is PassageStanding.ALTERED
    assert find(quotation, PAGE, PassageRules(passage_altered=95)).standing is PassageStanding.MISSING


def test_how_much_an_ellipsis_leaves_out_is_a_rule():
    quotation = Quotation("We pause … said Ada Bell")

    assert find(quotation, PAGE, PassageRules(passage_gap=500)).standing is PassageStanding.PRESENT
    assert find(quotation, PAGE, PassageRules(passage_gap=20)).standing is not PassageStanding.PRESENT


def test_pieces_in_another_order_are_no_quotation():
    assert find(Quotation("said Ada Bell … We will never sell"), PAGE).standing is not PassageStanding.PRESENT


@pytest.mark.parametrize(
    ("exact", "whole"), [("We pause", ""), ("We pause", " \n"), ("", PAGE), ("…", PAGE), ("“”", PAGE), ("¨", "¨")]
)
def test_nothing_can_be_looked_for_in_nothing(exact, whole):
    assert find(Quotation(exact), whole).standing is PassageStanding.UNREADABLE
    assert anchor(exact, whole) is None


@pytest.mark.parametrize(
    ("quotation", "lines"),
    [
        ("no mass surveillance of towns", "no mass surveil-\nlance of towns"),
        ("a one-year pause on sales", "a one-\nyear pause on sales"),
        ("a long-term pause on surveillance", "a long-\nterm pause on surveil-\n  lance"),
    ],
)
def test_a_word_broken_at_the_end_of_a_line_is_whole(quotation, lines):
    found = find(Quotation(quotation), f"They ask for {lines}, and more.")

    assert (found.standing, found.text) == (PassageStanding.PRESENT, lines)


def test_an_anchor_holds_whole_words_as_they_stand():
    assert anchor("will NEVER sell face matching", PAGE) == Quotation(
        "will never sell face matching", "in 11 years and 2.5 towns.\nWe ", " to the police, said Ada Bell. “"
    )
    assert anchor("will never buy", PAGE) is None


def test_an_anchor_is_found_again_in_its_page_without_a_change():
    for words in ("one year", "We don't sell, and we won't", "We pause … one year", "This analysis holds"):
        found = find(anchor(words, PAGE), PAGE)

        assert (found.standing, found.context_changed) == (PassageStanding.PRESENT, False)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("We will not sell it.", "We will sell it.", "We will [not] sell it."),
        ("We will sell it.", "We will sell it (for now).", "We will sell it {(for now)}."),
        ("We stop for a year.", "We stop, for a year.", "We stop{,} for a year."),
        ("我们不出售", "我们出售", "我们[不]出售"),
    ],
)
def test_a_word_diff_is_set_without_spaces_that_the_page_does_not_have(before, after, shown):
    marks = {"same": "{}", "gone": "[{}]", "new": "{{{}}}"}
    runs = spaced_out(word_changes(before, after))

    assert "".join(marks[run.kind].format(run.words) + " " * run.spaced for run in runs).strip() == shown


def test_changes_are_told_in_reading_order_and_typography_is_none():
    assert word_changes("We will not “sell” it.", 'We will now "sell" it at once.') == [
        Change("same", "We will"),
        Change("gone", "not"),
        Change("new", "now"),
        Change("same", '"sell" it'),
        Change("new", "at once"),
        Change("same", "."),
    ]


def test_texts_too_long_to_compare_are_told_by_their_common_ends():
    before = " ".join(["We begin", *(f"old{n}" for n in range(5000)), "and end."])
    after = " ".join(["We begin", *(f"new{n}" for n in range(5000)), "and end."])

    assert [change.kind for change in word_changes(before, after)] == ["same", "gone", "new", "same"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("We will not sell", "We will sell", ("not",)),
        ("for law enforcement use", "for law use", ("law enforcement", "enforcement")),
        ("in the United States alone", "in the States alone", ("united states",)),
        ("a one-year pause", "a pause", ("one-year",)),
        ("within 30 days", "within 45 days", ("30", "45")),
        ("Ada said so", "Eve said so", ()),
        ("使用する", "使用しない", ("ない",)),
    ],
)
def test_words_of_negation_time_and_scope_are_weighty_and_so_are_numbers(before, after, told):
    assert weighty(word_changes(before, after)) == told


@pytest.mark.parametrize(
    ("quotation", "expected"),
    [
        (Quotation("We will not sell it"), "We will not sell it"),
        (Quotation("a-b, c & d"), "a-b, c & d"),
        (Quotation("not sell", prefix="We will ", suffix=" it, ever"), "We will-,not sell,-it, ever"),
        (Quotation("not sell", prefix="A heading\nWe will ", suffix="\nOther words"), "We will-,not sell,-Other words"),
        (Quotation("We will not … sell it to them"), "We will not,sell it to them"),
        (Quotation("[W]e will never [ever] sell it"), "will never,sell it"),
        (Quotation("One block.\nAnother block"), "One block.,Another block"),
        (
            Quotation("人脸识别 " * 80),
            "人脸识别 人脸识别 人脸识别 人脸识别 人脸识别,人脸识别 人脸识别 人脸识别 人脸识别 人脸识别",
        ),
    ],
)
def test_a_fragment_leads_to_its_passage(quotation, expected):
    made = fragment(quotation)

    assert made.startswith(":~:text=")
    assert unquote(made.removeprefix(":~:text=")) == expected
    assert not set(made.removeprefix(":~:text=")) & set(" &“”’…")


def test_marks_that_part_a_fragment_are_encoded_within_its_words():
    assert fragment(Quotation("one-year, a & b")) == ":~:text=one%2Dyear%2C%20a%20%26%20b"


WORDS = st.lists(st.text("abcdefghijklmnoprstuvwyzéßжд", min_size=1, max_size=8), min_size=4, max_size=12)


@settings(max_examples=150, deadline=None)
@given(WORDS, st.data())
def test_a_page_that_lost_any_one_word_of_a_quotation_never_holds_it(words, data):
    lost = data.draw(st.integers(0, len(words) - 1))
    rest = words[:lost] + words[lost + 1 :]

    assert find(Quotation(" ".join(words)), f"QQ {' '.join(words)} XX").standing is PassageStanding.PRESENT
    assert find(Quotation(" ".join(words)), f"QQ {' '.join(rest)} XX").standing is not PassageStanding.PRESENT


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=20), st.text(max_size=300))
def test_any_text_can_be_looked_for_in_any_other(exact, prefix, suffix, whole):
    quotation = Quotation(exact, prefix, suffix)

    assert find(quotation, whole).score <= 100
    assert find(quotation, whole + exact + whole).score >= 0
    assert fragment(quotation).startswith(":~:text=")
    anchored = anchor(exact, f"{whole} {exact} {whole}")
    assert anchored is None or find(anchored, f"{whole} {exact} {whole}").standing is PassageStanding.PRESENT


@pytest.mark.parametrize(
    ("exact", "whole"),
    [("a", "a" * 500_000), ("a a a … a", "a " * 200_000), ("- -", "- " * 200_000), ("b a a c", " a" * 200_000)],
)
def test_hostile_pages_are_searched_like_others(exact, whole):
    assert find(Quotation(exact), whole).standing in PassageStanding
