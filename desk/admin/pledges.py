"""Pledges with their terms; events and what they did; what sources disagree on; citations."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from desk.forms import CitationForm, CitationRecordForm, EffectForm
from pledges.models import (
    Amount,
    Answer,
    Citation,
    Clause,
    Condition,
    Dispute,
    Effect,
    Event,
    EventCompany,
    EventFollows,
    Party,
    Pledge,
    Terms,
)

from .base import Blocks, PublicState, RecordAdmin, Rows

SCOPE = ("actions", "technologies", "audiences", "excludes", "jurisdictions")


class Citations(Blocks):
    """The sources that bear on something, each with the words that it is cited for."""

    model = Citation
    form = CitationForm
    fields = ("position", "source", "stance", "locator", "quotation", "from_the_page")
    autocomplete_fields = ("source",)
    extra = 1


class Conditions(Rows):
    model = Condition
    fields = ("position", "kind", "text", "ends")


class PledgeConditions(Rows):
    model = Condition
    fields = ("position", "matters_most", "kind", "text", "ends")


class TermsOfPledge(Blocks):
    """Each version in short; its own page has the clauses."""

    model = Terms
    fields = ("position", "introduced_by", "starts", "wording", "wording_basis")
    autocomplete_fields = ("introduced_by",)
    show_change_link = True


class Effects(Rows):
    """What happened, in short; the page of each has its citations and all else."""

    model = Effect
    readonly_fields = ("slug", "event", "pledge", "investment", "kind", "standing", "position", "date")
    show_change_link = True
    can_delete = False
    max_num = 0

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        known = {"event"} if self.parent_model is Event else {"pledge", "investment"}
        return [name for name in self.readonly_fields if name not in known]


class EffectsOnPledge(Effects):
    fk_name = "pledge"


@admin.register(Pledge)
class PledgeAdmin(RecordAdmin):
    list_display = ("title", "company", "made_on", "form", "binding", "state")
    list_filter = (PublicState, "form", "binding", "read_twice")
    list_select_related = ("company",)
    search_fields = ("title", "slug", "summary", "company__name", "company__slug")
    ordering = ("-pk",)
    prepopulated_fields = {"slug": ("title",)}
    autocomplete_fields = ("company",)
    inlines = (PledgeConditions, TermsOfPledge, EffectsOnPledge)
    fieldsets = (
        (None, {"fields": ("company", "title", "slug", "summary")}),
        ("What kind of promise", {"fields": ("form", "binding", "made_on", "due_on")}),
        ("What it is about, in one line each", {
            "fields": ("actions", "technologies", "audiences", "jurisdictions"),
        }),
        ("Care", {"fields": ("read_twice",)}),
    )  # fmt: skip
    next_steps = (
        ("Add what happened to it", "effect", lambda pledge: {"pledge": pledge.pk}),
        ("Add a version of its terms", "terms", lambda pledge: {"pledge": pledge.pk}),
        ("Add a question on which sources disagree", "dispute", lambda pledge: {"pledge": pledge.pk}),
    )


class Clauses(Blocks):
    model = Clause
    fields = ("position", "key", "action", "nature", "text", *SCOPE[1:], "due_on")
    show_change_link = True


@admin.register(Terms)
class TermsAdmin(RecordAdmin):
    list_display = ("pledge", "position", "starts", "wording_basis")
    list_select_related = ("pledge",)
    search_fields = ("pledge__title", "pledge__slug", "wording")
    ordering = ("-pk",)
    autocomplete_fields = ("pledge", "introduced_by", "wording_source")
    inlines = (Clauses, Conditions)
    fieldsets = (
        (None, {"fields": ("pledge", "introduced_by", "position", "starts")}),
        ("Wording", {"fields": ("wording", "wording_basis", "wording_source")}),
        ("Scope as a whole", {"fields": (*SCOPE, "clauses_given")}),
    )


@admin.register(Clause)
class ClauseAdmin(RecordAdmin):
    list_display = ("key", "terms", "action", "nature", "due_on")
    list_filter = ("action", "nature")
    list_select_related = ("terms__pledge",)
    search_fields = ("key", "text", "terms__pledge__title", "terms__pledge__slug")
    ordering = ("-pk",)
    autocomplete_fields = ("terms",)
    fields = ("terms", *Clauses.fields)
    inlines = (Conditions,)


class Companies(Rows):
    model = EventCompany
    fields = ("position", "company")
    autocomplete_fields = ("company",)


class Parties(Rows):
    model = Party
    fields = ("position", "company", "name", "kind", "part")
    autocomplete_fields = ("company",)


class Amounts(Rows):
    model = Amount
    fields = ("position", "amount", "currency", "amount_is")


class Follows(Rows):
    model = EventFollows
    fk_name = "event"
    fields = ("position", "follows")
    autocomplete_fields = ("follows",)
    verbose_name = "event that it follows"
    verbose_name_plural = "events that it follows"


@admin.register(Event)
class EventAdmin(RecordAdmin):
    list_display = ("__str__", "kind", "date", "state")
    list_filter = (PublicState, "kind", "read_twice")
    search_fields = ("title", "slug", "summary", "effects__slug")
    ordering = ("-sorts_on", "-pk")
    prepopulated_fields = {"slug": ("title",)}
    inlines = (Citations, Companies, Parties, Amounts, Follows, Effects)
    fieldsets = (
        (None, {"fields": ("kind", "title", "slug", "summary")}),
        ("When and where", {"fields": ("date", "date_printed", "date_basis", "jurisdictions")}),
        ("What came of it", {"fields": ("outcome",)}),
        ("Care", {"fields": ("read_twice", "no_support")}),
    )
    next_steps = (
        (
            "Add what it did to a pledge or an investment",
            "effect",
            lambda event: {"event": event.pk, "date": event.date},
        ),
        ("Add a question on which sources disagree", "dispute", lambda event: {"event": event.pk}),
    )


@admin.register(Effect)
class EffectAdmin(RecordAdmin):
    form = EffectForm
    list_display = ("slug", "kind", "standing", "date", "pledge", "investment", "state")
    list_filter = (PublicState, "kind", "standing")
    list_select_related = ("pledge", "investment__investor", "investment__investee")
    search_fields = ("slug", "summary", "event__title", "event__slug", "pledge__title", "pledge__slug")
    ordering = ("-pk",)
    autocomplete_fields = ("event", "pledge", "investment", "superseded_by")
    inlines = (Citations,)
    fieldsets = (
        (None, {"fields": ("pledge", "investment", "event", "slug")}),
        ("What it did", {"fields": ("kind", "standing", "position", "summary", "clause_keys")}),
        ("When", {"fields": ("date", "date_printed", "date_basis")}),
        ("Only for some kinds", {
            "fields": (
                "until", "superseded_by", "whole", "searched_where", "answered", "answer",
                "exit_kind", "amount", "currency",
            ),
        }),
        ("Care", {"fields": ("no_support",)}),
    )  # fmt: skip
    next_steps = (
        (
            "Add the terms that it introduced",
            "terms",
            lambda effect: {"pledge": effect.pledge_id or "", "introduced_by": effect.pk, "starts": effect.date},
        ),
        ("Add a question on which sources disagree", "dispute", lambda effect: {"effect": effect.pk}),
    )


class Answers(Blocks):
    """Each answer in short; its own page has its sources."""

    model = Answer
    fields = ("position", "answer", "preferred", "reason")
    show_change_link = True


@admin.register(Dispute)
class DisputeAdmin(RecordAdmin):
    list_display = ("question", "pledge", "effect", "investment", "event", "state")
    list_filter = (PublicState,)
    list_select_related = (
        "pledge", "event", "effect__pledge", "effect__investment__investor", "effect__investment__investee",
        "investment__investor", "investment__investee",
    )  # fmt: skip
    search_fields = ("question", "pledge__title", "pledge__slug", "effect__slug", "event__title", "event__slug")
    ordering = ("-pk",)
    fields = ("pledge", "effect", "investment", "event", "position", "question")
    autocomplete_fields = ("pledge", "effect", "investment", "event")
    inlines = (Answers,)
    next_steps = (("Add an answer with its sources", "answer", lambda dispute: {"dispute": dispute.pk}),)


@admin.register(Answer)
class AnswerAdmin(RecordAdmin):
    list_display = ("answer", "dispute", "preferred")
    list_filter = ("preferred",)
    list_select_related = ("dispute",)
    search_fields = ("answer", "dispute__question")
    ordering = ("-pk",)
    fields = ("dispute", "position", "answer", "preferred", "reason")
    autocomplete_fields = ("dispute",)
    inlines = (Citations,)


@admin.register(Citation)
class CitationAdmin(RecordAdmin):
    form = CitationRecordForm
    list_display = ("source", "stance", "event", "effect", "claim", "answer")
    list_filter = ("stance",)
    list_select_related = (
        "source", "event", "effect__pledge", "effect__investment__investor", "effect__investment__investee",
        "claim", "answer",
    )  # fmt: skip
    search_fields = ("source__title", "source__slug", "event__slug", "effect__slug", "locator", "passage__exact")
    ordering = ("-pk",)
    fields = (
        "event", "effect", "claim", "answer", "position", "source", "stance", "locator", "quotation", "from_the_page",
    )  # fmt: skip
    autocomplete_fields = ("event", "effect", "claim", "answer", "source")
