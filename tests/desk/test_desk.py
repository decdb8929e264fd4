"""The desk: what waits, what it would change, and who decides."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import MATRIX, Right, Role, give_roles
from desk.models import Proposal
from desk.services import proposals
from desk.services.entries import entry_of
from pledges.models import Clause, Effect, Pledge
from pledges.services.recording import recording
from tests.desk import record

pytestmark = pytest.mark.django_db

QUEUE = "/desk/"


def propose(author, pledge, why="Better", **values):
    changes = proposals.capture(
        who=author, why=why, work=lambda: Pledge.objects.filter(pk=pledge.pk).update(**values)
    ).changes
    return proposals.submit(who=author, why=why, about=pledge, changes=changes)


def at(proposal, decision=""):
    return f"/desk/proposals/{proposal.pk}/" + (f"{decision}/" if decision else "")


def draft_at(draft, decision=""):
    return reverse("desk:draft", args=["pledge", draft.pk]) + (f"{decision}/" if decision else "")


# --- who may come in ----------------------------------------------------------------------------------------------


def test_whoever_is_not_signed_in_is_asked_to(client):
    answer = client.get(QUEUE)

    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/desk/"


def test_an_account_without_a_role_sees_nothing_of_the_desk(sign_in):
    sign_in(record.person("reader")).open(QUEUE, status=403)


@pytest.mark.parametrize("role", Role)
def test_each_role_does_at_the_desk_what_its_rights_say_and_no_more(role, sign_in):
    ann, _ = record.people()
    pledge = record.public_pledge()
    draft = record.draft_pledge(ann)
    to_accept, to_send_back = propose(ann, pledge, title="One"), propose(ann, pledge, summary="Two")
    keyboard = sign_in(record.person("someone", role))
    rights = MATRIX[role]

    page = keyboard.open(at(to_accept))
    whole = keyboard.open(draft_at(draft))
    back = keyboard.post(at(to_send_back, "send-back"), {"note": "Why?"})
    accepted = keyboard.post(at(to_accept, "accept"), {"read": "1"})
    published = keyboard.post(draft_at(draft, "publish"), {"read": str(entry_of(draft).as_read())})

    assert (at(to_accept, "accept") in page) == (Right.ACCEPT in rights)
    assert (draft_at(draft, "publish") in whole) == (Right.PUBLISH in rights)
    assert back.status_code == (200 if Right.SEND_BACK in rights else 403)
    assert accepted.status_code == (200 if Right.ACCEPT in rights else 403)
    assert published.status_code == (200 if Right.PUBLISH in rights else 403)
    assert Proposal.objects.filter(state="accepted").count() == (Right.ACCEPT in rights) + (Right.PUBLISH in rights)


# --- the queue ----------------------------------------------------------------------------------------------------


def test_the_queue_shows_what_waits_what_came_back_and_what_is_not_handed_over(sign_in):
    ann, bob = record.people()
    pledge = record.public_pledge()
    propose(ann, pledge, why="A better title", title="One")
    back = propose(ann, pledge, summary="Two")
    proposals.send_back(proposal=back, by=bob, note="Which report?")
    record.draft_pledge(ann, "loose")

    page = sign_in(ann).open(QUEUE)

    assert "1 waiting" in page
    assert "Sent back to you" in page
    assert "“Which report?”" in page
    assert "Loose-Company suspends sales" in page
    assert "You cannot review your own work." in page


def test_the_queue_asks_the_database_as_often_for_one_row_as_for_twenty(sign_in):
    ann, bob = record.people()
    keyboard = sign_in(bob)
    pledge = record.public_pledge()

    def row(number):
        propose(ann, pledge, title=f"Title {number}")
        record.draft_pledge(ann, f"draft-{number}")

    row(0)
    keyboard.open(QUEUE)
    with CaptureQueriesContext(connection) as one:
        keyboard.open(QUEUE)
    for number in range(1, 20):
        row(number)
    with CaptureQueriesContext(connection) as twenty:
        keyboard.open(QUEUE)

    assert len(twenty) == len(one)


# --- a change -----------------------------------------------------------------------------------------------------


def test_a_change_is_shown_with_the_words_that_differ_and_with_what_stays(sign_in):
    ann, bob = record.people()
    proposal = propose(ann, record.public_pledge(), title="No-Sales-Company ends sales")

    page = sign_in(bob).open(at(proposal))

    assert '<del><span class="vh">removed: </span>suspends</del>' in page
    assert '<ins><span class="vh">added: </span>ends</ins>' in page
    assert "No sales to police." in page


def test_the_page_says_what_would_become_of_the_status(sign_in):
    ann, bob = record.people()
    record.public_pledge()
    clause = Clause.objects.get()
    changes = proposals.capture(
        who=ann,
        why="It was until 2021",
        work=lambda: clause.conditions.create(position=0, kind="until-date", ends="2021-06-10"),
    ).changes
    proposal = proposals.submit(who=ann, why="It was until 2021", about=clause, changes=changes)

    page = sign_in(bob).open(at(proposal))

    assert "In force, then Lapsed" in page


def test_an_accepted_change_is_public_and_its_page_names_both(sign_in):
    ann, bob = record.people()
    pledge = record.public_pledge()
    proposal = propose(ann, pledge, title="Another title")

    answer = sign_in(bob).send(at(proposal), note="Thank you")
    answer = sign_in(bob).post(at(proposal, "accept"), {"read": "1", "note": "Thank you"})

    pledge.refresh_from_db()
    page = answer.content.decode()
    assert pledge.title == "Another title"
    assert "Submitted by ann" in page
    assert "Accepted by bob" in page
    assert "Thank you" in page


def test_a_change_whose_ground_has_moved_says_so_before_and_after_the_button(sign_in):
    ann, bob = record.people()
    pledge = record.public_pledge()
    late = propose(ann, pledge, title="From Ann")
    proposals.accept(proposal=propose(record.person("cy", Role.EDITOR), pledge, title="From Cy"), by=bob, read=1)
    keyboard = sign_in(bob)

    before = keyboard.open(at(late))
    answer = keyboard.post(at(late, "accept"), {"read": "1", "note": "Good"})
    after = answer.content.decode()

    assert "It cannot be accepted as it is" in before
    assert answer.status_code == 409
    assert "title of the pledge was “No-Sales-Company suspends sales” and is now “From Cy”" in after
    assert ">Good</textarea>" in after


def test_a_note_is_needed_to_send_something_back_and_nothing_typed_is_lost(sign_in):
    ann, bob = record.people()
    proposal = propose(ann, record.public_pledge(), title="One")
    keyboard = sign_in(bob)

    refused = keyboard.post(at(proposal, "send-back"), {"note": "  "})
    keyboard.post(at(proposal, "send-back"), {"note": "Which report?"})

    proposal.refresh_from_db()
    assert "Write a note: its author has to know what to mend." in refused.content.decode()
    assert (proposal.state, proposal.note, proposal.decided_by) == ("sent-back", "Which report?", bob)


def test_an_author_may_withdraw_but_not_accept(sign_in):
    bob = record.person("bob", Role.PUBLISHER)
    proposal = propose(bob, record.public_pledge(), title="One")
    keyboard = sign_in(bob)

    page = keyboard.open(at(proposal))
    refused = keyboard.post(at(proposal, "accept"), {"read": "1"})
    keyboard.post(at(proposal, "withdraw"), {})

    proposal.refresh_from_db()
    assert at(proposal, "accept") not in page
    assert "somebody else has to accept it" in page
    assert refused.status_code == 403
    assert proposal.state == "withdrawn"


@pytest.mark.parametrize("proposed_by_the_giver", [True, False])
def test_who_gave_somebody_their_roles_and_that_person_do_not_accept_each_others_work(proposed_by_the_giver, sign_in):
    giver, second = record.person("ann", Role.PUBLISHER, Role.ADMINISTRATOR), record.person("ann-again")
    give_roles(person=second, roles=Group.objects.filter(name=Role.PUBLISHER), by=giver)
    author, other = (giver, second) if proposed_by_the_giver else (second, giver)
    proposal = propose(author, record.public_pledge(), title="One")
    draft = record.draft_pledge(author)
    keyboard = sign_in(other)

    page, whole = keyboard.open(at(proposal)), keyboard.open(draft_at(draft))
    accepted = keyboard.post(at(proposal, "accept"), {"read": "1"})
    published = keyboard.post(draft_at(draft, "publish"), {"read": str(entry_of(draft).as_read())})

    words = f"One of you and {author} has given the other their roles: somebody else has to accept it."
    assert at(proposal, "accept") not in page
    assert draft_at(draft, "publish") not in whole
    assert all(words in shown for shown in (page, whole, accepted.text, published.text))
    assert (accepted.status_code, published.status_code) == (403, 403)
    assert not Proposal.objects.filter(state="accepted").exists()


def test_a_decision_is_never_made_by_following_a_link(sign_in):
    ann, bob = record.people()
    proposal = propose(ann, record.public_pledge(), title="One")

    sign_in(bob).open(at(proposal, "accept"), status=405)

    proposal.refresh_from_db()
    assert proposal.state == "submitted"


# --- a draft ------------------------------------------------------------------------------------------------------


def test_a_draft_is_shown_whole_with_what_is_missing(sign_in):
    ann, bob = record.people()
    draft = record.draft_pledge(ann, sourced=False)

    page = sign_in(bob).open(draft_at(draft))

    assert "What is missing before it can be published" in page
    assert "cites no source that supports it: add one, or say why none does and cite one that disputes it" in page
    assert "Draft-Company suspends sales" in page
    assert "Written by ann" in page


def test_a_reason_why_nothing_supports_it_does_not_stand_for_a_source(sign_in):
    ann, bob = record.people()
    draft = record.draft_pledge(ann, sourced=False)
    effect = draft.effects.get()
    with recording(who=ann, why="Nobody reports it"):
        Effect.objects.update(no_support="It was only denied")
    keyboard = sign_in(bob)

    told = keyboard.open(draft_at(draft))
    with recording(who=ann, why="The denial"):
        record.cite(effect, record.source("denial"), stance="disputes")

    assert "cites no source: the reason given only excuses that none supports it. Cite one that disputes it" in told
    assert "What is missing" not in keyboard.open(draft_at(draft))


def test_whoever_publishes_a_company_is_told_if_nothing_sourced_tells_of_it(sign_in):
    ann, bob = record.people()
    draft = record.draft_pledge(ann)
    with recording(who=ann, why="Seen in a list"):
        lonely = record.company("lonely")
    keyboard = sign_in(bob)

    alone = keyboard.open(reverse("desk:draft", args=["company", lonely.pk]))
    among_others = keyboard.open(draft_at(draft))

    warning = "is not yet part of any sourced entry"
    assert f"The company “Lonely” {warning}" in alone
    assert warning not in among_others


def test_a_draft_shows_the_status_that_its_pledge_will_have(sign_in):
    ann, bob = record.people()

    page = sign_in(bob).open(draft_at(record.draft_pledge(ann)))

    assert "none yet, then In force" in page or "In force, unchanged" in page


def test_an_unsourced_draft_is_not_published_by_the_button_either(sign_in):
    ann, bob = record.people()
    draft = record.draft_pledge(ann, sourced=False)

    answer = sign_in(bob).post(draft_at(draft, "publish"), {"read": str(entry_of(draft).as_read())})

    draft.refresh_from_db()
    assert answer.status_code == 409
    assert "cites no source that supports it" in answer.content.decode()
    assert draft.publication is None


def test_a_draft_that_was_handed_over_is_published_from_the_queue(sign_in):
    ann, bob = record.people()
    draft = record.draft_pledge(ann)
    sign_in(ann).post(draft_at(draft, "submit"), {"reason": "From the Post"})
    proposal = Proposal.objects.get()
    keyboard = sign_in(bob)

    held = keyboard.fill_in(at(proposal))
    keyboard.post(at(proposal, "accept"), held)

    draft.refresh_from_db()
    assert (proposal.kind, proposal.why) == ("entry", "From the Post")
    assert draft.publication.accepted_by == bob


def test_what_editors_write_to_each_other_never_becomes_public(sign_in, client):
    ann, bob = record.people()
    draft = record.draft_pledge(ann, why="Named in the Post")
    author, publisher = sign_in(ann), sign_in(bob)

    author.post(draft_at(draft, "submit"), {"reason": "Reported by the Post", "note": "Between us: from a leak"})
    proposal = Proposal.objects.get()
    publisher.post(at(proposal, "send-back"), {"note": "Between us: who leaked?"})
    author.post(draft_at(draft, "submit"), {"reason": "Reported by the Post in June", "note": "Between us: Cy"})
    publisher.post(at(proposal, "accept"), publisher.fill_in(at(proposal)) | {"note": "Between us: well done"})

    event = draft.effects.get().event
    public = [
        "/", "/timeline/", "/corrections/", f"/pledges/{draft.slug}/", f"/pledges/{draft.slug}/history/",
        f"/events/{event.slug}/", f"/companies/{draft.company.slug}/", "/sources/draft-source/",
    ]  # fmt: skip
    pages = {address: client.get(address).content.decode() for address in public}
    assert draft.slug in pages["/timeline/"]
    assert "Reported by the Post in June" in pages[f"/pledges/{draft.slug}/history/"]
    assert [address for address, page in pages.items() if "Between us" in page] == []
    assert [step.note for step in proposal.steps.order_by("pk")] == [
        "Between us: from a leak", "Between us: who leaked?", "Between us: Cy", "Between us: well done",
    ]  # fmt: skip
    assert "Between us: from a leak" in publisher.open(at(proposal))


def test_whoever_hands_a_draft_over_is_told_that_readers_will_see_the_reason(sign_in):
    ann, _ = record.people()
    draft = record.draft_pledge(ann, why="Named in the Post")
    keyboard = sign_in(ann)

    page = keyboard.open(draft_at(draft))
    refused = keyboard.post(draft_at(draft, "submit"), {"reason": " ", "note": "Between us"})

    assert "Readers will see it once the entry is public" in page
    assert "Only editors see it." in page
    assert ">Named in the Post</textarea>" in page
    assert "Give the reason that readers will see" in refused.content.decode()
    assert ">Between us</textarea>" in refused.content.decode()
    assert Proposal.objects.count() == 0


def test_a_draft_that_changed_while_it_was_read_is_looked_at_again(sign_in):
    ann, bob = record.people()
    draft = record.draft_pledge(ann)
    keyboard = sign_in(bob)
    held = keyboard.fill_in(draft_at(draft))
    with recording(who=ann, why="Second thoughts"):
        Pledge.objects.update(summary="Something else")

    answer = keyboard.post(draft_at(draft, "publish"), held)

    assert "Somebody has changed this draft while you were reading" in answer.content.decode()
    assert "Something else" in answer.content.decode()


def test_its_author_is_told_what_to_mend_in_a_draft(sign_in):
    ann, bob = record.people()
    draft = record.draft_pledge(ann)

    sign_in(bob).post(draft_at(draft, "send-back"), {"note": "Which edition?"})

    assert "“Which edition?”" in sign_in(ann).open(QUEUE)
    assert "“Which edition?”" in sign_in(ann).open(draft_at(draft))


def test_a_number_that_is_none_is_not_an_error_of_the_server(sign_in):
    ann, bob = record.people()
    proposal = propose(ann, record.public_pledge(), title="One")
    keyboard = sign_in(bob)

    for read in ["", "x", "1_0", "９" * 40, "9" * 40]:
        assert keyboard.post(at(proposal, "accept"), {"read": read}).status_code == 409
    keyboard.open("/desk/drafts/nothing/1/", status=404)
    keyboard.open(f"/desk/drafts/pledge/{'9' * 30}/", status=404)
