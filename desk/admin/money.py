"""Rounds and investments, and the numbers that sources give for them."""

from django.contrib import admin

from pledges.models import Claim, CoInvestor, Investment, Round

from .base import Blocks, PublicState, RecordAdmin, Rows
from .pledges import Citations, Effects


class Claims(Blocks):
    """Each claim in short; its own page has its sources."""

    model = Claim
    fields = ("position", "text", "amount", "currency", "amount_is")
    show_change_link = True


class CoInvestors(Rows):
    model = CoInvestor
    fields = ("position", "company")
    autocomplete_fields = ("company",)


@admin.register(Round)
class RoundAdmin(RecordAdmin):
    list_display = ("slug", "investee", "name", "announced_on", "state")
    list_filter = (PublicState,)
    list_select_related = ("investee",)
    search_fields = ("slug", "name", "investee__name", "investee__slug")
    ordering = ("-pk",)
    fields = ("investee", "name", "slug", "announced_on", "announced_event", "claims_on", "note")
    autocomplete_fields = ("investee", "announced_event", "claims_on")
    inlines = (Claims,)
    next_steps = (("Add a claim with its sources", "claim", lambda round: {"round": round.pk}),)


@admin.register(Investment)
class InvestmentAdmin(RecordAdmin):
    list_display = ("slug", "investor", "investee", "announced_on", "amount", "currency", "state")
    list_filter = (PublicState, "stake", "read_twice")
    list_select_related = ("investor", "investee")
    search_fields = ("slug", "investor__name", "investor__slug", "investee__name", "investee__slug", "round_name")
    ordering = ("-pk",)
    autocomplete_fields = ("investor", "through", "investee", "round")
    inlines = (CoInvestors, Claims, Effects)
    fieldsets = (
        (None, {"fields": ("investor", "through", "investee", "slug")}),
        ("Round", {"fields": ("round", "round_name")}),
        ("When", {"fields": ("announced_on", "date_printed", "date_basis")}),
        ("Its own part", {"fields": ("amount", "currency", "amount_is", "stake")}),
        ("Care", {"fields": ("note", "read_twice")}),
    )
    next_steps = (
        ("Add what happened to it", "effect", lambda investment: {"investment": investment.pk}),
        ("Add a claim with its sources", "claim", lambda investment: {"investment": investment.pk}),
        ("Add a question on which sources disagree", "dispute", lambda investment: {"investment": investment.pk}),
    )


@admin.register(Claim)
class ClaimAdmin(RecordAdmin):
    list_display = ("__str__", "amount_is", "round", "investment")
    list_filter = ("amount_is",)
    list_select_related = ("round__investee", "investment__investor", "investment__investee")
    search_fields = ("text", "round__slug", "investment__slug")
    ordering = ("-pk",)
    fields = ("round", "investment", "position", "text", "amount", "currency", "amount_is")
    autocomplete_fields = ("round", "investment")
    inlines = (Citations,)
