"""Sample values for every part, in every state: what the sheet of parts is printed from."""

from __future__ import annotations

from datetime import date

from timeline import words
from timeline.components import (
    Account,
    Chip,
    CitationMark,
    ClauseShown,
    Crumb,
    Dispute,
    EntryRow,
    Facet,
    FacetGroup,
    FacetValue,
    Figure,
    Histogram,
    LinkCheckMark,
    Menu,
    MenuLink,
    Pager,
    PledgeCard,
    Remark,
    ScopeRow,
    ShownDate,
    SourceItem,
    SourceUse,
    SpanShown,
    Status,
    Step,
    TermBar,
    TermsShown,
    YearCount,
)
from timeline.context import Counts

COUNTS = Counts(events=12_345, sources=6_789, links_checked_on=date(2026, 9, 30))
DAY = ShownDate(text="11 June 2020", machine="2020-06-11", edtf="2020-06-11")
MONTH = ShownDate(text="June 2019", machine="2019-06", edtf="2019-06", why="month only")
WEEK = ShownDate(text="1–7 June 2020", edtf="2020-06-01/2020-06-07", why="“last week”")
BEFORE = ShownDate(text="by 27 March 2020", edtf="../2020-03-27", why="not dated")

STATUSES = [Status(headline=slug) for slug in words.HEADLINES]
IN_FORCE = Status(
    headline="in-force",
    text="in-force",
    conduct="nothing-contrary",
    clock="condition-open",
    text_label="In force",
    conduct_label="Nothing contrary found as of 12 June 2020",
    clock_label="Until a national law is in place",
)
UNCLEAR = Status(headline="unclear", label="Unclear: announced or completed")

CITATIONS = [
    CitationMark(number=number, href=f"#source-sample-{state}", link_state=state)
    for number, state in enumerate(words.LINK_STATES, start=1)
]
TWO = [CITATIONS[0], CitationMark(number=3, href="#source-sample-changed", link_state="changed", stance="disputes")]
CONTEXT = [CitationMark(number=6, href="#source-sample-dead", link_state="dead", stance="context")]

SOURCES = [
    SourceItem(
        number=number,
        slug=f"sample-{state}",
        title="Microsoft bans face-recognition sales to police as Big Tech reacts to protests",
        record_href="/sources/sample/",
        byline="Jeffrey Dastin and Munsif Vengattil" if number % 2 else "",
        publisher="Reuters",
        via="read at another publisher’s" if number == 2 else "",
        published=WEEK if number == 3 else DAY if number != 4 else None,
        title_is_headline=number != 5,
        link_state=state,
        link_words="Link moved, still reachable" if state == "moved" else "",
        read_href="" if state in ("no-address", "hijacked") else "https://news.example/story",
        archived_href="https://archive.example/story" if state in ("dead", "archived", "live") else "",
        archived=DAY if state != "live" else None,
        uses=[
            SourceUse(quotation="we will not sell this technology to police", locator="third paragraph", last_seen=DAY),
            SourceUse(stance="disputes", quotation="Nous ne vendons pas", language="fr", used_for="scope"),
            SourceUse(stance="context", used_for="the unanswered question"),
        ]
        if number < 4
        else [SourceUse(used_for="exact words")],
    )
    for number, state in enumerate(words.LINK_STATES, start=1)
]

ENTRIES = [
    EntryRow(
        slug="no-police-sales",
        href="/events/no-police-sales/",
        title="Microsoft will not sell facial recognition to US police until there is a national law",
        date=DAY,
        summary="It did not answer whether that reaches other law enforcement, such as prisons.",
        mark="bar",
        statuses=[IN_FORCE],
        citations=TWO,
        kinds=["Pledge made"],
        tags=["Police", "United States"],
        differs=True,
    ),
    EntryRow(
        slug="sale",
        href="/events/sale/",
        title="Microsoft will sell its shareholding in AnyVision",
        date=BEFORE,
        summary="The two companies said so in a joint statement.",
        mark="sells",
        statuses=[Status(headline="completed"), Status(headline="announced")],
        citations=CITATIONS[:3],
        kinds=["Exit", "Pledge made"],
        tags=["AnyVision"],
    ),
    EntryRow(
        slug="round",
        href="/events/round/",
        title="M12 investit dans AnyVision",
        language="fr",
        date=MONTH,
        summary="Reported as USD 74 million.",
        mark="invests",
        citations=CITATIONS[5:7],
        kinds=["Investment"],
        here=True,
    ),
    EntryRow(
        slug="bill",
        href="/events/bill/",
        title="California bill AB 2261 fails",
        date=WEEK,
        summary="The bill would have let police departments buy and use such systems.",
        citations=CONTEXT,
        kinds=["Law"],
        tags=["California"],
    ),
]

CHIPS = [Chip(label="Company: Microsoft", href="?year=2020"), Chip(label="Year: 2020", href="?company=microsoft")]

