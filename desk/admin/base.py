"""What all pages of the admin for the record have in common.

A page of the admin writes as if nothing stood in its way. ``changeform_view`` runs it within
``desk.services.proposals.capture``, which keeps drafts and turns everything else into a proposal; what the database
refuses is shown on the same form, with everything that was typed still in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from accounts.models import User
from desk import fields
from desk import forms as desk_forms
from desk.comparison import history_of
from desk.models import Proposal
from desk.services import proposals
from desk.services.entries import record_of, rows_of
from desk.services.refusals import GroundMoved, Refusal, Refused, WaitsAlready, refusal_of
from history.models import Published
from history.services import latest_revision

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[models.Model]
    StackedInline = admin.StackedInline[models.Model, models.Model]
    TabularInline = admin.TabularInline[models.Model, models.Model]
    Base = BaseModelAdmin[models.Model]
else:
    ModelAdmin, StackedInline, TabularInline, Base = (
        admin.ModelAdmin, admin.StackedInline, admin.TabularInline, BaseModelAdmin,
    )  # fmt: skip

Page = Callable[[], HttpResponse]
MOST_PARTS = 200  # rows of one kind on a form; all kinds together may have twice as many


@dataclass
class Writing:
    """What came of one request, for the page that answers it."""

    written: models.Model | None = None
    changed: bool = False
    said: list[tuple[int, str | SafeString]] = field(default_factory=list)


class Typed(Base):
    """Fields as this record wants them, in forms and in the rows beside them."""

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: Any, **kwargs: Any
    ) -> forms.Field | None:
        if isinstance(db_field, ArrayField):
            return desk_forms.list_field(db_field)
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        made = super().formfield_for_dbfield(db_field, request, **kwargs)
        return None if made is None else desk_forms.adjusted(db_field, made)

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = fields.ChosenRecord(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class Rows(Typed, TabularInline):
    """Parts of a record as rows of a table."""

    form = desk_forms.PartForm
    extra = 0
    max_num = MOST_PARTS


class Blocks(Typed, StackedInline):
    """Parts of a record, one below the other."""

    form = desk_forms.PartForm
    extra = 0
    max_num = MOST_PARTS


class PublicState(admin.SimpleListFilter):
    """Drafts, what is public, and what was retracted."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("draft", "Draft"), ("public", "Public"), ("retracted", "Retracted, or set aside")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        match self.value():
            case "draft":
                return queryset.filter(publication__isnull=True, retracted_because="")
            case "public":
                return queryset.filter(publication__isnull=False, retracted_because="")
            case "retracted":
                return queryset.exclude(retracted_because="")
        return queryset


def _parts_sent(request: HttpRequest) -> int:
    """How many rows beside the record a form says that it has."""
    counts = [str(value) for name, value in request.POST.items() if name.endswith("-TOTAL_FORMS")]
    return sum(int(count[:9]) for count in counts if count.isascii() and count.isdecimal())


