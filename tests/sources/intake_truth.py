# ruff: noqa: E501 -- a table: one page a line
"""What a person reads off each of the pages in `intake_pages/`: the truth that reading is measured by.

The pages are written for this table, in the structures that publishers' systems write. None means that the page does
not say.
"""

from typing import NamedTuple


class Truth(NamedTuple):
    """One page: its file, where it stood, and what is to be read."""

    page: str
    url: str
    title: str | None
    authors: tuple[str, ...] | None
    publisher: str | None
    published: str | None
    type: str | None
    language: str | None = "en"
    paywalled: bool | None = None
    syndicated_from: str | None = None
    canonical: str = ""  # the address itself, unless another is given
    possible: tuple[str, ...] = ()
    refused: str = ""


def refused(page: str, url: str, words: str) -> Truth:
    return Truth(page, url, None, None, None, None, None, language=None, refused=words)


HARBOUR = "The Harbour Times"
CAPITAL = "The Capital Post"
TRUTHS = [
    Truth("wordpress_yoast", "https://www.harbour-times.example/2020/06/10/camera-maker-pauses?utm_source=x", "Camera maker pauses sales to police", ("Mara Quill",), HARBOUR, "2020-06-10", "news", canonical="https://www.harbour-times.example/2020/06/10/camera-maker-pauses/"),
    Truth("arc_metered", "https://www.capital-post.example/technology/2020/06/11/maker-police-ban/", "Maker bars police from its face matching tool for a year", ("Jon Fennel", "Ada Loomis"), CAPITAL, "2020-06-11", "news", paywalled=True),
    Truth("chorus_news", "https://www.edge-wire.example/2020/6/9/21285/face-matching-pledge", "A pledge on face matching, and what it leaves out", ("Rui Castellan",), "Edgewise", "2020-06-09", "news"),
    Truth("drupal_dublin_core", "https://www.baypublic.example/news/city-council-votes-bar-face-matching", "City council votes to bar face matching", ("Neda Orsini",), "Bay Public Radio", "2019-05-14", "news"),
    Truth("nextjs_news", "https://www.retail-ledger.example/shoe-seller", "Shoe seller ends trial of face matching in stores", ("Ingrid Solheim",), "Retail Ledger", "2021-02-03", "news"),
    Truth("wire_own_site", "https://www.reuters.com/article/camera-maker", "Camera maker halts police sales", ("Lena Abt",), "Reuters", "2020-06-10", "wire", paywalled=False),
    Truth("wire_copy_newspaper", "https://www.valley-courier.example/business/camera-maker", "Camera maker halts sales to police", None, "Valley Courier", "2020-06-11", "wire", syndicated_from="Reuters"),
    Truth("wire_copy_dateline", "https://www.plains-gazette.example/a/1182", "Maker of cameras stops sales to police", None, "Plains Gazette", "2020-06-11", "wire", syndicated_from="Associated Press"),
    Truth("newswire_release", "https://www.wireservice.example/news-releases/lumen-principles-30111.html", "Lumen Optics Announces Principles for Face Matching", None, "WireService", "2020-06-15", "press-release"),
    Truth("newsroom_organisation_only", "https://www.lumen-optics.example/newsroom/pause", "Lumen Optics pauses work with police", None, "Lumen Optics", "2020-06-12", "press-release"),
    Truth("policy_last_updated", "https://www.lumen-optics.example/policies/responsible-use", "Responsible use of face matching", None, "Lumen Optics", None, "company-page"),
    Truth("petition_undated", "https://www.openvoices.example/petitions/stop-selling", "Stop selling face matching to the police", None, "OpenVoices", None, "petition"),
    Truth("court_opinion", "https://law.court-archive.example/opinion/48211/doe-v-lumen/", "Doe v. Lumen Optics, Inc.", None, None, "2019-08-08", "court"),
    Truth("legislation", "https://www.legis.state.example/legislation/ilcs5.asp?ActID=3004", "Biometric Information Act", None, "State Legislature", "2008-10-03", "legislation"),
    Truth("op_ed", "https://www.harbour-times.example/opinion/pause-promise", "A pause is not a promise", ("Oma Reyes",), HARBOUR, "2020-06-14", "op-ed"),
    Truth("blog_no_metadata", "https://notes-on-cameras.example/letter", "What the letter says and what it does not", ("Sam Ito",), "Notes on cameras", "2020-06-16", None),
    Truth("live_blog", "https://www.capital-post.example/live/protests", "Protests in the capital: the day as it happened", None, CAPITAL, "2020-06-08", "news"),
    Truth("paywalled_teaser", "https://www.finance-daily.example/deal", "Inside the deal for a million faces", ("Vera Lind",), "Finance Daily", "2019-11-20", "news", paywalled=True),
    Truth("amp_page", "https://www.capital-post.example/amp/technology/airport-gates", "Airport gates will match faces", ("Kit Barlow",), CAPITAL, "2018-09-01", "news", canonical="https://www.capital-post.example/technology/airport-gates"),
    Truth("ambiguous_date", "https://www.shire-herald.example/maker-withdraws", "Maker withdraws from police contracts", ("Ann Poole",), "Shire Herald", None, "news", possible=("2020-11-06", "2020-06-11")),
    Truth("ambiguous_meta_date", "https://www.shire-herald.example/maker-leaves", "Maker leaves the market", ("Ann Poole",), "Shire Herald", None, "news", possible=("2020-08-07", "2020-07-08")),
    Truth("contradicting_dates", "https://www.lake-tribune.example/council-bans", "Council bans face matching", ("Bo Tran",), "Lake Tribune", "2019-07-17", "news"),
    Truth("footer_year_only", "https://www.lumen-optics.example/about/position", "Our position on face matching", None, "Lumen Optics", None, "company-page"),
    Truth("german_news", "https://www.hafenzeitung.example/digital/kameras", "Kamerahersteller beliefert Polizei vorerst nicht", ("Jörg Hübner",), "Hafenzeitung", "2020-06-10", "news", "de", paywalled=False),
    Truth("german_no_metadata", "https://www.stadtblatt.example/verbot", "Stadtrat verbietet Gesichtserkennung", ("Mia Brandt",), None, "2019-07-17", "news", "de"),
    Truth("french_news", "https://www.quotidien-du-port.example/police", "Le fabricant suspend ses ventes à la police", ("Élise Morvan",), "Le Quotidien du Port", "2020-06-11", "news", "fr"),
    Truth("spanish_news", "https://www.diario-puerto.example/policia", "El fabricante deja de vender a la policía", ("Inés Vidal", "Tomás Rey"), "Diario del Puerto", "2020-06-11", "news", "es"),
    Truth("portuguese_text_date", "https://www.folha-do-porto.example/vendas", "Fabricante suspende vendas para a polícia", ("Clara Nunes",), "Folha do Porto", "2020-06-10", "news", "pt"),
    Truth("japanese_shift_jis", "https://www.minato.example/articles/7", "カメラ会社、警察への販売を停止", None, "港新聞", "2020-06-11", "news", "ja"),
    Truth("japanese_json_ld", "https://www.minato.example/articles/8", "顔認識、一年間停止へ", ("山田花子",), "港新聞", "2020-06-11", "news", "ja"),
    Truth("chinese_news", "https://www.gangkou.example/c/11", "摄像机公司暂停向警方销售", ("李明",), "港口日报", "2020-06-11", "news", "zh"),
    Truth("arabic_news", "https://www.almina.example/a/5", "شركة الكاميرات توقف البيع للشرطة", None, "صحيفة الميناء", "2020-06-11", "news", "ar"),
    Truth("hebrew_news", "https://www.hanamal.example/h/9", "יצרנית המצלמות עוצרת מכירות למשטרה", ("נועה לוי",), "עיתון הנמל", "2020-06-11", "news", "he"),
    Truth("russian_windows_1251", "https://www.port-gazeta.example/n/31", "Производитель камер прекращает продажи полиции", ("Анна Белова",), "Портовая газета", "2020-06-11", "news", "ru"),
    Truth("broken_json_trailing_comma", "https://www.county-line.example/sheriff", "Sheriff keeps his contract", ("Dee Park",), "County Line", "2021-01-20", "news"),
    Truth("broken_json_beyond_repair", "https://www.county-line.example/sheriff-ends", "Sheriff ends his contract", ("Dee Park",), "County Line", "2021-02-20", "news"),
    Truth("time_only", "https://www.stadium-post.example/gates", "Stadium drops face matching at its gates", None, None, "2023-04-02", "news"),
    Truth("several_times", "https://www.money-matters.example/bank", "Bank closes its face database", None, "Money Matters", None, "news"),
    refused("log_in_wall", "https://www.finance-daily.example/deal-two", "a log-in"),
    refused("soft_404", "https://www.harbour-times.example/2020/06/12/gone", "not found"),
    Truth("canonical_to_front_page", "https://www.works-weekly.example/badge-readers", "Factory badge readers are removed", ("Lou Pine",), "Works Weekly", "2022-03-01", "news"),
    Truth("canonical_to_another_site", "https://www.mirror-press.example/gate-cameras", "Gate cameras come down", ("Pat Noor",), "Mirror Press", "2022-05-12", "news"),
    Truth("relative_date", "https://www.shop-talk.example/mall", "Mall tests counting of faces", None, "Shop Talk", None, "news"),
    Truth("clock_at_zero", "https://www.app-notes.example/removed", "Tool removed from app store", None, "App Notes", None, "news"),
    Truth("wrong_language_stated", "https://www.werkblatt.example/kameras", "Fabrik schaltet Kameras ab", None, "Werkblatt", None, "news", "de"),
    Truth("after_midnight_in_utc", "https://www.capitol-brief.example/senator", "Senator writes to camera makers", ("Al Winter",), "Capitol Brief", "2020-06-25", "news"),
    Truth("json_ld_of_others_only", "https://www.isle-news.example/ferry", "Ferry line gives up face tickets", ("Isla Grant",), "Isle News", "2020-09-09", "news"),
    Truth("two_articles_in_json_ld", "https://www.isle-news.example/cameras", "Rail firm tries cameras", ("Isla Grant",), "Isle News", "2020-02-03", "news"),
    Truth("two_articles_unplaced", "https://www.isle-news.example/trial", "Rail firm ends trial", None, "Isle News", "2020-02-03", "news"),
    Truth("citation_metas", "https://www.open-rights.example/reports/faces", "Faces in the Crowd: A Study of Contracts", ("Okafor, Ngozi", "Lindqvist, Per"), "Open Rights Institute", "2021-04-13", "report"),
    Truth("future_date", "https://www.app-notes.example/questions", "Maker to answer questions", None, "App Notes", None, "news"),
    Truth("microdata_article", "https://www.law-review.example/half", "Half of all adults are in a face network", ("Clare Voss",), None, "2016-10-18", "news"),
]  # fmt: skip
