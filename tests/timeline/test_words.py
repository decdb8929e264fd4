"""Numbers, lists and counts are written as the language of the page writes them."""

from __future__ import annotations

import pytest
from django.utils import translation

from timeline import words


@pytest.mark.parametrize(
    ("number", "noun", "said"),
    [
        (0, "event", "0 events"),
        (1, "event", "1 event"),
        (1204, "event", "1,204 events"),
        (2, "company", "2 companies"),
        (1, "more change", "1 more change"),
        (2, "question on which sources disagree", "2 questions on which sources disagree"),
    ],
)
def test_what_is_counted_stands_in_the_singular_or_plural(number: int, noun: str, said: str) -> None:
    assert words.counted(number, noun) == said


@pytest.mark.parametrize("noun", words.NOUNS)
def test_one_of_anything_is_called_what_the_code_calls_it(noun: str) -> None:
    assert words.counted(1, noun) == f"1 {noun}"


@pytest.mark.parametrize(
    ("every", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_a_list_ends_in_and_without_a_comma_before_it(every: list[str], said: str) -> None:
    assert words.listed(every) == said


@pytest.mark.parametrize(
    ("every", "said"),
    [
        (["Amazon"], "Amazon"),
        (["Amazon", "Clearview", "Microsoft"], "Amazon, Clearview y Microsoft"),
        (["Amazon", "IBM"], "Amazon e IBM"),
        (["agua", "hielo"], "agua y hielo"),
        (["padres", "hijos"], "padres e hijos"),
    ],
)
def test_a_spanish_list_says_e_before_the_sound_of_an_i(every: list[str], said: str) -> None:
    with translation.override("es"):
        assert words.listed(every) == said


def test_thousands_are_parted_as_the_language_parts_them() -> None:
    assert words.number(1204) == "1,204"
    with translation.override("es"):
        assert words.number(1204) == "1.204"


def test_words_are_read_in_the_language_that_is_active_when_they_are_asked_for() -> None:
    once = words.Labels({"greeting": translation.gettext_lazy("Monday")})
    assert once["greeting"] == "Monday"
    with translation.override("es"):
        assert once["greeting"] == "lunes"
        assert dict(once) == {"greeting": "lunes"}


def test_a_sentence_is_parted_at_the_place_of_its_link() -> None:
    assert words.around("Did you mean %(link)s?") == ("Did you mean", "?")
    assert words.around("%(link)s ist gemeint") == ("", " ist gemeint")
