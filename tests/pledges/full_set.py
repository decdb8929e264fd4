"""A data set in which every field of the format says something."""

from __future__ import annotations

from typing import Any

from tests.small_set import (
    cited,
    claim,
    clause,
    company,
    development,
    dispute,
    exit_of,
    investment,
    pledge,
    round_of_financing,
    source,
    step,
    terms,
)

UNTIL_A_LAW = {"kind": "until-law", "text": "Until there is a national law.", "date": None}
UNTIL_2022 = {"kind": "until-date", "text": "Until summer 2022.", "date": "2022-22"}
QUOTED = [
    {**cited(quote="not to the police"), "locator": "p. 3", "prefix": "The company said: ", "suffix": ", and left."},
    cited("copy", stance="disputes"),
]
UNCLEAR = dispute(
    "How many?",
    positions=[
        {"answer": "Ten", "preferred": True, "reason": "The paper itself says so.", "sources": QUOTED},
        {"answer": "Twelve", "preferred": False, "reason": None, "sources": [cited("copy")]},
    ],
    retracted_because="Nobody asks any more.",
)
ON_A_STEP = {
    "date_printed": "on Monday",
    "date_basis": "computed",
    "sources": QUOTED,
    "no_support": "Nobody was there.",
    "disputes": [UNCLEAR, dispute()],
    "retracted_because": "It was another company.",
}
PARTIES = [
    {"company": "acme", "name": None, "kind": "company", "part": "sued"},
    {"company": None, "name": "Ministry of Ö", "kind": "public-body", "part": "sues"},
]


def own_happening(name: str) -> dict[str, Any]:
    """All that the happening of a step may say beyond the step."""
    return {
        "id": name,
        "date": "2021-07",
        "date_printed": "in July",
        "date_basis": "printed",
        "summary": "A suit.",
        "companies": ["acme", "fund"],
        "jurisdictions": ["US-IL"],
        "amounts": [{"amount": 0.07, "currency": "USD", "amount_is": "fees"}],
        "outcome": "Dismissed.",
        "sources": QUOTED,
        "parties": PARTIES,
        "follows": ["fined"],
        "read_twice": True,
        "disputes": [UNCLEAR],
        "no_support": "The report only hints at it.",
        "retracted_because": "It never happened.",
    }


def companies() -> list[dict[str, Any]]:
    return [
        company(
            aliases=[{"name": "Acme Vision", "from": "2018~", "to": "2020-06"}],
            roles=["vendor", "platform"],
            parent="fund",
            owners=[
                {"owner": "apex", "since": None, "until": "2019"},
                {"owner": "fund", "since": "2019", "until": None},
            ],
            wikidata="Q2283",
            lei="INR2EJN1ERAN0W5ZP974",
            website="https://acme.example/",
            note="Makes cameras.",
        ),
        company("apex", parent="fund", country=None),
        company("fund", roles=["investor"]),
        company("fund-two", merged_into="fund", retracted_because="It is the same as Fund."),
    ]


def sources() -> list[dict[str, Any]]:
    return [
        source(authors=["Ann Writer", 'Bob "Quick" Reporter'], note="Two lines,\none \\ backslash and one\ttab."),
        source(
            id="copy",
            copy_of="report",
            first_report="report",
            cites=["mail", "report"],
            first_reported_by="The Example",
            syndicated_from="The Example",
            date_printed="on Monday",
            date_basis="computed",
        ),
        source(id="mail", url=None, type="e-mail", title_basis="description", published=None, language=None),
        source(id="gone", retracted_because="It was made up."),
    ]


def developments() -> list[dict[str, Any]]:
    return [
        development(),
        development(
            id="settled",
            kind="settlement",
            date="2021-07-07~",
            amounts=[{"amount": 123456789012.25, "currency": "EUR", "amount_is": "settlement"}],
            outcome="Paid.",
            follows=["fined", "sued-on-monday"],
            parties=PARTIES,
            read_twice=True,
            **ON_A_STEP,
        ),
    ]


