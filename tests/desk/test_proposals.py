"""One person proposes, another accepts; the record holds them to it."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection, connections, transaction

from accounts.roles import Role
from companies.models import Company, CompanyName
from desk.models import Proposal, Step
from desk.services import proposals
from desk.services.entries import BY_TABLE, entry_of
from desk.services.refusals import (
    WORDS,
    AlreadyDecided,
    GroundMoved,
    LookAgain,
    NotAllowed,
    OwnWork,
    Refused,
    WaitsAlready,
    refusal_of,
)
from history.models import Publication, Revision
from history.services import accept as made_by_two
from history.services import signature_holds
from pledges.models import Citation, Clause, Effect, Pledge, Terms
from pledges.services.recording import recording
from sources.models import Passage, Source
from tests.desk import record
from timeline.changes import changes_to, corrections

pytestmark = pytest.mark.django_db


def proposed_title(author, pledge, title, why="The headline was wrong"):
    def work():
        Pledge.objects.filter(pk=pledge.pk).update(title=title)

    changes = proposals.capture(who=author, why=why, work=work).changes
    return proposals.submit(who=author, why=why, about=pledge, changes=changes)


def publish(draft, by):
    return proposals.publish_draft(draft=draft, by=by, read=entry_of(draft).as_read())


# --- drafts -----------------------------------------------------------------------------------------------------


def test_what_touches_nothing_public_is_written_at_once_as_a_draft():
    ann, _ = record.people()

    captured = proposals.capture(who=ann, why="A new company", work=lambda: record.company("newcomer"))

    assert captured.changes == []
    assert Company.objects.get(slug="newcomer").publication is None
    assert Revision.objects.get(table_name="companies_company").who_id == ann.pk


def test_a_draft_and_all_that_it_needs_become_public_at_once():
    ann, bob = record.people()
    draft = record.draft_pledge(ann)

    proposal = publish(draft, bob)

    entry = [Pledge.objects.get(), Effect.objects.get(), Company.objects.get(), Source.objects.get()]
    assert {row.publication for row in entry} == {proposal.publication}
    assert proposal.publication.proposed_by == ann
    assert proposal.publication.accepted_by == bob


def test_a_draft_without_a_source_is_refused_in_the_words_of_the_record():
    ann, bob = record.people()
    draft = record.draft_pledge(ann, sourced=False)

    with pytest.raises(Refused, match='The effect "draft-made" cites no source that supports it: add one'):
        publish(draft, bob)

    draft.refresh_from_db()
    assert draft.publication is None
    assert Proposal.objects.count() == 0


def test_nobody_publishes_a_draft_of_which_they_wrote_a_part():
    ann, bob = record.people()
    draft = record.draft_pledge(ann)
    with recording(who=bob, why="Also called so"):
        CompanyName.objects.create(company=draft.company, position=0, name="Acme Ltd")
    with recording(who=ann, why="A typo"):
        Pledge.objects.update(title="Draft suspends sales")

    with pytest.raises(OwnWork, match="You wrote part of this yourself"):
        publish(draft, bob)


def test_who_took_something_out_of_a_draft_counts_as_its_author():
    ann, bob = record.people()
    draft = record.draft_pledge(ann)
    with recording(who=ann, why="Also called so"):
        CompanyName.objects.create(company=draft.company, position=0, name="Acme Ltd")
    with recording(who=bob, why="It is not"):
        CompanyName.objects.all().delete()

    with pytest.raises(OwnWork):
        publish(draft, bob)


def test_a_draft_that_was_changed_while_it_was_read_is_looked_at_again():
    ann, bob = record.people()
    draft = record.draft_pledge(ann)
    read = entry_of(draft).as_read()
    with recording(who=ann, why="Second thoughts"):
        Citation.objects.update(locator="second paragraph")

    with pytest.raises(LookAgain, match="changed this draft while you were reading"):
        proposals.publish_draft(draft=draft, by=bob, read=read)


def test_a_disputed_draft_comes_with_its_dispute():
    ann, bob = record.people()
    draft = record.draft_pledge(ann)
    with recording(who=ann, why="Reports differ"):
        dispute = record.dispute(draft, cited=Source.objects.get())

    publish(draft, bob)

    dispute.refresh_from_db()
    assert dispute.publication is not None


def test_a_draft_may_quote_a_public_source_and_the_words_are_public_with_it():
    ann, bob = record.people()
    public = record.public_pledge()
    source = Source.objects.get()
    draft = record.draft_pledge(ann)

    with recording(who=ann, why="Its own words"):
        words = Passage.objects.create(source=source, exact="we will not sell")
        record.cite(draft.effects.get(), source, position=1, passage=words)
    publish(draft, bob)

    with pytest.raises(IntegrityError) as refused, recording(who=ann, why="Better words"):
        Passage.objects.update(exact="we shall not sell")
    assert refusal_of(refused.value).rule == "a_public_change_has_a_publication"
    assert public.publication is not None


def test_the_parts_of_a_draft_are_published_with_it_and_their_first_change_after_that_is_a_correction():
    ann, bob = record.people()
    draft = record.draft_pledge(ann)
    publish(draft, bob)
    clause = Clause.objects.get()

    captured = proposals.capture(
        who=ann, why="The clause was misread", work=lambda: Clause.objects.update(text="Only sales")
    )
    change = proposals.submit(who=ann, why="The clause was misread", about=clause, changes=captured.changes)
    proposals.accept(proposal=change, by=bob, read=change.version)

    (added, *_), corrected = changes_to([("pledges_clause", clause.pk)])[::-1], corrections()
    assert added.what == "Added: 1 clause"
    assert [one.change.why for one in corrected] == ["The clause was misread"]


def test_what_becomes_public_with_a_draft_waits_no_longer():
    ann, bob = record.people()
    draft = record.draft_pledge(ann)
    company = proposals.submit_entry(who=ann, why="Needed for the pledge", draft=draft.company)

    publish(draft, bob)

    company.refresh_from_db()
    assert (company.state, company.decided_by) == (Proposal.State.ACCEPTED, bob)
    assert company.publication == Pledge.objects.get().publication


def test_only_who_may_publish_publishes():
    ann, _ = record.people()
    reviewer = record.person("rae", Role.REVIEWER)
    draft = record.draft_pledge(ann)

    with pytest.raises(NotAllowed, match="do not let you publish new entries"):
        publish(draft, reviewer)


# --- changes to what is public ------------------------------------------------------------------------------------


def test_what_would_change_something_public_is_noted_and_not_made():
    ann, _ = record.people()
    pledge = record.public_pledge()
    revisions = Revision.objects.count()

    proposal = proposed_title(ann, pledge, "Another title")

    pledge.refresh_from_db()
    assert pledge.title == "No-Sales-Company suspends sales"
    assert Revision.objects.count() == revisions
    assert [(change["operation"], change["before"], change["after"]) for change in proposal.changes] == [
        ("U", {"title": "No-Sales-Company suspends sales"}, {"title": "Another title"})
    ]


def test_a_trial_leaves_no_publication_and_its_publication_would_not_pass_as_signed():
    ann, _ = record.people()
    pledge = record.public_pledge()
    seen = []

    def work():
        seen.extend(Publication.objects.filter(dataset_name="a trial, to be undone"))
        Pledge.objects.filter(pk=pledge.pk).update(title="Another title")

    proposals.capture(who=ann, why="A trial", work=work)

    assert len(seen) == 1
    assert not signature_holds(seen[0])
    assert Publication.objects.count() == 1


def test_a_change_is_made_when_somebody_else_accepts_it_and_the_history_names_both():
    ann, bob = record.people()
    pledge = record.public_pledge()
    proposal = proposed_title(ann, pledge, "Another title")

    accepted = proposals.accept(proposal=proposal, by=bob, read=1, note="Thank you")

    pledge.refresh_from_db()
    last = Revision.objects.filter(table_name="pledges_pledge").latest("pk")
    assert pledge.title == "Another title"
    assert last.who_id == ann.pk
    assert last.why == "The headline was wrong"
    assert last.publication_id == accepted.publication_id
    assert accepted.publication.accepted_by == bob
    assert [(step.what, step.who) for step in Step.objects.order_by("pk")] == [("submitted", ann), ("accepted", bob)]


def test_nobody_accepts_their_own_proposal():
    bob = record.person("bob", Role.PUBLISHER)
    proposal = proposed_title(bob, record.public_pledge(), "Another title")

    with pytest.raises(OwnWork, match="Nobody accepts their own proposal"):
        proposals.accept(proposal=proposal, by=bob, read=1)


def test_nobody_accepts_their_own_proposal_past_the_code_either():
    bob = record.person("bob", Role.PUBLISHER)
    proposal = proposed_title(bob, record.public_pledge(), "Another title")

    with pytest.raises(IntegrityError, match="nobody_accepts_their_own_proposal"), transaction.atomic():
        made_by_two(proposed_by=bob, accepted_by=bob, why="Mine")
    with pytest.raises(IntegrityError, match="a_proposal_is_accepted_by_somebody_else"), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(
            state="accepted", decided_by=bob, publication=Publication.objects.first()
        )


def test_a_contributor_accepts_nothing():
    ann, bob = record.people()
    proposal = proposed_title(bob, record.public_pledge(), "Another title")

    with pytest.raises(NotAllowed, match="do not let you accept"):
        proposals.accept(proposal=proposal, by=ann, read=1)


def test_rows_are_added_changed_and_taken_out_as_they_were_proposed():
    ann, bob = record.people()
    pledge = record.public_pledge()
    terms = Terms.objects.get()

    def work():
        narrowed = pledge.effects.create(
            slug="narrowed",
            event=pledge.effects.get().event,
            kind="narrowed",
            standing="stated",
            position=1,
            date="2021-05~",
        )
        record.cite(narrowed, Source.objects.get())
        terms.clauses.all().delete()
        terms.clauses.create(position=0, key="limit", action="limit-sales", nature="lasting", excludes=["a, b"])

    captured = proposals.capture(who=ann, why="Narrowed", work=work)
    proposal = proposals.submit(who=ann, why="Narrowed", about=pledge, changes=captured.changes)
    was_there = Effect.objects.filter(slug="narrowed").exists()
    proposals.accept(proposal=proposal, by=bob, read=1)

    narrowed = Effect.objects.get(slug="narrowed")
    clause = terms.clauses.get()
    assert not was_there
    assert narrowed.publication == Proposal.objects.get().publication
    assert (narrowed.date, narrowed.date_earliest.isoformat()) == ("2021-05~", "2021-05-01")
    assert (clause.key, clause.excludes) == ("limit", ["a, b"])


def test_sums_of_money_are_kept_to_the_last_digit():
    ann, bob = record.people()
    event = record.public_pledge().effects.get().event

    def work():
        event.amounts.create(position=0, amount="123456789012345678.91", currency="USD", amount_is="fine")

    changes = proposals.capture(who=ann, why="The fine", work=work).changes
    proposals.accept(proposal=proposals.submit(who=ann, why="The fine", about=event, changes=changes), by=bob, read=1)

    assert str(event.amounts.get().amount) == "123456789012345678.91"


def test_a_proposal_that_would_leave_something_public_without_a_source_is_refused_at_once():
    ann, _ = record.people()
    record.public_pledge()

    with pytest.raises(IntegrityError) as refused:
        proposals.capture(who=ann, why="Not needed", work=lambda: Citation.objects.all().delete())

    assert (
        "cites no source that supports it: add one, or say why none does and cite one that disputes it"
        in refusal_of(refused.value).words
    )
    assert Citation.objects.count() == 1


def test_an_addition_without_a_source_is_refused_when_it_is_proposed_beside_a_public_change():
    ann, _ = record.people()
    pledge = record.public_pledge()

    def work():
        Pledge.objects.filter(pk=pledge.pk).update(title="Another title")
        pledge.effects.create(
            slug="bare", event=pledge.effects.get().event, kind="clarified", standing="stated", position=1, date="2021"
        )

    with pytest.raises(IntegrityError, match='The effect "bare" cites no source'):
        proposals.capture(who=ann, why="Both", work=work)


def test_a_proposal_whose_ground_has_moved_names_the_fields_and_overwrites_nothing():
    ann, bob = record.people()
    cy = record.person("cy", Role.CONTRIBUTOR)
    pledge = record.public_pledge()
    late = proposed_title(cy, pledge, "From Cy")
    proposals.accept(proposal=proposed_title(ann, pledge, "From Ann"), by=bob, read=1)

    with pytest.raises(GroundMoved, match="title of the pledge was “No-Sales-Company suspends sales” and is now “From"):
        proposals.accept(proposal=late, by=bob, read=1)

    pledge.refresh_from_db()
    late.refresh_from_db()
    assert pledge.title == "From Ann"
    assert late.state == "submitted"


def test_two_proposals_about_different_fields_are_both_accepted():
    ann, bob = record.people()
    pledge = record.public_pledge()
    why = "Clearer"
    second = proposals.capture(who=ann, why=why, work=lambda: Pledge.objects.update(summary="Clearer")).changes
    first = proposed_title(ann, pledge, "Another title")

    proposals.accept(proposal=first, by=bob, read=1)
    proposals.accept(proposal=proposals.submit(who=ann, why=why, about=pledge, changes=second), by=bob, read=1)

    pledge.refresh_from_db()
    assert (pledge.title, pledge.summary) == ("Another title", "Clearer")


def test_what_was_accepted_sent_back_or_withdrawn_is_not_accepted_again():
    ann, bob = record.people()
    pledge = record.public_pledge()
    accepted, back, withdrawn = (proposed_title(ann, pledge, title) for title in ("One", "Two", "Three"))
    proposals.accept(proposal=accepted, by=bob, read=1)
    proposals.send_back(proposal=back, by=bob, note="Which report?")
    proposals.withdraw(proposal=withdrawn, who=ann)

    for proposal in (accepted, back, withdrawn):
        with pytest.raises(AlreadyDecided, match="Nothing was done twice"):
            proposals.accept(proposal=proposal, by=bob, read=1)


def test_a_proposal_sent_back_says_why_and_can_be_submitted_again():
    ann, bob = record.people()
    pledge = record.public_pledge()
    proposal = proposed_title(ann, pledge, "One")
    with pytest.raises(Refused, match="Write a note"):
        proposals.send_back(proposal=proposal, by=bob, note=" ")
    proposals.send_back(proposal=proposal, by=bob, note="Which report?")
    better = proposals.capture(who=ann, why="This one", work=lambda: Pledge.objects.update(title="Two")).changes

    proposals.revise(proposal=proposal, who=ann, why="This one", changes=better)
    with pytest.raises(LookAgain, match="changed this proposal while you were reading"):
        proposals.accept(proposal=proposal, by=bob, read=1)
    proposals.accept(proposal=proposal, by=bob, read=2)

    pledge.refresh_from_db()
    assert pledge.title == "Two"


def test_only_its_author_withdraws_or_changes_a_proposal_and_only_others_send_it_back():
    ann, bob = record.people()
    proposal = proposed_title(ann, record.public_pledge(), "One")
    own = proposed_title(bob, Pledge.objects.get(), "Two")

    with pytest.raises(NotAllowed):
        proposals.withdraw(proposal=proposal, who=bob)
    with pytest.raises(NotAllowed):
        proposals.revise(proposal=proposal, who=bob, why="Mine", changes=[])
    with pytest.raises(NotAllowed):
        proposals.send_back(proposal=own, by=ann, note="No")
    with pytest.raises(OwnWork):
        proposals.send_back(proposal=own, by=bob, note="No")


def test_who_wrote_a_draft_that_a_change_needs_does_not_accept_the_change():
    ann, bob = record.people()
    record.public_pledge()
    with recording(who=bob, why="Read it"):
        draft = record.source("new")
    changes = proposals.capture(who=ann, why="Cite it", work=lambda: Citation.objects.update(source=draft)).changes
    proposal = proposals.submit(who=ann, why="Cite it", about=Citation.objects.get(), changes=changes)

    with pytest.raises(OwnWork):
        proposals.accept(proposal=proposal, by=bob, read=1)
    proposals.accept(proposal=proposal, by=record.person("cy", Role.PUBLISHER), read=1)

    draft.refresh_from_db()
    assert draft.publication is not None


def test_every_table_under_the_history_can_be_proposed_upon():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'history_of_changes'")
        watched = {table for (table,) in cursor.fetchall()}

    assert watched == set(BY_TABLE)


# --- two at once --------------------------------------------------------------------------------------------------


def at_once(*works):
    """Run each in a thread with a connection of its own; gives what each returned or raised."""
    start = threading.Barrier(len(works))
    came = [None] * len(works)

    def run(number, work):
        start.wait()
        try:
            came[number] = work()
        except Refused as refused:
            came[number] = refused
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_accept_at_once_exactly_one_does():
    ann, bob = record.people()
    cy = record.person("cy", Role.PUBLISHER)
    proposal = proposed_title(ann, record.public_pledge(), "Another title")

    came = at_once(
        lambda: proposals.accept(proposal=proposal, by=bob, read=1),
        lambda: proposals.accept(proposal=proposal, by=cy, read=1),
    )

    assert sorted(type(one).__name__ for one in came) == ["AlreadyDecided", "Proposal"]
    assert Revision.objects.filter(table_name="pledges_pledge", operation="U").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_publish_a_draft_at_once_exactly_one_does():
    ann, bob = record.people()
    cy = record.person("cy", Role.PUBLISHER)
    draft = record.draft_pledge(ann)

    came = at_once(lambda: publish(draft, bob), lambda: publish(draft, cy))

    assert sorted(type(one).__name__ for one in came) == ["AlreadyDecided", "Proposal"]
    assert Publication.objects.count() == 1


@pytest.mark.parametrize("model", [Pledge, Citation])
@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_sent_eight_times_at_once_waits_once_and_all_are_led_to_it(model, sign_in):
    ann, _ = record.people()
    pledge = record.public_pledge()
    effect = pledge.effects.get()
    keyboards = [sign_in(ann) for _ in range(8)]
    if model is Pledge:
        form = f"/admin/pledges/pledge/{pledge.pk}/change/"
        held = keyboards[0].fill_in(form, title="Another title", reason="Better")
    else:
        # A new row, which is given another key each time that it is tried.
        form, typed = "/admin/pledges/citation/add/", {"effect": effect.pk, "source": Source.objects.get().pk}
        held = keyboards[0].fill_in(form, stance="context", reason="It says more", **typed)

    answers = at_once(*[lambda keyboard=keyboard: keyboard.post(form, held) for keyboard in keyboards])

    proposal = Proposal.objects.get()
    assert {answer.redirect_chain[-1][0] for answer in answers} == {f"/desk/proposals/{proposal.pk}/"}
    said = [answer.content.decode() for answer in answers]
    assert sum("Submitted for review." in page for page in said) == 1
    assert sum("You have submitted this change already, and it is waiting for review." in page for page in said) == 7


def test_the_same_change_may_be_proposed_by_another_person_or_once_more_when_it_no_longer_waits():
    ann, bob = record.people()
    pledge = record.public_pledge()
    first = proposed_title(ann, pledge, "Another title")

    with pytest.raises(WaitsAlready) as refused:
        proposed_title(ann, pledge, "Another title", why="In other words")
    proposed_title(bob, pledge, "Another title")
    proposed_title(ann, pledge, "Yet another title")
    proposals.withdraw(proposal=first, who=ann)
    again = proposed_title(ann, pledge, "Another title")

    assert refused.value.proposal_id == first.pk
    assert again.is_waiting


def test_a_proposal_that_is_changed_into_another_of_its_author_is_refused():
    ann, _ = record.people()
    pledge = record.public_pledge()
    first, second = proposed_title(ann, pledge, "One"), proposed_title(ann, pledge, "Two")
    same = proposals.changes_of(first)

    with pytest.raises(WaitsAlready):
        proposals.revise(proposal=second, who=ann, why="Same", changes=same)

    second.refresh_from_db()
    assert second.version == 1


def test_each_rule_that_is_refused_in_words_of_its_own_is_one_of_the_database():
    """A rule under another name would be refused in words that do not say how to mend it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes"
            " UNION SELECT rule[1] FROM pg_proc, regexp_matches(prosrc, '''([a-z_]{8,})''', 'g') AS rule"
        )
        rules = {rule for (rule,) in cursor.fetchall()}

    assert set(WORDS) - rules == set()
