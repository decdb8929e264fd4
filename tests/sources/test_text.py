"""What a page says, as a reader sees it, and how far it is from what it said before."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.text import (
    Drift,
    DriftRules,
    containment,
    drift,
    drift_rules,
    fingerprints,
    likeness,
    page_text,
    text_digest,
)
from sources.wording import words_of
from tests.sources.pdfs import a_pdf

RULES = DriftRules()
SENTENCES = [
    "Northwind said on Tuesday that it has stopped selling its face matching software to police forces.",
    "The decision follows a year of protest in front of the firm's offices in Riverton.",
    "Ada Bell, who leads the team, told staff that the tool had been sold to fourteen forces since spring.",
    "Those contracts run out in autumn, and none of them is to be renewed.",
    "Campaigners welcomed the step but asked for it to be written into the bylaws of the company.",
    "A spokesman for the mayor declined to comment on what the city's own force would do.",
    "Rivals of the firm have so far kept silent about whether they mean to follow.",
    "Shares in the company closed slightly lower in the afternoon.",
    "The firm was founded by two cousins who repaired cameras in a shed behind a bakery.",
    "It employs some four thousand people, most of whom work on software for shops.",
    "Analysts believe that the forces brought in less than a hundredth of its income.",
    "Lawmakers are to debate a bill on the use of such software before the summer is out.",
]
REPORT = "\n".join(SENTENCES)
OTHER_REPORT = "\n".join(
    [
        "Police forces will no longer be able to buy face matching software from Northwind, the firm announced.",
        "Its offices in Riverton had seen marches against the product nearly every month.",
        "In a letter to employees, the head of the unit, Ada Bell, wrote that fourteen customers are affected.",
        "They may go on with the software until their agreements lapse.",
        "Groups that had called for the change said words were not enough and demanded a change of statutes.",
        "City hall would not say whether local officers rely on the tool.",
        "No other maker has said a word on its plans.",
        "Investors hardly reacted to the news when markets shut.",
    ]
)
RECIPE = "\n".join(
    [
        "Peel the onions and cut them into rings no wider than a finger.",
        "Melt butter in a heavy pan and let them turn golden over a low flame, stirring now and then.",
        "Add stock, thyme and a splash of cider, cover, and leave it alone until the kitchen smells of it.",
        "Toast slices of yesterday's bread, lay them on top and strew cheese over everything.",
    ]
)


@pytest.mark.parametrize(
    ("markup", "whole"),
    [
        ("<p>one<p>two", "one\ntwo"),
        ("<p>o<b>n</b>e</p>two<br>three", "one\ntwo\nthree"),
        ("<script>no</script><style>no</style><template>no</template><noscript>no</noscript>yes", "yes"),
        ("<svg><text>no</text></svg><iframe>no</iframe><!-- no --><textarea>no</textarea>yes", "yes"),
        (
            "<p hidden>no</p><div style='color:red; DISPLAY : none'>no</div><i style='visibility:hidden'>no</i>yes",
            "yes",
        ),
        ("yes <del>no</del><s>no</s><strike>no</strike><ins>yes</ins>", "yes yes"),
        ("<span style='text-decoration: line-through'>no</span>yes", "yes"),
        ("<p aria-hidden=true>seen</p><i aria-hidden=true class=icon-x>open</i>", "seen"),
        ("<img alt='no'>yes<dialog>no</dialog>", "yes"),
        ("<table><tr><td>one<td>two</table>", "one two"),
        ("<p>a&amp;b&nbsp;c", "a&b c"),
        ("<p>a\0b", "ab"),
        ("<title>no</title><p>yes", "yes"),
        ("<div>" * 5_000 + "deep", "deep"),
        ("<p>one</div></b></p></table>two<b", "one\ntwo"),
        ("", ""),
    ],
)
def test_the_whole_text_is_what_a_reader_sees(markup, whole):
    assert page_text(markup.encode()).whole == whole


def test_the_main_text_is_the_article_without_what_changes_by_itself():
    text = page_text(
        f"<html lang='en-GB'><head><title>Sales &amp; forces</title></head><body><nav><a href='/'>Home</a></nav>"
        f"<article><p>Updated on 3 May 2021, 10:15</p><p>{'</p><p>'.join(SENTENCES)}</p><p>4 min read</p></article>"
        f"<footer>© 2021 Northwind</footer></body></html>".encode()
    )

    assert text.main == REPORT
    assert "Home" in text.whole
    assert (text.title, text.language) == ("Sales & forces", "en")
    assert text.words == len(REPORT.split())


def test_where_no_article_is_found_the_whole_page_is_the_text():
    text = page_text(b"<p>We stop.</p>")

    assert text.main == text.whole == "We stop."


def test_a_page_too_large_to_extract_from_is_its_own_article():
    text = page_text(b"<p>word</p>" * 40_000)

    assert text.main == text.whole


def test_plain_text_is_taken_as_it_is():
    assert page_text(b"a < b\n<p>\xe9", content_type="text/plain; charset=x", charset="latin-1").whole == "a < b\n<p>é"


def test_pictures_say_nothing():
    assert page_text(b"\x89PNG", content_type="image/png").whole == ""


def pdf(words: str) -> bytes:
    stream = f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET".encode()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    body = io.BytesIO()
    body.write(b"%PDF-1.4\n")
    places = []
    for number, part in enumerate(parts, 1):
        places.append(body.tell())
        body.write(b"%d 0 obj\n%s\nendobj\n" % (number, part))
    table = body.tell()
    body.write(b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places))
    body.write(b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % table)
    return body.getvalue()


def test_the_words_of_a_pdf_are_read_whatever_it_is_served_as():
    body = pdf("We will not sell it to police.")

    assert page_text(body, content_type="application/pdf").whole == "We will not sell it to police."
    assert page_text(body, content_type="application/octet-stream").main == "We will not sell it to police."


@pytest.mark.parametrize("body", [b"%PDF-", b"%PDF-1.7\ntrailer", pdf("We stop.")[:300], b"no PDF"])
def test_a_broken_pdf_is_no_fault(body):
    assert isinstance(page_text(body, content_type="application/pdf").whole, str)


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.lists(
            st.sampled_from(
                [
                    "<p>",
                    "</p>",
                    "<",
                    ">",
                    "<!--",
                    "-->",
                    "<del>",
                    "<table>",
                    "<td>",
                    "\0",
                    "&#0;",
                    "&#xd800;",
                    "<?",
                    "<![",
                    "<svg>",
                    "<html lang=x>",
                    "<body hidden>",
                    "<a href='#",
                    "word ",
                    "\ud7ff",
                    "<sup>",
                    "<q>",
                    "</html>",
                ]
            ),
            max_size=60,
        ).map(lambda pieces: "".join(pieces).encode()),
    ),
    st.sampled_from(["text/html", "application/pdf", "text/plain", "", "application/xhtml+xml"]),
    st.sampled_from([None, "utf-8", "utf-16", "idna", "x"]),
)
def test_any_bytes_are_a_page(body, content_type, charset):
    text = page_text(body, content_type=content_type, charset=charset)

    assert isinstance(text.main, str)
    assert fingerprints(text.whole) == sorted(fingerprints(text.whole))
    assert drift(text.whole, text.main, RULES) in Drift


def test_a_digest_is_that_of_the_words():
    assert text_digest("We “will” – now\n stop") == text_digest('WE "will" - now stop')
    assert text_digest("We will stop") != text_digest("We will not stop")
    assert -(2**63) <= text_digest(REPORT) < 2**63


def edited(*changes: tuple[str, str]) -> str:
    text = REPORT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (REPORT.upper().replace("'", "’"), Drift.NONE),
        (edited(("slightly lower", "slightly higher")), Drift.MINOR),
        (edited(("has stopped", "has not stopped")), Drift.EDITED),
        (edited(("fourteen", "40")), Drift.EDITED),
        (edited(("none of them is", "all of them are")), Drift.EDITED),
        ("\n".join(SENTENCES[:-1]), Drift.EDITED),
        (
            "\n".join([*SENTENCES[:6], "A new sentence has been put in here, and it says little.", *SENTENCES[6:]]),
            Drift.EDITED,
        ),
        ("\n".join(SENTENCES[:6]) + "\n" + RECIPE, Drift.REWRITTEN),
        (OTHER_REPORT, Drift.REPLACED),
        (RECIPE, Drift.REPLACED),
        ("", Drift.REPLACED),
    ],
)
def test_a_text_is_the_same_changed_a_little_edited_rewritten_or_replaced(after, expected):
    assert drift(REPORT, after, RULES) is expected


def test_likeness_runs_from_nothing_to_the_same_and_is_the_same_both_ways():
    assert likeness(REPORT, REPORT) == 1
    assert likeness(REPORT, "") == 0
    assert likeness("", "") == 1
    shorter = "\n".join(SENTENCES[:7])
    assert likeness(REPORT, shorter) == pytest.approx(likeness(shorter, REPORT))


def test_thresholds_of_drift_are_settings(settings):
    settings.LINK_CHECK_DRIFT_MINOR = "0.999"
    minor_before = edited(("slightly lower", "slightly higher"))

    assert drift_rules().drift_minor == 0.999
    assert drift(REPORT, minor_before) is Drift.EDITED


def test_a_threshold_that_is_no_share_is_refused_by_name(settings):
    settings.LINK_CHECK_DRIFT_EDITED = "80"

    with pytest.raises(ValueError, match="LINK_CHECK_DRIFT_EDITED"):
        drift_rules()


def test_a_wire_copy_is_found_by_what_it_contains():
    copy = "\n".join(["Firm ends sales to forces", "By our own staff, with agencies", *SENTENCES[:8]])

    assert containment(fingerprints(copy), fingerprints(REPORT)) >= 0.6
    assert containment(fingerprints("\n".join(SENTENCES[1:10])), fingerprints(REPORT)) >= 0.6


def test_another_report_on_the_same_subject_is_no_copy():
    assert containment(fingerprints(OTHER_REPORT), fingerprints(REPORT)) < 0.2
    assert containment(fingerprints(RECIPE), fingerprints(REPORT)) == 0


def test_copies_are_found_where_words_are_not_spaced():
    report = (
        "北风公司周二表示,已停止向警方出售人脸比对软件。此前一年,市民多次在该公司位于河镇的办公楼前抗议。"
        "团队负责人告诉员工,自春季以来共有十四支警队购买了这一工具。这些合同将在秋季到期,公司不会续签。"
    )
    copy = "本报综合消息 " + report[:70]
    other = "天气预报说,本周末北方大部分地区有小雨,气温略有下降,出门请带雨伞。河镇的人脸识别展览照常开放。"

    assert containment(fingerprints(copy), fingerprints(report)) >= 0.6
    assert containment(fingerprints(other), fingerprints(report)) < 0.2


def test_fingerprints_are_signed_numbers_of_64_bits_in_order():
    marks = fingerprints(REPORT)

    assert marks == sorted(set(marks))
    assert all(-(2**63) <= mark < 2**63 for mark in marks)
    assert len(marks) < len(words_of(REPORT.casefold()))
    assert fingerprints("") == []
    assert containment([], marks) == 0


def test_a_pdf_of_more_objects_than_any_document_has_is_not_read():
    hostile = a_pdf("Words that nobody reads.") + b"1 0 obj\n" * 300_001

    assert page_text(a_pdf("Words that are read."), content_type="application/pdf").main == "Words that are read."
    assert page_text(hostile, content_type="application/pdf").main == ""
