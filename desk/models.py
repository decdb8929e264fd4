"""What waits for a second person."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from history.models import Publication


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def waiting(self) -> ProposalQuerySet:
        """What somebody has yet to decide on, the longest-waiting first."""
        return self.filter(state=Proposal.State.SUBMITTED).order_by("submitted_at", "pk")

    def sent_back_to(self, person: User) -> ProposalQuerySet:
        return self.filter(state=Proposal.State.SENT_BACK, proposed_by=person).order_by("-decided_at", "-pk")


class Proposal(models.Model):
    """A change to what is public, or a new entry, that somebody submits and somebody else accepts.

    A change is kept as the rows that it adds, changes and takes out; nothing of it is on record before it is
    accepted. A new entry is on record as drafts, so its proposal only names it.
    """

    class Kind(models.TextChoices):
        CHANGE = "change", "change"
        ENTRY = "entry", "new entry"

    class State(models.TextChoices):
        SUBMITTED = "submitted", "waiting for review"
        SENT_BACK = "sent-back", "sent back to its author"
        ACCEPTED = "accepted", "accepted"
        WITHDRAWN = "withdrawn", "withdrawn by its author"

    kind = models.CharField(max_length=6, choices=Kind)
    title = models.CharField(max_length=300)
    # The record that it is about. A number rather than a relation: a row that is proposed is not on record yet.
    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    changes = models.JSONField(default=list, help_text="Rows added, changed and taken out, with before and after.")
    digest = models.CharField(
        max_length=64, blank=True, default="", help_text="The same for changes that say the same; empty for an entry."
    )
    why = models.TextField("reason", help_text="Readers see it once it is accepted.")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="proposals")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1, help_text="Grows each time the author submits it again.")
    submitted_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.SUBMITTED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField("note to the author", blank=True, default="", help_text="Never public.")
    publication = models.ForeignKey(Publication, models.PROTECT, null=True, blank=True, related_name="proposals")

    objects = ProposalQuerySet.as_manager()

    SITE_MAY = ("SELECT", "INSERT", "UPDATE")

    class Meta:
        permissions = [
            ("send_back_proposal", "Can send back what others propose"),
            ("accept_proposal", "Can accept changes that others propose"),
            ("publish_proposal", "Can publish new entries of others"),
        ]
        indexes = [
            models.Index(fields=["state", "submitted_at", "id"], name="proposals_by_state_and_age"),
            models.Index(fields=["table_name", "row_id"], name="proposals_about_a_record"),
        ]
        constraints = [
            models.CheckConstraint(name="a_proposal_says_why", condition=~Q(why__regex=r"^\s*$")),
            models.CheckConstraint(
                name="a_proposed_change_changes_something",
                condition=Q(kind="entry", changes=[]) | (Q(kind="change") & ~Q(changes=[])),
            ),
            models.CheckConstraint(
                name="an_accepted_proposal_names_its_publication_and_who_accepted_it",
                condition=Q(state="accepted", publication__isnull=False, decided_by__isnull=False)
                | (~Q(state="accepted") & Q(publication__isnull=True)),
            ),
            models.CheckConstraint(
                name="a_proposal_is_accepted_by_somebody_else",
                condition=~Q(state="accepted") | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="a_proposal_that_is_sent_back_says_why",
                condition=~Q(state="sent-back") | ~Q(note__regex=r"^\s*$"),
            ),
            models.UniqueConstraint(
                fields=["table_name", "row_id"],
                condition=Q(kind="entry", state__in=["submitted", "sent-back"]),
                name="a_new_entry_waits_once",
            ),
            models.UniqueConstraint(
                fields=["proposed_by", "digest"],
                condition=Q(kind="change", state="submitted"),
                name="the_same_change_of_an_author_waits_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.SUBMITTED

    @property
    def is_open(self) -> bool:
        """Whether its author may still change or withdraw it."""
        return self.state in (self.State.SUBMITTED, self.State.SENT_BACK)


class Step(models.Model):
    """One thing that was done with a proposal. Nothing here is ever rewritten."""

    class What(models.TextChoices):
        SUBMITTED = "submitted", "submitted"
        SUBMITTED_AGAIN = "submitted-again", "submitted again"
        SENT_BACK = "sent-back", "sent back"
        ACCEPTED = "accepted", "accepted"
        WITHDRAWN = "withdrawn", "withdrawn"

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="steps")
    what = models.CharField(max_length=15, choices=What)
    who = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    why = models.TextField("reason", blank=True, default="", help_text="The reason for readers at that moment.")
    note = models.TextField(blank=True, default="", help_text="From one editor to another; never public.")
    changes = models.JSONField(default=list, help_text="What was proposed at that moment.")

    SITE_MAY = ("SELECT", "INSERT")

    def __str__(self) -> str:
        return f"{self.get_what_display()} by {self.who}"
