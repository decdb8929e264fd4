"""Every part of the record can be written in the admin, and nothing becomes public there."""

from __future__ import annotations

import re
import time
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.roles import Role
from companies.models import Company
from desk.models import Proposal
from desk.services import proposals
from desk.services.entries import BY_TABLE, PARTS, RECORDS
from history.models import FormerSlug, Revision
from pledges.models import Citation, Clause, Effect, Event, Pledge, StatusSpan, Terms
from sources.models import Passage, Source
from tests.desk import record
from tests.desk.pages import typed_in

pytestmark = pytest.mark.django_db

INLINES = "-TOTAL_FORMS"


def address(instance_or_model, key=None):
    model = instance_or_model if isinstance(instance_or_model, type) else type(instance_or_model)
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    if isinstance(instance_or_model, type) and key is None:
        return reverse(f"{name}_add")
    return reverse(f"{name}_change", args=[key or instance_or_model.pk])


def errors_on(page):
    return re.findall(r'<ul class="errorlist.*?</ul>', page, re.DOTALL)


def page_of(answer):
    return answer.content.decode()


# --- everything can be written ------------------------------------------------------------------------------------


def test_every_part_of_the_record_has_a_form_of_its_own_or_on_what_it_belongs_to():
    on_pages = {model for model in admin.site._registry if model in BY_TABLE.values()}
    beside = {inline.model for model in on_pages for inline in admin.site._registry[model].inlines}

    assert set(RECORDS) <= on_pages
    assert set(PARTS) <= on_pages | beside


WITH_FORMS = [model for model in BY_TABLE.values() if admin.site.is_registered(model)]


@pytest.mark.parametrize("model", sorted(WITH_FORMS, key=lambda model: model.__name__))
def test_every_list_and_form_opens_for_an_editor(model, sign_in):
    editor = sign_in(record.person("ann", Role.EDITOR))
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"

    form = editor.open(reverse(f"{name}_add"))
    listed = editor.open(reverse(f"{name}_changelist") + "?q=acme")

    assert 'name="reason"' in form
    assert "Reason for this change, for readers" in form
    assert "Readers will see it once the change is accepted." in form
    assert 'type="text" size="40" name="q"' in listed


def test_a_pledge_is_entered_from_the_first_form_to_the_last_and_published_by_somebody_else(sign_in):
    ann, bob = record.people()
    editor = sign_in(ann)
    why = "Read in the Washington Post"

    editor.send(
        address(Company), name="Acme", slug="acme", roles=["vendor"], country="US", names__TOTAL_FORMS=1,
        names__0__name="Acme Labs", names__0__used_until="2019", reason=why,
    )  # fmt: skip
    acme = Company.objects.get()
    editor.send(
        address(Source), url="https://news.example.com/acme", title="Acme stops", slug="acme-stops", type="news",
        authors="Ann Author\nBo Byline", published="2020-06-10", language="en", reason=why,
    )  # fmt: skip
    source = Source.objects.get()
    editor.send(
        address(Pledge), company=acme.pk, title="No sales to police", slug="acme-no-sales", summary="None.",
        form="undertaking", binding="voluntary", made_on="2020-06-10", actions=["suspend-sales"],
        technologies="facial-recognition, body-camera", jurisdictions="US, US-IL", reason=why,
        conditions__TOTAL_FORMS=1, conditions__0__kind="until-date", conditions__0__ends="2021-06-10",
    )  # fmt: skip
    pledge = Pledge.objects.get()
    editor.send(
        address(Effect) + f"?pledge={pledge.pk}", slug="acme-no-sales-made", kind="made", standing="stated",
        date="2020-06-10", citations__0__source=source.pk, citations__0__quotation="we will stop selling",
        reason=why,
    )  # fmt: skip
    made = Effect.objects.get()
    editor.send(
        address(Terms) + f"?pledge={pledge.pk}&introduced_by={made.pk}&starts=2020-06-10", actions=["suspend-sales"],
        clauses__TOTAL_FORMS=1, clauses__0__key="sales", clauses__0__action="suspend-sales",
        clauses__0__nature="lasting", clauses__0__excludes="sales to hospitals, schools", reason=why,
    )  # fmt: skip
    draft_address = reverse("desk:draft", args=["pledge", pledge.pk])
    answer = publish(sign_in(bob), draft_address)

    pledge.refresh_from_db()
    clause = Clause.objects.get()
    assert answer.status_code == 200
    assert pledge.publication.accepted_by == bob
    assert (acme.names.get().used_until, source.authors) == ("2019", ["Ann Author", "Bo Byline"])
    assert pledge.technologies == ["facial-recognition", "body-camera"]
    assert (made.event.slug, made.event.kind, made.position) == ("acme-no-sales-made", "", 0)
    assert Passage.objects.get().exact == "we will stop selling"
    assert clause.excludes == ["sales to hospitals, schools"]
    assert StatusSpan.objects.filter(pledge=pledge).exists()
    assert set(Revision.objects.filter(who_id=ann.pk).values_list("why", flat=True)) == {why}


