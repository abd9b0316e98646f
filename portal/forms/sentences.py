"""Facts of the audit trail as sentences, made when they are shown, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from portal.forms.event_texts import NEUTRAL, TEXTS
from portal.forms.event_words import FactWords
from portal.lib.i18n import _
from portal.models import AuditEvent


@dataclass(frozen=True, slots=True)
class Change:
    """One value that an event replaced."""

    label: str
    old: str
    new: str


def sentence(event: AuditEvent, *, bare: bool = False) -> str:
    """What happened, to be read after the name of who did it; `bare` leaves out what people wrote."""
    facts = FactWords(event)
    text = TEXTS.get(event.kind, NEUTRAL)
    said = str(text(event.facts) if callable(text) else text) % facts
    if event.facts.get("for_person"):
        said = _("代%(lender)s：%(said)s", lender=facts.name(event.facts["for_person"]), said=said)
    wrote = event.facts.get("reason") or event.facts.get("opinion") or ""
    if wrote and not bare:
        said = _("%(said)s。说明：%(wrote)s", said=said, wrote=wrote)
    return said


def who(event: AuditEvent) -> str:
    """Who did it; the portal itself where it was nobody."""
    return event.person.name if event.person is not None else _("系统")


def changes(event: AuditEvent) -> list[Change]:
    """The values that the event replaced, old beside new."""
    facts = event.facts
    if event.kind == "master_changed":
        old = facts.get("old", {})
        return [Change(name, old.get(name, ""), value) for name, value in facts.get("new", {}).items()]
    replaced = facts.get("changed") or {}
    show_value = FactWords(event).value
    return [
        Change(show_value(name)[0], show_value(name, old, old=True)[1], show_value(name, new)[1])
        for name, (old, new) in replaced.items()
    ]
