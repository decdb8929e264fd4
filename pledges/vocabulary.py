"""The words that the record uses: what is promised, to whom, about what, and what happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.db import models
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Action(models.TextChoices):
    STOP_OFFERING = "stop-offering", pgettext_lazy("action", "stop offering")
    STOP_SELLING = "stop-selling", pgettext_lazy("action", "stop selling")
    SUSPEND_SALES = "suspend-sales", pgettext_lazy("action", "suspend sales")
    LIMIT_SALES = "limit-sales", pgettext_lazy("action", "limit sales")
    STOP_USING = "stop-using", pgettext_lazy("action", "stop using")
    SUSPEND_USE = "suspend-use", pgettext_lazy("action", "suspend use")
    PROHIBIT_USE = "prohibit-use", pgettext_lazy("action", "prohibit use")
    STOP_INVESTING = "stop-investing", pgettext_lazy("action", "stop investing")
    REQUIRE_APPROVAL = "require-approval", pgettext_lazy("action", "require approval")
    LIMIT_ACCESS = "limit-access", pgettext_lazy("action", "limit access")
    LIMIT_DATA = "limit-data", pgettext_lazy("action", "limit data")
    DELETE_DATA = "delete-data", pgettext_lazy("action", "delete data")
    DISCLOSE = "disclose", pgettext_lazy("action", "disclose")
    OPT_IN = "opt-in", pgettext_lazy("action", "ask for consent first")
    OPT_OUT = "opt-out", pgettext_lazy("action", "offer an opt-out")
    DEFAULT_OFF = "default-off", pgettext_lazy("action", "keep off by default")
    ADOPT_PRINCIPLES = "adopt-principles", pgettext_lazy("action", "adopt principles")
    INDEPENDENT_REVIEW = "independent-review", pgettext_lazy("action", "have it reviewed from outside")
    ENGAGE = "engage", pgettext_lazy("action", "engage with others")


class Nature(models.TextChoices):
    ACT = "act", pgettext_lazy("nature of a clause", "done once")
    LASTING = "lasting", pgettext_lazy("nature of a clause", "goes on")


ACTS = frozenset({Action.DELETE_DATA, Action.INDEPENDENT_REVIEW})


def usual_nature(action: str) -> Nature:
    """Whether an action is, as a rule, done once or goes on."""
    return Nature.ACT if action in ACTS else Nature.LASTING


class Form(models.TextChoices):
    UNDERTAKING = "undertaking", pgettext_lazy("form of a pledge", "undertaking")
    PRACTICE = "practice", pgettext_lazy("form of a pledge", "statement of practice")
    IMPOSED = "imposed", pgettext_lazy("form of a pledge", "imposed")


class Binding(models.TextChoices):
    VOLUNTARY = "voluntary", pgettext_lazy("what binds a pledge", "voluntary")
    CONTRACT = "contract", pgettext_lazy("what binds a pledge", "contract")
    SETTLEMENT = "settlement", pgettext_lazy("what binds a pledge", "settlement")
    ORDER = "order", pgettext_lazy("what binds a pledge", "order")


class ConditionKind(models.TextChoices):
    UNTIL_DATE = "until-date", pgettext_lazy("what ends a promise", "until a date")
    UNTIL_LAW = "until-law", pgettext_lazy("what ends a promise", "until there is a law")
    UNTIL_REVIEW = "until-review", pgettext_lazy("what ends a promise", "until a review")
    OTHER = "other", pgettext_lazy("what ends a promise", "other")


class PledgeEffect(models.TextChoices):
    MADE = "made", pgettext_lazy("step of a pledge", "made")
    EFFECTIVE = "effective", pgettext_lazy("step of a pledge", "took effect")
    CLARIFIED = "clarified", pgettext_lazy("step of a pledge", "clarified")
    EXTENDED = "extended", pgettext_lazy("step of a pledge", "extended")
    NARROWED = "narrowed", pgettext_lazy("step of a pledge", "narrowed")
    WIDENED = "widened", pgettext_lazy("step of a pledge", "widened")
    REWORDED = "reworded", pgettext_lazy("step of a pledge", "reworded")
    REAFFIRMED = "reaffirmed", pgettext_lazy("step of a pledge", "reaffirmed")
    WITHDRAWN = "withdrawn", pgettext_lazy("step of a pledge", "withdrawn")
    REMOVED = "removed", pgettext_lazy("step of a pledge", "removed without notice")
    SUPERSEDED = "superseded", pgettext_lazy("step of a pledge", "superseded")
    CONDITION_MET = "condition-met", pgettext_lazy("step of a pledge", "condition met")
    FULFILLED = "fulfilled", pgettext_lazy("step of a pledge", "fulfilled")
    BROKEN = "broken", pgettext_lazy("step of a pledge", "breach claimed or found")
    CONTRARY_PRACTICE = "contrary-practice", pgettext_lazy("step of a pledge", "contrary practice")
    PRACTICE = "practice", pgettext_lazy("step of a pledge", "practice beside the pledge")
    CLEARED = "cleared", pgettext_lazy("step of a pledge", "cleared")
    SEARCHED = "searched", pgettext_lazy("step of a pledge", "searched, nothing contrary found")
    ASKED = "asked", pgettext_lazy("step of a pledge", "company asked")


# What a step did, in the words that readers see: after the pledge's title, in lists and among the filters.
STEPS: Final[Mapping[str, StrOrPromise]] = {
    PledgeEffect.MADE: pgettext_lazy("step of a pledge", "pledge made"),
    PledgeEffect.EFFECTIVE: pgettext_lazy("step of a pledge", "takes effect"),
    PledgeEffect.CLARIFIED: pgettext_lazy("step of a pledge", "clarified"),
    PledgeEffect.EXTENDED: pgettext_lazy("step of a pledge", "extended"),
    PledgeEffect.NARROWED: pgettext_lazy("step of a pledge", "narrowed"),
    PledgeEffect.WIDENED: pgettext_lazy("step of a pledge", "widened"),
    PledgeEffect.REWORDED: pgettext_lazy("step of a pledge", "reworded"),
    PledgeEffect.REAFFIRMED: pgettext_lazy("step of a pledge", "reaffirmed"),
    PledgeEffect.WITHDRAWN: pgettext_lazy("step of a pledge", "withdrawn"),
    PledgeEffect.REMOVED: pgettext_lazy("step of a pledge", "text removed without notice"),
    PledgeEffect.SUPERSEDED: pgettext_lazy("step of a pledge", "superseded"),
    PledgeEffect.CONDITION_MET: pgettext_lazy("step of a pledge", "what was to end it has happened"),
    PledgeEffect.FULFILLED: pgettext_lazy("step of a pledge", "done"),
    PledgeEffect.BROKEN: pgettext_lazy("step of a pledge", "breach claimed or found"),
    PledgeEffect.CONTRARY_PRACTICE: pgettext_lazy("step of a pledge", "practice against its words"),
    PledgeEffect.PRACTICE: pgettext_lazy("step of a pledge", "practice beside the pledge"),
    PledgeEffect.CLEARED: pgettext_lazy("step of a pledge", "allegation not borne out"),
    PledgeEffect.SEARCHED: pgettext_lazy("step of a pledge", "searched, nothing contrary found"),
    PledgeEffect.ASKED: pgettext_lazy("step of a pledge", "company asked"),
}


class HoldingEffect(models.TextChoices):
    INVESTED = "invested", pgettext_lazy("step of an investment", "invested")
    EXIT_ANNOUNCED = "exit-announced", pgettext_lazy("step of an investment", "exit announced")
    EXIT_COMPLETED = "exit-completed", pgettext_lazy("step of an investment", "exit completed")


class ExitKind(models.TextChoices):
    ANNOUNCED_DIVESTMENT = "announced-divestment", pgettext_lazy("end of an investment", "sale announced")
    DIVESTMENT = "divestment", pgettext_lazy("end of an investment", "stake sold")
    ACQUISITION = "acquisition", pgettext_lazy("end of an investment", "company acquired")
    LISTING = "listing", pgettext_lazy("end of an investment", "company listed")
    WRITE_OFF = "write-off", pgettext_lazy("end of an investment", "written off")


class Standing(models.TextChoices):
    STATED = "stated", pgettext_lazy("who says so", "the company itself")
    REPORTED = "reported", pgettext_lazy("who says so", "journalists or observers")
    ALLEGED = "alleged", pgettext_lazy("who says so", "a contested claim")
    FOUND = "found", pgettext_lazy("who says so", "an audit, regulator or court")


class Stance(models.TextChoices):
    SUPPORTS = "supports", pgettext_lazy("stance of a source", "supports")
    DISPUTES = "disputes", pgettext_lazy("stance of a source", "disputes")
    CONTEXT = "context", pgettext_lazy("stance of a source", "context")


class EventKind(models.TextChoices):
    ACQUISITION = "acquisition", pgettext_lazy("kind of event", "acquisition")
    AUDIT = "audit", pgettext_lazy("kind of event", "audit")
    CAMPAIGN = "campaign", pgettext_lazy("kind of event", "campaign")
    CEASE_AND_DESIST = "cease-and-desist", pgettext_lazy("kind of event", "cease and desist")
    COMPLAINT = "complaint", pgettext_lazy("kind of event", "complaint")
    CONTRACT = "contract", pgettext_lazy("kind of event", "contract")
    CORPORATE = "corporate", pgettext_lazy("kind of event", "corporate")
    CORRECTION = "correction", pgettext_lazy("kind of event", "correction")
    CUSTOMER_SUSPENDS = "customer-suspends", pgettext_lazy("kind of event", "customer suspends use")
    DATASET_RELEASE = "dataset-release", pgettext_lazy("kind of event", "data set released")
    DATASET_REMOVAL = "dataset-removal", pgettext_lazy("kind of event", "data set removed")
    DEPLOYMENT = "deployment", pgettext_lazy("kind of event", "deployment")
    DIVESTMENT = "divestment", pgettext_lazy("kind of event", "divestment")
    DOCUMENT_RELEASE = "document-release", pgettext_lazy("kind of event", "documents released")
    FINE = "fine", pgettext_lazy("kind of event", "fine")
    INQUIRY = "inquiry", pgettext_lazy("kind of event", "inquiry")
    INVESTIGATION = "investigation", pgettext_lazy("kind of event", "investigation")
    LAWSUIT = "lawsuit", pgettext_lazy("kind of event", "lawsuit")
    LEGISLATION = "legislation", pgettext_lazy("kind of event", "legislation")
    LOCAL_BAN = "local-ban", pgettext_lazy("kind of event", "local ban")
    ORDER = "order", pgettext_lazy("kind of event", "order")
    PARTNERSHIP_ENDED = "partnership-ended", pgettext_lazy("kind of event", "partnership ended")
    PRODUCT_LAUNCH = "product-launch", pgettext_lazy("kind of event", "product launch")
    PRODUCT_WITHDRAWAL = "product-withdrawal", pgettext_lazy("kind of event", "product withdrawal")
    RULING = "ruling", pgettext_lazy("kind of event", "ruling")
    SALE_REFUSED = "sale-refused", pgettext_lazy("kind of event", "sale refused")
    SANCTION = "sanction", pgettext_lazy("kind of event", "sanction")
    SETTLEMENT = "settlement", pgettext_lazy("kind of event", "settlement")
    SHAREHOLDER_VOTE = "shareholder-vote", pgettext_lazy("kind of event", "shareholder vote")
    STATEMENT = "statement", pgettext_lazy("kind of event", "statement")
    TEST = "test", pgettext_lazy("kind of event", "test")


class AmountIs(models.TextChoices):
    ROUND = "round", pgettext_lazy("what a sum measures", "everything raised in the round")
    STAKE = "stake", pgettext_lazy("what a sum measures", "this investor’s own part")
    SETTLEMENT = "settlement", pgettext_lazy("what a sum measures", "settlement")
    FINE = "fine", pgettext_lazy("what a sum measures", "fine")
    FINE_PAID = "fine-paid", pgettext_lazy("what a sum measures", "fine paid")
    PENALTY_MAXIMUM = "penalty-maximum", pgettext_lazy("what a sum measures", "highest penalty possible")
    FEES = "fees", pgettext_lazy("what a sum measures", "fees")
    CONTRACT = "contract", pgettext_lazy("what a sum measures", "contract")
    ACQUISITION = "acquisition", pgettext_lazy("what a sum measures", "price of the company")
    VALUATION = "valuation", pgettext_lazy("what a sum measures", "valuation")
    TOTAL_RAISED = "total-raised", pgettext_lazy("what a sum measures", "raised in all so far")
    EXIT = "exit", pgettext_lazy("what a sum measures", "proceeds of the exit")


class Stake(models.TextChoices):
    MINORITY = "minority", pgettext_lazy("size of a stake", "minority")
    MAJORITY = "majority", pgettext_lazy("size of a stake", "majority")
    UNKNOWN = "unknown", pgettext_lazy("size of a stake", "not known")


class PartyKind(models.TextChoices):
    COMPANY = "company", pgettext_lazy("kind of party", "company")
    PUBLIC_BODY = "public-body", pgettext_lazy("kind of party", "public body")
    CAMPAIGN = "campaign", pgettext_lazy("kind of party", "campaign")
    COURT = "court", pgettext_lazy("kind of party", "court")
    REGULATOR = "regulator", pgettext_lazy("kind of party", "regulator")
    PERSON = "person", pgettext_lazy("kind of party", "person")
    NEWS = "news", pgettext_lazy("kind of party", "news")


class Part(models.TextChoices):
    SUES = "sues", pgettext_lazy("part in an event", "sues")
    SUED = "sued", pgettext_lazy("part in an event", "is sued")
    COMPLAINS = "complains", pgettext_lazy("part in an event", "complains")
    DECIDES = "decides", pgettext_lazy("part in an event", "decides")
    ORDERS = "orders", pgettext_lazy("part in an event", "orders")
    ORDERED = "ordered", pgettext_lazy("part in an event", "is ordered")
    FINES = "fines", pgettext_lazy("part in an event", "fines")
    FINED = "fined", pgettext_lazy("part in an event", "is fined")
    AUDITOR = "auditor", pgettext_lazy("part in an event", "audits")
    AUDITED = "audited", pgettext_lazy("part in an event", "is audited")
    COMMISSIONS = "commissions", pgettext_lazy("part in an event", "commissions")
    ASKS = "asks", pgettext_lazy("part in an event", "asks")
    ASKED = "asked", pgettext_lazy("part in an event", "is asked")
    SIGNS = "signs", pgettext_lazy("part in an event", "signs")
    SUPPORTS = "supports", pgettext_lazy("part in an event", "supports")
    OPPOSES = "opposes", pgettext_lazy("part in an event", "opposes")
    OBJECTS = "objects", pgettext_lazy("part in an event", "objects")
    SELLER = "seller", pgettext_lazy("part in an event", "sells")
    BUYER = "buyer", pgettext_lazy("part in an event", "buys")
    BOUGHT = "bought", pgettext_lazy("part in an event", "is bought")
    INVESTOR = "investor", pgettext_lazy("part in an event", "invests")
    INVESTEE = "investee", pgettext_lazy("part in an event", "receives the investment")
    SUPPLIER = "supplier", pgettext_lazy("part in an event", "supplies")
    CUSTOMER = "customer", pgettext_lazy("part in an event", "is the customer")
    USES = "uses", pgettext_lazy("part in an event", "uses")
    PUBLISHES = "publishes", pgettext_lazy("part in an event", "publishes")
    SPEAKS = "speaks", pgettext_lazy("part in an event", "speaks")
    REFUSES = "refuses", pgettext_lazy("part in an event", "refuses")
    WITHDRAWS = "withdraws", pgettext_lazy("part in an event", "withdraws")
    ENDS = "ends", pgettext_lazy("part in an event", "ends")
    SUBJECT = "subject", pgettext_lazy("part in an event", "is the subject")


# Open lists: a new technology or audience is a word of the record as soon as an entry uses it.
# These have a wording of their own; any other is shown with its hyphens as spaces.
TECHNOLOGIES: Final[Mapping[str, StrOrPromise]] = {
    "facial-recognition": pgettext_lazy("technology", "facial recognition"),
    "generative-ai": pgettext_lazy("technology", "generative AI"),
    "artificial-intelligence": pgettext_lazy("technology", "artificial intelligence"),
    "azure-face": pgettext_lazy("technology", "Azure Face"),
    "video-indexer": pgettext_lazy("technology", "Video Indexer"),
    "body-camera": pgettext_lazy("technology", "body cameras"),
}
AUDIENCES: Final[Mapping[str, StrOrPromise]] = {
    "law-enforcement": pgettext_lazy("audience", "law enforcement"),
    "private-companies": pgettext_lazy("audience", "private companies"),
    "investee-companies": pgettext_lazy("audience", "companies it invests in"),
    "public-figures": pgettext_lazy("audience", "public figures"),
}


# The others that the record uses so far, which need no wording of their own in English.
OTHER_WORDS: Final[Mapping[str, StrOrPromise]] = {
    "biometrics": pgettext_lazy("technology", "biometrics"),
    "emotion-recognition": pgettext_lazy("technology", "emotion recognition"),
    "ethnicity-detection": pgettext_lazy("technology", "ethnicity detection"),
    "face-analysis": pgettext_lazy("technology", "face analysis"),
    "face-comparison": pgettext_lazy("technology", "face comparison"),
    "consumers": pgettext_lazy("audience", "consumers"),
    "customers": pgettext_lazy("audience", "customers"),
    "developers": pgettext_lazy("audience", "developers"),
    "employees": pgettext_lazy("audience", "employees"),
    "everyone": pgettext_lazy("audience", "everyone"),
    "government": pgettext_lazy("audience", "government"),
    "minors": pgettext_lazy("audience", "minors"),
    "passengers": pgettext_lazy("audience", "passengers"),
    "police": pgettext_lazy("audience", "police"),
    "shoppers": pgettext_lazy("audience", "shoppers"),
    "students": pgettext_lazy("audience", "students"),
    "tenants": pgettext_lazy("audience", "tenants"),
}


def step_label(kind: str) -> str:
    """What a step did to a pledge, after its title: “text removed without notice”."""
    return str(STEPS[kind])


def label_of(word: str, known: Mapping[str, StrOrPromise] | None = None) -> str:
    """How a word of an open list is shown."""
    return str((known or {}).get(word) or OTHER_WORDS.get(word) or word.replace("-", " "))