def publish(keyboard, address_of_draft):
    held = keyboard.fill_in(address_of_draft)
    return keyboard.post(f"{address_of_draft}publish/", held)


# --- nothing becomes public here ----------------------------------------------------------------------------------


def test_what_is_saved_on_something_public_waits_for_somebody_else(sign_in):
    ann, _ = record.people()
    pledge = record.public_pledge()

    answer = sign_in(ann).send(address(pledge), title="Another title", reason="The headline was wrong")

    pledge.refresh_from_db()
    proposal = Proposal.objects.get()
    assert pledge.title == "No-Sales-Company suspends sales"
    assert (proposal.proposed_by, proposal.why) == (ann, "The headline was wrong")
    assert answer.redirect_chain[-1][0] == reverse("desk:proposal", args=[proposal.pk])
    assert "Submitted for review" in page_of(answer)


def test_parts_and_quotations_of_something_public_wait_too(sign_in):
    ann, bob = record.people()
    effect = record.public_pledge().effects.get()
    citation = Citation.objects.get()

    sign_in(ann).send(
        address(effect), citations__0__quotation="we will not sell", citations__0__locator="headline",
        reason="Its own words",
    )  # fmt: skip
    proposal = Proposal.objects.get()
    before = Passage.objects.count()
    proposals.accept(proposal=proposal, by=bob, read=1)

    citation.refresh_from_db()
    assert before == 0
    assert (citation.passage.exact, citation.locator) == ("we will not sell", "headline")


def test_a_new_effect_on_a_public_pledge_is_a_draft_until_somebody_else_publishes_it(sign_in):
    ann, bob = record.people()
    pledge = record.public_pledge()

    sign_in(ann).send(
        address(Effect) + f"?pledge={pledge.pk}", slug="withdrawn", kind="withdrawn", standing="stated",
        date="2021-03", citations__0__source=Source.objects.get().pk, reason="It says so",
    )  # fmt: skip
    effect = Effect.objects.get(slug="withdrawn")
    was = StatusSpan.objects.filter(pledge=pledge, headline="withdrawn").exists()
    publish(sign_in(bob), reverse("desk:draft", args=["effect", effect.pk]))

    effect.refresh_from_db()
    assert (effect.position, effect.publication.proposed_by) == (1, ann)
    assert not was
    assert StatusSpan.objects.filter(pledge=pledge, headline="withdrawn").exists()


def test_the_form_refuses_to_take_the_last_source_away_and_says_so(sign_in):
    ann, _ = record.people()
    effect = record.public_pledge().effects.get()

    answer = sign_in(ann).send(
        address(effect), citations__0__DELETE="on", summary="Typed with care", reason="Not needed"
    )

    assert "cites no source that supports it: add one, or say why none does and cite one that disputes it" in page_of(
        answer
    )
    assert typed_in(page_of(answer))["summary"] == ["Typed with care"]
    assert Citation.objects.count() == 1
    assert Proposal.objects.count() == 0


def test_a_superuser_publishes_nothing_alone_either(sign_in):
    root = record.person("root", is_superuser=True, is_staff=True)
    pledge = record.public_pledge()
    keyboard = sign_in(root)

    keyboard.send(address(pledge), title="Another title", reason="I may do anything")
    proposal = Proposal.objects.get()
    answer = keyboard.post(reverse("desk:decide", args=[proposal.pk, "accept"]), {"read": "1"})

    pledge.refresh_from_db()
    assert answer.status_code == 403
    assert "Nobody accepts their own proposal" in page_of(answer)
    assert pledge.title != "Another title"


@pytest.mark.parametrize("model", RECORDS)
def test_no_record_can_be_deleted_even_by_a_superuser(model):
    assert not admin.site._registry[model].has_delete_permission(request=None)


def test_a_public_address_does_not_change_its_meaning(sign_in):
    ann, _ = record.people()
    pledge = record.public_pledge()

    form = sign_in(ann).open(address(pledge))

    assert 'name="slug"' not in form


def test_a_former_address_is_not_given_to_another_record(sign_in):
    FormerSlug.objects.create(kind="company", slug="anyvision", current_slug="oosto")

    answer = sign_in(record.person("ann", Role.EDITOR)).send(
        address(Company), name="AnyVision", slug="anyvision", reason="New"
    )

    assert "is a former address of “oosto” and redirects there: choose another" in page_of(answer)


