"""The words that the record uses: what is promised, to whom, about what, and what happened."""

from __future__ import annotations

from typing import Final

from django.db import models


class Action(models.TextChoices):
    STOP_OFFERING = "stop-offering", "stop offering"
    STOP_SELLING = "stop-selling", "stop selling"
    SUSPEND_SALES = "suspend-sales", "suspend sales"
    LIMIT_SALES = "limit-sales", "limit sales"
    STOP_USING = "stop-using", "stop using"
    SUSPEND_USE = "suspend-use", "suspend use"
    PROHIBIT_USE = "prohibit-use", "prohibit use"
    STOP_INVESTING = "stop-investing", "stop investing"
    REQUIRE_APPROVAL = "require-approval", "require approval"
    LIMIT_ACCESS = "limit-access", "limit access"
    LIMIT_DATA = "limit-data", "limit data"
    DELETE_DATA = "delete-data", "delete data"
    DISCLOSE = "disclose", "disclose"
    OPT_IN = "opt-in", "ask for consent first"
    OPT_OUT = "opt-out", "offer an opt-out"
    DEFAULT_OFF = "default-off", "keep off by default"
    ADOPT_PRINCIPLES = "adopt-principles", "adopt principles"
    INDEPENDENT_REVIEW = "independent-review", "have it reviewed from outside"
    ENGAGE = "engage", "engage with others"


class Nature(models.TextChoices):
    ACT = "act", "done once"
    LASTING = "lasting", "goes on"


ACTS = frozenset({Action.DELETE_DATA, Action.INDEPENDENT_REVIEW})


def usual_nature(action: str) -> Nature:
    """Whether an action is, as a rule, done once or goes on."""
    return Nature.ACT if action in ACTS else Nature.LASTING


class Form(models.TextChoices):
    UNDERTAKING = "undertaking", "undertaking"
    PRACTICE = "practice", "statement of practice"
    IMPOSED = "imposed", "imposed"


class Binding(models.TextChoices):
    VOLUNTARY = "voluntary", "voluntary"
    CONTRACT = "contract", "contract"
    SETTLEMENT = "settlement", "settlement"
    ORDER = "order", "order"


class ConditionKind(models.TextChoices):
    UNTIL_DATE = "until-date", "until a date"
    UNTIL_LAW = "until-law", "until there is a law"
    UNTIL_REVIEW = "until-review", "until a review"
    OTHER = "other", "other"


class PledgeEffect(models.TextChoices):
    MADE = "made", "made"
    EFFECTIVE = "effective", "took effect"
    CLARIFIED = "clarified", "clarified"
    EXTENDED = "extended", "extended"
    NARROWED = "narrowed", "narrowed"
    WIDENED = "widened", "widened"
    REWORDED = "reworded", "reworded"
    REAFFIRMED = "reaffirmed", "reaffirmed"
    WITHDRAWN = "withdrawn", "withdrawn"
    REMOVED = "removed", "removed without notice"
    SUPERSEDED = "superseded", "superseded"
    CONDITION_MET = "condition-met", "condition met"
    FULFILLED = "fulfilled", "fulfilled"
    BROKEN = "broken", "breach claimed or found"
    CONTRARY_PRACTICE = "contrary-practice", "contrary practice"
    PRACTICE = "practice", "practice beside the pledge"
    CLEARED = "cleared", "cleared"
    SEARCHED = "searched", "searched, nothing contrary found"
    ASKED = "asked", "company asked"


# What a step did, in the words that readers see: after the pledge's title, in lists and among the filters.
STEPS: Final[dict[str, str]] = {
    PledgeEffect.MADE: "pledge made",
    PledgeEffect.EFFECTIVE: "takes effect",
    PledgeEffect.CLARIFIED: "clarified",
    PledgeEffect.EXTENDED: "extended",
    PledgeEffect.NARROWED: "narrowed",
    PledgeEffect.WIDENED: "widened",
    PledgeEffect.REWORDED: "reworded",
    PledgeEffect.REAFFIRMED: "reaffirmed",
    PledgeEffect.WITHDRAWN: "withdrawn",
    PledgeEffect.REMOVED: "text removed without notice",
    PledgeEffect.SUPERSEDED: "superseded",
    PledgeEffect.CONDITION_MET: "what was to end it has happened",
    PledgeEffect.FULFILLED: "done",
    PledgeEffect.BROKEN: "breach claimed or found",
    PledgeEffect.CONTRARY_PRACTICE: "practice against its words",
    PledgeEffect.PRACTICE: "practice beside the pledge",
    PledgeEffect.CLEARED: "allegation not borne out",
    PledgeEffect.SEARCHED: "searched, nothing contrary found",
    PledgeEffect.ASKED: "company asked",
}


class HoldingEffect(models.TextChoices):
    INVESTED = "invested", "invested"
    EXIT_ANNOUNCED = "exit-announced", "exit announced"
    EXIT_COMPLETED = "exit-completed", "exit completed"


class ExitKind(models.TextChoices):
    ANNOUNCED_DIVESTMENT = "announced-divestment", "sale announced"
    DIVESTMENT = "divestment", "stake sold"
    ACQUISITION = "acquisition", "company acquired"
    LISTING = "listing", "company listed"
    WRITE_OFF = "write-off", "written off"