COMPANIES = Facet(
    name="company",
    label="Company",
    open=True,
    groups=[
        FacetGroup(
            values=[
                FacetValue(value="microsoft", label="Microsoft", count=1204, chosen=True),
                FacetValue(value="amazon", label="Amazon", count=12),
                FacetValue(value="axon", label="Axon", count=0),
                FacetValue(value="clearview", label="Clearview AI", count=0, chosen=True),
            ],
            folded=[FacetValue(value="idemia", label="Idemia", count=3), FacetValue(value="nec", label="NEC", count=1)],
        )
    ],
)
KINDS = Facet(
    name="kind",
    label="Kind",
    open=True,
    groups=[
        FacetGroup(label="Of a pledge", values=[FacetValue(value="made", label="Made", count=7)]),
        FacetGroup(label="Of an investment", values=[FacetValue(value="invested", label="Invested", count=2)]),
        FacetGroup(label="Of an event", values=[FacetValue(value="lawsuit", label="Lawsuit", count=0)]),
    ],
)
FOLDED = Facet(
    name="audience",
    label="Audience",
    groups=[FacetGroup(values=[FacetValue(value="police", label="Police", count=3)])],
)
HISTOGRAM = Histogram(
    years=[
        YearCount(year=year, count=count, href=f"?year={year}", on=year >= 2018)
        for year, count in zip(
            range(2008, 2027), (1, 0, 0, 0, 0, 0, 0, 0, 2, 3, 9, 21, 64, 40, 31, 27, 22, 14, 9), strict=True
        )
    ]
)
FEW_YEARS = Histogram(
    years=[YearCount(year=year, count=count, href=f"?year={year}") for year, count in ((2018, 1), (2019, 7), (2020, 6))]
)
PAGER = Pager(
    newer_href="?cursor=newer",
    older_href="?cursor=older",
    older_label="Older: before 8 Oct 2019",
    note="25 shown of 1,204. This address keeps its place when events are added.",
)

SCOPE = [
    ScopeRow(label="Action", covers=[Remark(text="Not sell")]),
    ScopeRow(
        label="To whom",
        covers=[Remark(text="US police departments", citations=TWO)],
        leaves_open=[Remark(text="Prisons: asked on 11 June 2020, not answered.", citations=CONTEXT)],
    ),
    ScopeRow(
        label="Until",
        covers=[Remark(text="a strong national law grounded in human rights", quoted=True, language="en")],
        leaves_open=[Remark(text="which law would do, and who decides")],
    ),
    ScopeRow(label="Checked by"),
]
DISPUTE = Dispute(
    slug="reach",
    question="Does it reach beyond US police departments?",
    accounts=[
        Account(
            heading="Company statement, in Reuters",
            says="“to police”",
            quotation="we will not sell this technology to police",
            citations=TWO[:1],
        ),
        Account(
            heading="Its president",
            says="“police departments in the United States”",
            quotation="nous ne vendrons pas à la police",
            language="fr",
            citations=CONTEXT,
            preferred=True,
        ),
        Account(heading="Asked by Reuters", says="No answer"),
    ],
    uses="The narrower reading, US police departments.",
    reason="Both quotations support it.",
)
OPEN_DISPUTE = Dispute(
    slug="sum",
    question="How much of the round was Microsoft’s own?",
    accounts=[Account(heading="Peoples Dispatch", says="USD 74 million"), Account(heading="Others", says="Not stated")],
)
TERMS = [
    TermsShown(
        number=2,
        change="Narrowed",
        from_date=DAY,
        current=True,
        wording="We will not sell to police departments in the United States.",
        citations=TWO,
        clauses=[
            ClauseShown(label="Not sell", status=IN_FORCE, scope=SCOPE),
            ClauseShown(label="Ask for a law", status=UNCLEAR),
        ],
    ),
    TermsShown(number=1, change="As made", from_date=MONTH, until_date=DAY, wording="We will not sell it.", clauses=()),
]
STEPS = [
    Step(
        date=DAY,
        label="In force",
        summary="Microsoft states the pledge.",
        citations=TWO,
        says_who="Says who: the company.",
        now=True,
    ),
    Step(
        date=MONTH,
        label="Earlier practice",
        summary="Refused a Californian agency.",
        href="/events/refusal/",
        citations=CONTEXT,
    ),
]
FIGURES = [
    Figure(number=1204, before="company pledges", linked="in force", href="/timeline/?status=in-force"),
    Figure(number=1, before="ends", linked="within 12 months", href="/timeline/"),
    Figure(number=0, linked="contradicted or withdrawn"),
]
CRUMBS = [Crumb(label="Overview", href="/"), Crumb(label="Companies", href="/companies/"), Crumb(label="Microsoft")]
CARDS = [
    PledgeCard(
        href="/pledges/one/",
        title="No sales to US police until a national law",
        status=status,
        covers=["Sales of its facial recognition technology", "US police departments"],
        leaves_open=["Prisons and other law enforcement: asked, no answer"],
        foot="Made 11 June 2020",
        differs=status.headline == "in-force-disputed",
        citations=TWO,
    )
    for status in STATUSES
]
BARE_CARD = PledgeCard(href="/pledges/two/", title="Nothing noted of its scope", status=UNCLEAR, foot="Made June 2019")
TERM_BAR = TermBar(headline="in-force", days=365, gone=102, from_text="10 June 2020", left_text="263 days left")
SPANS = [
    SpanShown(status=IN_FORCE, from_date=MONTH, until_date=DAY),
    SpanShown(status=Status(headline="lapsed"), from_date=DAY),
]
CHECKS = [
    LinkCheckMark(link_state=state, on="12 June 2020") for state in ("live", "live", "changed", "suspect", "dead")
]
MENU = Menu(
    label="Cite / Download",
    intro="14 events, 5 sources in this selection: company is Microsoft.",
    groups=[
        (
            "Citations",
            [
                MenuLink(label="BibTeX", href="/timeline/export/", hint=".bib"),
                MenuLink(label="RIS", href="/timeline/export/", hint="Zotero, EndNote"),
            ],
        ),
        ("Data", [MenuLink(label="CSV", href="/timeline/export/", hint="one row an event")]),
    ],
    foot="The filters and the date are written into every file.",
)