# --- what is typed is never lost ----------------------------------------------------------------------------------


def test_every_change_says_why(sign_in):
    answer = sign_in(record.person("ann", Role.EDITOR)).send(address(Company), name="Acme", slug="acme")

    assert "Say why you make this change: the history keeps it." in page_of(answer)
    assert typed_in(page_of(answer))["name"] == ["Acme"]
    assert Company.objects.count() == 0


@pytest.mark.parametrize(
    ("model", "typed", "said"),
    [
        (Company, {"name": "A", "slug": "a", "country": "XX"}, "“XX” is no country code"),
        (Company, {"name": "\u200b\u200b", "slug": "a"}, "holds nothing that can be seen"),
        (Company, {"name": "A\u202eB", "slug": "a"}, "invisible marks that reverse its direction"),
        (Source, {"title": "T", "slug": "s", "type": "news", "url": "ftp://x/y"}, "use https:// or http://"),
        (Source, {"title": "T", "slug": "s", "type": "news", "url": "http://127.0.0.1/"}, "not an address on the"),
        (Source, {"title": "T", "slug": "s", "type": "news", "published": "10/06/2020"}, "2020-06-10"),
        (Source, {"title": "T", "slug": "s", "type": "news", "language": "xx"}, "is no language code"),
        (Event, {"kind": "lawsuit", "slug": "e", "date": "2020"}, "An event with a kind needs a title."),
        (Event, {"title": "T", "kind": "lawsuit", "slug": "e", "date": "2020", "jurisdictions": "USA"}, "is no place"),
    ],
)  # fmt: skip
def test_what_may_not_be_is_said_at_the_form_and_stays_typed(model, typed, said, sign_in):
    answer = sign_in(record.person("ann", Role.EDITOR)).send(address(model), **typed, reason="To try it")

    held = typed_in(page_of(answer))
    assert answer.status_code == 200
    assert said in page_of(answer), errors_on(page_of(answer))
    assert {name: held[name] for name in typed} == {name: [value] for name, value in typed.items()}
    assert Revision.objects.count() == 0


def test_an_address_that_is_on_record_names_the_source(sign_in):
    keyboard = sign_in(record.person("ann", Role.EDITOR))
    why = "Read today"
    first = {"url": "https://news.example.com/a?id=1", "title": "First", "slug": "first", "type": "news"}
    keyboard.send(address(Source), **first, reason=why)

    same = keyboard.send(
        address(Source), **first | {"slug": "second", "url": first["url"] + "&utm_source=x"}, reason=why
    )
    alike = keyboard.send(
        address(Source), **first | {"slug": "third", "url": "http://www.news.example.com/a/?id=1"}, reason=why
    )

    assert "This address is on record as “First” (first): cite that source." in page_of(same)
    assert "The address looks like that of “First” (first)" in page_of(alike)
    assert set(Source.objects.values_list("slug", flat=True)) == {"first", "third"}


def test_two_who_edit_a_draft_at_once_do_not_overwrite_each_other(sign_in):
    ann, _ = record.people()
    cy = record.person("cy", Role.EDITOR)
    draft = record.draft_pledge(ann)
    late = sign_in(cy)
    held = late.fill_in(address(draft), summary="From Cy", reason="Clearer")
    sign_in(ann).send(address(draft), summary="From Ann", reason="Clearer")

    told = late.post(address(draft), held)
    first = Pledge.objects.get().summary
    again = typed_in(page_of(told))
    late.post(address(draft), again)

    assert "This was changed while you were editing (ann at" in page_of(told)
    assert "summary is now “From Ann”" in page_of(told)
    assert again["summary"] == ["From Cy"]
    assert (first, Pledge.objects.get().summary) == ("From Ann", "From Cy")


def test_a_form_that_does_not_say_what_its_editor_saw_overwrites_nothing(sign_in):
    ann, _ = record.people()
    draft = record.draft_pledge(ann)
    late = sign_in(record.person("cy", Role.EDITOR))
    held = late.fill_in(address(draft), summary="From Cy", reason="Clearer")
    sign_in(ann).send(address(draft), summary="From Ann", reason="Clearer")

    for seen in [None, "", "x", "9" * 30]:
        sent = {name: value for name, value in held.items() if name != "seen"} | ({"seen": seen} if seen else {})
        told = late.post(address(draft), sent)

        assert "This form does not say on which state of the entry it was opened" in page_of(told)
        assert typed_in(page_of(told))["summary"] == ["From Cy"]
    assert Pledge.objects.get().summary == "From Ann"


