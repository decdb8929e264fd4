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
