"""Words of a text in any script, how two texts differ word by word, and which words change a promise's meaning."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from sources.reading import plain

# Scripts that put no spaces between words: each of their characters is taken for a word. The ranges are
# those of Thai, Lao, Myanmar, Khmer, kana, Han and its extensions (Unicode blocks).
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0951-\u0957"
    "\u00ad\u200b-\u200d"
)
_LETTERS = rf"(?:[^\W_{UNSPACED}]|[{_MARKS}])"
_WORD = rf"{_LETTERS}+(?:(?:['’ʼ.,‐‑\-]){_LETTERS}+)*[%‰]?"
_TOKEN = re.compile(rf"[{UNSPACED}]|{_WORD}|[^\s]")
_WORD_ONLY = re.compile(rf"[{UNSPACED}]|{_LETTERS}+")
_UNSPACED = re.compile(rf"[{UNSPACED}]")
_RAISED_AFTER_WORD = re.compile(r"(?<![\d¹²³⁰-⁹])[¹²³⁰⁴-⁹]+")
_QUOTE_MARK = re.compile(r"\"|(?<![^\W_])'|'(?![^\W_])")
_DASH = re.compile(r" ?-[ -]*")
_IDLE_SPACE = re.compile(rf" (?=[,.;:!?)\]{UNSPACED}])|(?<=[(\[{UNSPACED}]) ")
_CLOSING = ".,;:!?)]}”’»…%。，、；：！？）」』"
_OPENING = "([{“‘«（「『"
# A word diff takes the product of two lengths; what is longer is told as one change.
_MOST_COMPARED = 4_000_000


class Change(NamedTuple):
    """A run of words of a word diff. `kind` is same, gone or new.

    `spaced` tells whether a space parts it from the next; `spaced_out` sets that.
    """

    kind: str
    words: str
    spaced: bool = True


# What turns a promise round, ends it, or says for whom, where and how long it holds. In plain form, and by
# language, since a page may quote in another than its own.
_ENGLISH = """
not, never, no, none, nor, neither, nobody, nothing, nowhere, cannot, without, until, till, unless, only, except,
excluding, including, if, when, while, before, after, during, since, instead, rather, but, however, although,
may, might, must, shall, will, would, should, could, can, pause, paused, pauses, pausing, ban, bans, banned, banning,
moratorium, suspend, suspends, suspended, suspending, suspension, stop, stops, stopped, stopping, halt, halted, end,
ends, ended, ending, resume, resumed, continue, continues, continued, indefinitely, indefinite, permanently, permanent,
temporarily, temporary, forever, always, ever, currently, immediately, now, already, yet, still, again, longer,
day, days, week, weeks, month, months, year, years, decade, decades, annual, daily, weekly, monthly, today, tomorrow,
one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, eighteen, twenty, thirty, forty, fifty,
sixty, seventy, eighty, ninety, hundred, hundreds, thousand, thousands, million, millions, billion, billions, half,
first, second, third, once, twice, single, double, police, policing, law enforcement, enforcement, officers, sheriff,
military, army, immigration, border, agencies, agency, authorities, united states, u.s, u.s.a, usa, american, america,
federal, state, states, local, national, international, global, globally, worldwide, europe, european, uk, china,
government, governments, governmental, public, private, all, any, every, each, both, some, most, many, few, several,
certain, other, others, almost, nearly, about, approximately, up to, at least, at most, more than, less than, more,
less, fewer, least, new, existing, future, former, sell, sells, selling, sold, sale, sales, offer, offers, offered,
offering, provide, provides, provided, providing, license, licensed, use, uses, used, using, allow, allows, allowed,
permit, permits, permitted, prohibit, prohibits, prohibited, delete, deletes, deleted, retain, retained, keep, share,
shared, shares, consent, warrant, required, require, requires, voluntary, mandatory, partly, partially, fully, wholly,
entirely, completely, solely, general, generally, usually, limited, unlimited, restrict, restricts, restricted,
in part, law, laws, regulation, legislation, court, children, minors, adults, customers, intend, intends, plan, plans,
hope, hopes, try, tries, promise, promises, pledge, pledges, commit, commits, committed, considering, consider
"""
_OTHERS = """
nicht, nichts, kein, keine, keinen, keinem, keiner, keines, nie, niemals, niemand, ohne, bis, nur, außer, solange, wenn,
darf, dürfen, muss, müssen, soll, sollen, wird, werden, kann, können, jahr, jahre, jahren, monat, monate, monaten, alle,
allen, polizei, behörden, einige, vorübergehend, dauerhaft, unbefristet, verbot, verkaufen, aussetzen, ein, eine,
einem, einen, zwei, drei,
ne, n', pas, jamais, aucun, aucune, ni, rien, plus, sans, sauf, jusqu'à, jusqu, seulement, uniquement, personne, peut,
peuvent, doit, doivent, tous, toutes, toute, tout, certains, an, ans, année, années, mois, police, gouvernement,
provisoirement, définitivement, interdiction, moratoire, suspendre, vendre, un, une, deux, trois,
nunca, jamás, ni, ningún, ninguno, ninguna, nada, nadie, tampoco, sin, hasta, salvo, excepto, solo, sólo,
solamente, puede, pueden, debe, deben, todos, todas, todo, algunos, año, años, mes, meses, policía, gobierno,
temporalmente, permanentemente, prohibición, moratoria, suspender, vender, uno, una, dos, tres,
non, mai, nessun, nessuno, nessuna, né, niente, nulla, senza, fino, soltanto, solamente, può, possono, deve,
devono, tutti, tutte, tutto, alcuni, anno, anni, mese, mesi, polizia, governo, temporaneamente, permanentemente,
divieto, sospendere, vendere, due, tre, eccetto, tranne,
não, nem, nenhum, nenhuma, ninguém, sem, até, apenas, somente, exceto, pode, podem, deve, devem, todos, todas,
alguns, ano, anos, mês, meses, polícia, governo, temporariamente, proibição, suspender, um, uma, dois, duas, três,
niet, niets, nooit, geen, niemand, nergens, noch, zonder, tot, tenzij, alleen, slechts, behalve, mag, mogen, moet,
moeten, zal, zullen, kan, kunnen, alle, jaar, jaren, maand, maanden, politie, overheid, tijdelijk, permanent, verbod,
verkopen, opschorten, een, twee, drie,
не, нет, ни, никогда, никто, ничего, никакой, никаких, нельзя, без, до, пока, только, кроме, может, могут, должен,
должны, можно, будет, будут, все, всех, некоторые, год, года, лет, месяц, месяца, месяцев, полиция, полиции,
полицией, правительство, временно, постоянно, навсегда, запрет, мораторий, приостановить, один, два, три,
لا, لن, لم, ليس, ليست, لسنا, ما, غير, دون, بدون, حتى, إلا, فقط, أبدا, عام, سنة, شهر, الشرطة, جميع,
ne, nie, nigdy, żaden, bez, inte, aldrig, ingen, ikke, aldri, değil, hiçbir, asla
"""
_UNSPACED_WORDS = """
不 没 沒 无 無 未 非 勿 莫 别 別 否 禁止 停止 暂停 暫停 永久 永远 永遠 暂时 暫時 直到 除非 仅 僅 只 所有 任何 部分
可以 可能 必须 必須 应 應 将 將 会 會 年 月 日 天 周 週 一 二 两 兩 三 四 五 六 七 八 九 十 百 千 万 萬 亿 億 半
警察 警方 政府 联邦 聯邦 美国 美國 执法 執法 出售 销售 銷售 新 全
ない なし なかっ なく ません ませ ず ぬ まで だけ のみ 以外 すべて 全て 一部 販売 一時 中止 再開 当面 無期限 米国
連邦 法執行
ไม่ ห้าม จน เฉพาะ ยกเว้น ปี เดือน ตำรวจ
"""


def _phrases() -> dict[str, list[tuple[str, ...]]]:
    """Every weighty phrase by its first word."""
    listed = [each.strip() for each in (_ENGLISH + "," + _OTHERS).replace("\n", " ").split(",")]
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in filter(None, [*listed, *_UNSPACED_WORDS.split()]):
        words = tuple(plain(word) for word in _TOKEN.findall(phrase))
        found.setdefault(words[0], []).append(words)
    return {first: sorted(set(several), key=len, reverse=True) for first, several in found.items()}


@lru_cache(maxsize=1)
def _weighty_phrases() -> dict[str, list[tuple[str, ...]]]:
    return _phrases()


def lettered(text: str) -> str:
    """A text made plain, without the raised figures that mark footnotes."""
    return plain(_RAISED_AFTER_WORD.sub("", text))


def comparable(text: str) -> str:
    """A text of which nothing is left but its words and its stops: equal for two that differ in how they are set.

    Beyond `plain`, it is without marks of quotation, and without spaces where these are a matter of typography:
    round dashes, before stops, and between characters of scripts that space no words.
    """
    text = " ".join(_QUOTE_MARK.sub("", lettered(text)).split())
    return _IDLE_SPACE.sub("", _DASH.sub("-", text)).strip()


def words_of(text: str) -> list[str]:
    """The words of a text that was made plain, without marks; characters where words are not spaced."""
    return _WORD_ONLY.findall(text)


def is_unspaced(text: str) -> bool:
    """Whether a text is mostly in a script that puts no spaces between words."""
    sample = text[:20_000]
    return 2 * len(_UNSPACED.findall(sample)) > len(words_of(sample))


def word_changes(before: str, after: str) -> list[Change]:
    """A word diff, in reading order: what is gone stands before what is new in its place.

    Words that differ only in how they are set (case, marks of quotation, hyphens' kind) are the same. Texts so
    long that comparing them would take seconds are trimmed of their common ends, and the rest told as one change.
    """
    old, new = list(_TOKEN.finditer(before)), list(_TOKEN.finditer(after))
    changes: list[Change] = []
    for kind, i, j, k, m in _opcodes([_key(each) for each in old], [_key(each) for each in new]):
        if kind == "equal":
            changes.append(Change("same", _run(after, new, k, m)))
            continue
        if j > i:
            changes.append(Change("gone", _run(before, old, i, j)))
        if m > k:
            changes.append(Change("new", _run(after, new, k, m)))
    return changes


def _key(token: re.Match[str]) -> str:
    return plain(token.group()) or token.group()


def spaced_out(changes: Sequence[Change]) -> list[Change]:
    """Runs as they are to be set one after the other: without a space before a stop, nor where words are not spaced."""
    following = [*(one.words for one in changes[1:]), ""]
    return [one._replace(spaced=not _joins(one.words, then)) for one, then in zip(changes, following, strict=False)]


def _joins(words: str, following: str) -> bool:
    last, first = words[-1:], following[:1]
    if not last or not first:
        return False
    return first in _CLOSING or last in _OPENING or bool(_UNSPACED.match(last) and _UNSPACED.match(first))


def _run(text: str, tokens: list[re.Match[str]], begin: int, end: int) -> str:
    return text[tokens[begin].start() : tokens[end - 1].end()]


def _opcodes(old: list[str], new: list[str]) -> Iterable[tuple[str, int, int, int, int]]:
    from difflib import SequenceMatcher

    begin, end = common_ends(old, new)
    last_old, last_new = len(old) - end, len(new) - end
    if begin:
        yield "equal", 0, begin, 0, begin
    middle_old, middle_new = old[begin:last_old], new[begin:last_new]
    if len(middle_old) * len(middle_new) > _MOST_COMPARED or _is_monotonous(middle_old, middle_new):
        yield "replace", begin, last_old, begin, last_new
    else:
        for kind, i, j, k, m in SequenceMatcher(None, middle_old, middle_new, autojunk=False).get_opcodes():
            yield kind, begin + i, begin + j, begin + k, begin + m
    if end:
        yield "equal", last_old, len(old), last_new, len(new)


def _is_monotonous(old: list[str], new: list[str]) -> bool:
    """Whether so few words recur so often that matching them would take cubic time."""
    times = Counter(new)
    return sum(times[word] for word in old) > _MOST_COMPARED // 20


def common_ends(one: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
    """How many words two lists share at their beginnings, and how many of the rest at their ends."""
    shorter = min(len(one), len(other))
    begin = 0
    while begin < shorter and one[begin] == other[begin]:
        begin += 1
    end = 0
    while end < shorter - begin and one[-1 - end] == other[-1 - end]:
        end += 1
    return begin, end


def weighty(changes: Sequence[Change]) -> tuple[str, ...]:
    """The words of negation, time and scope among what is gone or new, in plain form, each once.

    A phrase counts as soon as one of its words changed: “law” gone from “law enforcement”. Numbers always count.
    """
    found: dict[str, None] = {}
    for at, change in enumerate(changes):
        if change.kind == "same":
            continue
        other = "new" if change.kind == "gone" else "gone"
        before = [each for each in changes[max(0, at - 2) : at] if each.kind != other]
        after = [each for each in changes[at + 1 : at + 3] if each.kind != other]
        ahead = tokens_of(before[-1].words[-60:])[-3:] if before else []
        behind = tokens_of(after[0].words[:60])[:3] if after else []
        run = tokens_of(change.words)
        for phrase in _weighty_in(ahead + run + behind, len(ahead), len(ahead) + len(run)):
            found.setdefault(phrase)
    return tuple(found)


def weighty_counts(words: Sequence[str]) -> Counter[str]:
    """How often each weighty phrase stands among words."""
    return Counter(_weighty_in(words, 0, len(words)))


def tokens_of(text: str) -> list[str]:
    """Words with what joins them (“don't”, “one-year”, “1.5”, “20%”) and single marks, all in plain form."""
    return [_key(token) for token in _TOKEN.finditer(text)]


def _weighty_in(words: Sequence[str], begin: int, end: int) -> Iterable[str]:
    """Weighty phrases that lie at least partly between two places in a list of plain words."""
    phrases = _weighty_phrases()
    for at, word in enumerate(words[:end]):
        if at >= begin and _is_weighty_alone(word):
            yield word
            continue
        for phrase in phrases.get(word, ()):
            if at + len(phrase) > begin and tuple(words[at : at + len(phrase)]) == phrase:
                yield ("" if _UNSPACED.match(word) else " ").join(phrase)
                break


def _is_weighty_alone(word: str) -> bool:
    """A number, a contraction with “not”, or a compound with a weighty part, as “one-year” or “l'interdiction”."""
    if any(character.isnumeric() for character in word) and not _UNSPACED.match(word):
        return True
    if word.endswith("n't") or word.startswith(("n'", "non-")):
        return True
    parts = re.split(r"['-]", word)
    phrases = _weighty_phrases()
    return len(parts) > 1 and any((part,) in phrases.get(part, ()) for part in parts if len(part) > 1)