def test_saving_without_a_change_writes_nothing(sign_in):
    ann, _ = record.people()
    pledge = record.public_pledge()
    revisions = Revision.objects.count()

    answer = sign_in(ann).send(address(pledge), reason="Looked at it")

    assert "Nothing was changed." in page_of(answer)
    assert (Revision.objects.count(), Proposal.objects.count()) == (revisions, 0)


# --- what no form of ours sends -------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", sorted(WITH_FORMS, key=lambda model: model.__name__))
def test_an_address_or_a_form_that_names_a_record_by_no_key_is_not_an_error_of_the_server(model, sign_in):
    keyboard = sign_in(record.person("ann", Role.EDITOR))
    relations = [one.name for one in model._meta.concrete_fields if one.is_relation]

    for key in ["abc", "9" * 30, "٣", "-1"]:
        keyboard.open(address(model) + "?" + urlencode(dict.fromkeys(relations, key)))
        held = keyboard.fill_in(address(model), reason="To try it", **dict.fromkeys(relations, key))
        held |= {name: [key] for name in held if name.endswith(("-source", "-company", "-owner"))}
        assert keyboard.post(address(model), held).status_code == 200
    assert model._default_manager.count() == 0


def test_a_form_that_claims_to_have_thousands_of_rows_is_refused_at_once(sign_in):
    keyboard = sign_in(record.person("ann", Role.EDITOR))
    held = keyboard.fill_in(address(Company), name="Acme", slug="acme", reason="New", names__TOTAL_FORMS=99_999)

    begun = time.monotonic()
    answer = keyboard.post(address(Company), held)

    assert answer.status_code == 400
    assert "more than 400 rows" in page_of(answer)
    assert time.monotonic() - begun < 2


# --- changing a proposal --------------------------------------------------------------------------------------------


def test_an_author_goes_on_with_what_they_proposed(sign_in):
    ann, bob = record.people()
    pledge = record.public_pledge()
    terms = Terms.objects.get()
    keyboard = sign_in(ann)
    keyboard.send(
        address(terms), clauses__TOTAL_FORMS=2, clauses__1__key="use", clauses__1__action="suspend-use",
        clauses__1__nature="lasting", reason="There is a second clause",
    )  # fmt: skip
    proposal = Proposal.objects.get()
    proposals.send_back(proposal=proposal, by=bob, note="Whom does it bind?")
    revising = address(terms) + f"?proposal={proposal.pk}"

    form = keyboard.open(revising)
    keyboard.send(revising, clauses__1__audiences="police", reason="There is a second clause, for police")
    proposal.refresh_from_db()
    proposals.accept(proposal=proposal, by=bob, read=2)

    assert "You are changing your proposal" in form
    assert typed_in(form)["clauses-1-key"] == ["use"]
    assert (proposal.version, proposal.state) == (2, "submitted")
    assert terms.clauses.get(key="use").audiences == ["police"]
    assert pledge.publication is not None


def test_what_was_added_in_a_proposal_can_be_opened_before_it_is_on_record(sign_in):
    ann, bob = record.people()
    record.public_pledge()
    effect = Effect.objects.get()
    keyboard = sign_in(ann)
    keyboard.send(
        address(Citation), effect=effect.pk, source=Source.objects.get().pk, stance="context", reason="Says more"
    )
    proposal = Proposal.objects.get()

    keyboard.send(
        address(Citation, proposal.row_id) + f"?proposal={proposal.pk}", locator="last paragraph", reason="Where"
    )
    before = Citation.objects.count()
    proposal.refresh_from_db()
    proposals.accept(proposal=proposal, by=bob, read=2)

    assert before == 1
    assert Citation.objects.get(pk=proposal.row_id).locator == "last paragraph"


def test_nobody_else_goes_on_with_a_proposal(sign_in):
    ann, bob = record.people()
    pledge = record.public_pledge()
    sign_in(ann).send(address(pledge), title="Another title", reason="Better")

    sign_in(bob).open(address(pledge) + f"?proposal={Proposal.objects.get().pk}", status=403)


# --- history --------------------------------------------------------------------------------------------------------


def test_the_history_of_a_record_says_who_when_why_and_what(sign_in):
    ann, bob = record.people()
    pledge = record.public_pledge()
    keyboard = sign_in(ann)
    keyboard.send(address(pledge), title="Another title", summary="Clearer", reason="The headline was wrong")
    proposals.accept(proposal=Proposal.objects.get(), by=bob, read=1)

    page = keyboard.open(reverse("admin:pledges_pledge_history", args=[pledge.pk]))

    for said in ["ann", "bob", "The headline was wrong", "pledge: title, summary", "Load of a data set"]:
        assert said in page
