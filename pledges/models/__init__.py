from .citation import Answer, Citation, Dispute
from .derived import EventMark, EventText, StatusSpan
from .happening import Amount, Effect, Event, EventCompany, EventFollows, Party
from .money import Claim, CoInvestor, Investment, Round
from .pledge import Clause, Condition, Pledge, Terms

__all__ = [
    "Amount",
    "Answer",
    "Citation",
    "Claim",
    "Clause",
    "CoInvestor",
    "Condition",
    "Dispute",
    "Effect",
    "Event",
    "EventCompany",
    "EventFollows",
    "EventMark",
    "EventText",
    "Investment",
    "Party",
    "Pledge",
    "Round",
    "StatusSpan",
    "Terms",
]