class RecordAdmin(Typed, ModelAdmin):
    """Adding and changing one kind of record, or one kind of part."""

    form = desk_forms.RecordForm
    actions = None
    list_per_page = 50
    show_full_result_count = False
    change_form_template = "desk/admin/change_form.html"
    object_history_template = "desk/admin/history.html"
    # What to add next, from the page of a record: words, the model to add, and how the form is filled in.
    next_steps: tuple[tuple[str, str, Callable[[Any], dict[str, Any]]], ...] = ()

    # --- what may be done here -------------------------------------------------------------------------------

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # A record is retracted with a reason; its parts are taken out on the page of what they belong to.
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = tuple(super().get_readonly_fields(request, obj))
        # An address, once public, never comes to mean something else.
        return (*fixed, "slug") if isinstance(obj, Published) and obj.publication_id is not None else fixed

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return {} if obj is not None else super().get_prepopulated_fields(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = list(super().get_fieldsets(request, obj))
        if obj is not None and issubclass(self.model, Published):
            words = "Retract" if obj.publication_id is not None else "Set this draft aside"
            fieldsets.append((words, {"fields": ("retracted_because",), "classes": ("collapse",)}))
        return fieldsets

    @admin.display(description="state", ordering="publication")
    def state(self, record: Published) -> str:
        if record.retracted_because:
            return "retracted" if record.publication_id else "set aside"
        return "public" if record.publication_id else "draft"

    # --- the form ---------------------------------------------------------------------------------------------

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, change, **kwargs)
        revised = self._revised(request)
        as_it_is = None
        if revised is not None:
            as_it_is = revised.version
        elif obj is not None:
            as_it_is = latest_revision(rows_of(obj))
        return type(made.__name__, (made,), {"as_it_is": as_it_is, "refusal": getattr(request, "refusal", None)})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        form.complete()
        if not change or form.record_has_changed():
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        writing = self._writing(request)
        writing.written = form.instance
        writing.changed = form.record_has_changed() or any(formset.has_changed() for formset in formsets)

    # The history is written by the database.
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def message_user(
        self, request: HttpRequest, message: Any, level: Any = messages.INFO, *args: Any, **kwargs: Any
    ) -> None:
        """Say it once it is certain."""
        writing: Writing | None = getattr(request, "writing", None)
        if writing is None:
            super().message_user(request, message, level, *args, **kwargs)
        else:
            writing.said.append((int(level), message))

    # --- a page that is asked for, or sent --------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {**(extra_context or {}), "revised": self._revised(request)}

        def page() -> HttpResponse:
            answer = super(RecordAdmin, self).changeform_view(request, object_id, form_url, context)
            # At once, since what it shows may be undone a moment later.
            return answer.render() if isinstance(answer, TemplateResponse) else answer

        if request.method == "POST":
            if _parts_sent(request) > 2 * MOST_PARTS:
                # No form of ours has so many. Each would be made and looked at before it could be refused.
                words = f"The form says that it has more than {2 * MOST_PARTS} rows. Send fewer at a time."
                return render(request, "400.html", {"message": words}, status=400)
            return self._written(request, object_id, page)
        return self._shown(request, page)

    def _shown(self, request: HttpRequest, page: Page) -> HttpResponse:
        revised = self._revised(request)
        if revised is None or "afresh" in request.GET:
            return page()
        try:
            return proposals.within(revised, show=page)
        except (Refused, IntegrityError) as error:
            if request.method == "POST":
                return page()  # with what was typed
            words = str(error) if isinstance(error, Refused) else refusal_of(error).words
            messages.warning(request, f"{words} The form shows the record as it is: make your changes once more.")
            return HttpResponseRedirect(f"{request.path}?{urlencode({'proposal': revised.pk, 'afresh': 1})}")

    def _written(self, request: HttpRequest, object_id: str | None, page: Page) -> HttpResponse:
        revised = self._revised(request)

        def work() -> HttpResponse:
            request.writing = Writing()  # type: ignore[attr-defined]
            if object_id is not None and object_id.isdecimal():
                # Of two who save at once, the second sees what the first has saved.
                list(self.model._default_manager.select_for_update(of=("self",)).filter(pk=object_id))
            return page()

        why = request.POST.get("reason", "").strip()
        author = cast(User, request.user)
        try:
            if revised is not None and "afresh" not in request.GET:
                captured = proposals.capture_again(proposal=revised, who=author, why=why, work=work)
            else:
                captured = proposals.capture(who=author, why=why, work=work)
        except (IntegrityError, GroundMoved) as error:
            refusal = refusal_of(error) if isinstance(error, IntegrityError) else Refusal("", str(error))
            request.refusal = refusal  # type: ignore[attr-defined]
            return self._shown(request, page)

        writing = self._writing(request)
        del request.writing  # type: ignore[attr-defined]
        if writing.written is None:
            return captured.result
        if captured.changes:
            return self._submitted(request, writing.written, revised, why, captured.changes)
        if writing.changed and revised is None:
            for level, words in writing.said:
                messages.add_message(request, level, words)
            self.say_after_draft(request, writing.written)
        elif revised is not None:
            messages.warning(request, "Nothing would be changed any more: withdraw the proposal instead.")
        else:
            messages.info(request, "Nothing was changed.")
        return captured.result

    def _submitted(
        self, request: HttpRequest, about: models.Model, revised: Proposal | None, why: str, changes: list[Any]
    ) -> HttpResponse:
        author = cast(User, request.user)
        try:
            if revised is not None:
                proposal = proposals.revise(proposal=revised, who=author, why=why, changes=changes)
            else:
                proposal = proposals.submit(who=author, why=why, about=about, changes=changes)
        except WaitsAlready as refused:
            messages.info(request, f"{refused} This is it.")
            return HttpResponseRedirect(reverse("desk:proposal", args=[refused.proposal_id]))
        messages.success(
            request, "Submitted for review. Nothing that the public sees has changed; somebody else has to accept it."
        )
        return HttpResponseRedirect(reverse("desk:proposal", args=[proposal.pk]))

    def say_after_draft(self, request: HttpRequest, written: models.Model) -> None:
        record = record_of(written)
        if isinstance(record, Published) and record.publication_id is None:
            messages.info(request, f"“{record}” is a draft: only editors see it until somebody else publishes it.")

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        record = context.get("original")
        if record is not None:
            context["next_steps"] = [
                (words, f"{reverse(f'admin:pledges_{model}_add')}?{urlencode(filled(record))}")
                for words, model, filled in self.next_steps
            ]
            whole = record_of(record)
            if isinstance(whole, Published) and whole.publication_id is None:
                context["draft"] = whole
                context["draft_address"] = reverse("desk:draft", args=[whole._meta.model_name, whole.pk])
            context["waiting"] = Proposal.objects.waiting().filter(
                table_name=record._meta.db_table, row_id=record.pk, kind=Proposal.Kind.CHANGE
            )
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        record = self.get_object(request, object_id)
        if record is not None and not self.has_view_or_change_permission(request, record):
            raise PermissionDenied
        steps = history_of(record) if record is not None else []
        return super().history_view(request, object_id, {"steps": steps, **(extra_context or {})})

    # --- inside -----------------------------------------------------------------------------------------------

    def _writing(self, request: HttpRequest) -> Writing:
        writing: Writing = request.writing  # type: ignore[attr-defined]
        return writing

    def _revised(self, request: HttpRequest) -> Proposal | None:
        """The proposal that is being changed, named in the address. Only its author may."""
        key = request.GET.get("proposal", "")
        if not key.isdecimal():
            return None
        proposal = get_object_or_404(Proposal, pk=key)
        if proposal.proposed_by != request.user or not proposal.is_open or proposal.kind != Proposal.Kind.CHANGE:
            raise PermissionDenied("Only its author changes a proposal, and only while it is open.")
        return proposal
