"""In which language a text seems to be: by its script, and by its commonest words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from sources.wording import words_of

_COMMON = {
    "en": "the of and to in that is for was with",
    "de": "der die und das nicht ist den mit von ein",
    "fr": "le les des et une est dans que pour du",
    "es": "el los las una por con que del para se",
    "pt": "o os uma não com para dos que em ao",
    "it": "il di che gli della una per non con sono",
    "nl": "het een van niet dat zijn met voor ook aan",
}
_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_SCRIPTS = {"HEBREW": "he", "HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "GREEK": "el", "THAI": "th"}
# Scripts in which several languages are written: the commonest is a guess, the others no contradiction.
_SHARED = {"CYRILLIC": "ru", "ARABIC": "ar", "CJK": "zh", "DEVANAGARI": "hi"}
_SCRIPT_OF = {
    "he": "HEBREW", "yi": "HEBREW", "ko": "HANGUL", "ja": "CJK", "zh": "CJK", "el": "GREEK", "th": "THAI",
    "ru": "CYRILLIC", "uk": "CYRILLIC", "bg": "CYRILLIC", "sr": "CYRILLIC", "be": "CYRILLIC", "mk": "CYRILLIC",
    "kk": "CYRILLIC", "ar": "ARABIC", "fa": "ARABIC", "ur": "ARABIC", "hi": "DEVANAGARI", "mr": "DEVANAGARI",
}  # fmt: skip
_LEAST = 40  # letters; of less nothing is said


def language_code(text: str) -> str:
    """ISO 639-1 of what a page states (BCP 47, or the locale of a system); empty if it is none."""
    code = re.split(r"[-_;,. ]", text.strip().lower())[0]
    code = {"iw": "he", "in": "id", "nb": "no", "nn": "no"}.get(code, code)
    return code if re.fullmatch(r"[a-z]{2}", code) else ""


def seeming_language(text: str) -> str:
    """The language that a text seems to be in; empty where it does not tell."""
    sample = text[:20_000]
    script = _script(sample)
    if script in _SCRIPTS:
        return _SCRIPTS[script]
    if script in _SHARED:
        return _SHARED[script]
    if script != "LATIN":
        return ""
    counts = Counter(words_of(sample.casefold()))
    shares = {language: sum(counts[word] for word in words) for language, words in _WORDS.items()}
    best, second = sorted(shares.values(), reverse=True)[:2]
    return max(shares, key=lambda one: shares[one]) if best >= 5 and best >= 1.5 * second else ""


def contradicts(language: str, text: str) -> bool:
    """Whether a text is plainly not in the language that is stated."""
    seeming = seeming_language(text)
    if not seeming or seeming == language:
        return False
    script = _SCRIPT_OF.get(language, "LATIN")
    other = _SCRIPT_OF.get(seeming, "LATIN")
    return script != other or (script == "LATIN" and language in _WORDS)


def _script(text: str) -> str:
    found = Counter(unicodedata.name(letter, "?").split()[0] for letter in text if letter.isalpha())
    if found.total() < _LEAST:
        return ""
    if found["HIRAGANA"] + found["KATAKANA"] > found.total() * 0.05:
        return "HIRAGANA"
    script, share = found.most_common(1)[0]
    return script if share > found.total() / 2 else ""