def pledges() -> list[dict[str, Any]]:
    return [
        pledge(
            condition=UNTIL_2022,
            conditions=[UNTIL_A_LAW, UNTIL_2022],
            due_on="2021-12",
            read_twice=True,
            disputes=[UNCLEAR],
            terms=[
                terms(
                    "2020-06-10",
                    0,
                    actions=["stop-selling", "delete-data"],
                    wording="we will not sell",
                    wording_basis="quoted",
                    wording_source="report",
                    technologies=["facial-recognition"],
                    audiences=["police"],
                    excludes=["Airports."],
                    jurisdictions=["US"],
                    conditions=[UNTIL_A_LAW, UNTIL_2022],
                    clauses=[
                        clause(
                            text="No sales.",
                            technologies=["facial-recognition"],
                            audiences=["police"],
                            excludes=["Airports."],
                            conditions=[UNTIL_A_LAW, UNTIL_2022],
                        ),
                        clause("delete-data", nature="act", due_on="2021-12", jurisdictions=["US", "US-IL", "world"]),
                    ],
                ),
                terms("2021-06-12", 2, wording="Sales to small towns go on.", wording_basis="described"),
            ],
            events=[
                pledge()["events"][0],
                step("clarified", "2021-06-11", event="fined-again"),
                step("narrowed", "2021-06-12", clauses=["delete-data", "stop-selling"], **ON_A_STEP),
                step("extended", "2021-06-13", until="2023"),
                step("extended", "2021-06-14", until=None),
                step("broken", "2021-07-01", standing="alleged", happening=own_happening("sued-on-monday")),
                step("searched", "2021-07-02", where="Its own site."),
                step("asked", "2021-07-03", answered=True, answer="It said no."),
                step("superseded", "2021-07-04", superseded_by="acme-stops-more", whole=False),
                step("superseded", "2021-07-05", superseded_by="acme-stops-more", whole=True),
            ],
        ),
        pledge(
            id="acme-stops-more",
            clauses=[
                clause(
                    "limit-data",
                    text="Less data.",
                    technologies=["facial-recognition"],
                    audiences=["police"],
                    excludes=["Airports."],
                    jurisdictions=["US"],
                    conditions=[UNTIL_A_LAW, UNTIL_2022],
                ),
                clause("delete-data", nature="act", due_on="2022"),
            ],
            form="practice",
            retracted_because="It was said of another company.",
        ),
    ]


def a_claim() -> dict[str, Any]:
    first, *_ = QUOTED
    return claim(1_000_000.5, **first, more_sources=QUOTED)


def rounds() -> list[dict[str, Any]]:
    return [
        round_of_financing(
            amount=74_000_000, currency="USD", claims_on="fund-in-acme", announced_event="raised", sources=QUOTED
        ),
        round_of_financing(
            id="acme-seed",
            sources=[],
            claims=[claim(None, currency=None), a_claim()],
            note="Small.",
            retracted_because="There was none.",
        ),
    ]


def investments() -> list[dict[str, Any]]:
    entered = {"id": "fund-enters", "date": "2019", "standing": "stated", "summary": "It said so.", **ON_A_STEP}
    del entered["sources"]  # they are those of the investment
    left = {"standing": "found", "summary": "Sold.", "amount": 5, "currency": "EUR", **ON_A_STEP}
    return [
        investment(
            round="Series A",
            round_id="acme-series-a",
            announced_event="raised",
            through="apex",
            amount=74_000_000,
            currency="USD",
            amount_is="round",
            stake="minority",
            co_investors=["apex", "fund-two"],
            date_printed="in June",
            date_basis="printed",
            sources=QUOTED,
            read_twice=True,
            disputes=[UNCLEAR],
            claims=[claim(), a_claim()],
            made=entered,
            earlier_exits=[
                exit_of("announced-divestment", "2021", id="fund-leaves", completed=True, event="fined-again", **left),
                exit_of("divestment", id="fund-leaves-more", completed=False, happening=own_happening("fund-sells")),
            ],
            exit=exit_of(id="fund-has-left", happening=own_happening("fund-sells-all"), **left),
            note="The larger part.",
        ),
        investment(
            id="apex-in-acme",
            investor=None,
            made={"happening": own_happening("apex-invests")},
            exit=exit_of("announced-divestment", event="fined-again", completed=True),
            retracted_because="Never invested.",
        ),
    ]


def full_set() -> dict[str, list[dict[str, Any]]]:
    raised = development(id="raised", kind="corporate", date="2019-06", title="Acme raises money")
    return {
        "companies": companies(),
        "sources": sources(),
        "developments": [*developments(), development(id="fined-again", date="2021-06"), raised],
        "pledges": pledges(),
        "rounds": rounds(),
        "investments": investments(),
    }