class Standing(models.TextChoices):
    STATED = "stated", "the company itself"
    REPORTED = "reported", "journalists or observers"
    ALLEGED = "alleged", "a contested claim"
    FOUND = "found", "an audit, regulator or court"


class Stance(models.TextChoices):
    SUPPORTS = "supports", "supports"
    DISPUTES = "disputes", "disputes"
    CONTEXT = "context", "context"


class EventKind(models.TextChoices):
    ACQUISITION = "acquisition", "acquisition"
    AUDIT = "audit", "audit"
    CAMPAIGN = "campaign", "campaign"
    CEASE_AND_DESIST = "cease-and-desist", "cease and desist"
    COMPLAINT = "complaint", "complaint"
    CONTRACT = "contract", "contract"
    CORPORATE = "corporate", "corporate"
    CORRECTION = "correction", "correction"
    CUSTOMER_SUSPENDS = "customer-suspends", "customer suspends use"
    DATASET_RELEASE = "dataset-release", "data set released"
    DATASET_REMOVAL = "dataset-removal", "data set removed"
    DEPLOYMENT = "deployment", "deployment"
    DIVESTMENT = "divestment", "divestment"
    DOCUMENT_RELEASE = "document-release", "documents released"
    FINE = "fine", "fine"
    INQUIRY = "inquiry", "inquiry"
    INVESTIGATION = "investigation", "investigation"
    LAWSUIT = "lawsuit", "lawsuit"
    LEGISLATION = "legislation", "legislation"
    LOCAL_BAN = "local-ban", "local ban"
    ORDER = "order", "order"
    PARTNERSHIP_ENDED = "partnership-ended", "partnership ended"
    PRODUCT_LAUNCH = "product-launch", "product launch"
    PRODUCT_WITHDRAWAL = "product-withdrawal", "product withdrawal"
    RULING = "ruling", "ruling"
    SALE_REFUSED = "sale-refused", "sale refused"
    SANCTION = "sanction", "sanction"
    SETTLEMENT = "settlement", "settlement"
    SHAREHOLDER_VOTE = "shareholder-vote", "shareholder vote"
    STATEMENT = "statement", "statement"
    TEST = "test", "test"


class AmountIs(models.TextChoices):
    ROUND = "round", "everything raised in the round"
    STAKE = "stake", "this investor’s own part"
    SETTLEMENT = "settlement", "settlement"
    FINE = "fine", "fine"
    FINE_PAID = "fine-paid", "fine paid"
    PENALTY_MAXIMUM = "penalty-maximum", "highest penalty possible"
    FEES = "fees", "fees"
    CONTRACT = "contract", "contract"
    ACQUISITION = "acquisition", "price of the company"
    VALUATION = "valuation", "valuation"
    TOTAL_RAISED = "total-raised", "raised in all so far"
    EXIT = "exit", "proceeds of the exit"


class Stake(models.TextChoices):
    MINORITY = "minority", "minority"
    MAJORITY = "majority", "majority"
    UNKNOWN = "unknown", "not known"


class PartyKind(models.TextChoices):
    COMPANY = "company", "company"
    PUBLIC_BODY = "public-body", "public body"
    CAMPAIGN = "campaign", "campaign"
    COURT = "court", "court"
    REGULATOR = "regulator", "regulator"
    PERSON = "person", "person"
    NEWS = "news", "news"


class Part(models.TextChoices):
    SUES = "sues", "sues"
    SUED = "sued", "is sued"
    COMPLAINS = "complains", "complains"
    DECIDES = "decides", "decides"
    ORDERS = "orders", "orders"
    ORDERED = "ordered", "is ordered"
    FINES = "fines", "fines"
    FINED = "fined", "is fined"
    AUDITOR = "auditor", "audits"
    AUDITED = "audited", "is audited"
    COMMISSIONS = "commissions", "commissions"
    ASKS = "asks", "asks"
    ASKED = "asked", "is asked"
    SIGNS = "signs", "signs"
    SUPPORTS = "supports", "supports"
    OPPOSES = "opposes", "opposes"
    OBJECTS = "objects", "objects"
    SELLER = "seller", "sells"
    BUYER = "buyer", "buys"
    BOUGHT = "bought", "is bought"
    INVESTOR = "investor", "invests"
    INVESTEE = "investee", "receives the investment"
    SUPPLIER = "supplier", "supplies"
    CUSTOMER = "customer", "is the customer"
    USES = "uses", "uses"
    PUBLISHES = "publishes", "publishes"
    SPEAKS = "speaks", "speaks"
    REFUSES = "refuses", "refuses"
    WITHDRAWS = "withdraws", "withdraws"
    ENDS = "ends", "ends"
    SUBJECT = "subject", "is the subject"


# Open lists: a new technology or audience is a word of the record as soon as an entry uses it.
# These have a wording of their own; any other is shown with its hyphens as spaces.
TECHNOLOGIES = {
    "facial-recognition": "facial recognition",
    "generative-ai": "generative AI",
    "artificial-intelligence": "artificial intelligence",
    "azure-face": "Azure Face",
    "video-indexer": "Video Indexer",
    "body-camera": "body cameras",
}
AUDIENCES = {
    "law-enforcement": "law enforcement",
    "private-companies": "private companies",
    "investee-companies": "companies it invests in",
    "public-figures": "public figures",
}


def label_of(word: str, known: dict[str, str] | None = None) -> str:
    """How a word of an open list is shown."""
    return (known or {}).get(word) or word.replace("-", " ")
