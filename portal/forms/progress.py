"""How far a record has gone on its route, for the flow chart."""

from __future__ import annotations

from portal.forms.flow import Progress, StepProgress
from portal.forms.words import holder
from portal.lib.clock import ZONE
from portal.lib.i18n import _
from portal.models import AuditEvent, Signature, Task
from portal.models.tasks import TURNS
from portal.queries.record_page import RecordPage


def progress(page: RecordPage) -> Progress:
    """The way taken, the current place, and who is next."""
    record = page.record
    steps = {step["key"]: _step(step["key"], page) for step in page.definition["steps"]}
    over = record.state in ("finished", "refused", "voided")
    current = record.step or ("applicant" if record.state in ("returned", "withdrawn") else "")
    return Progress(
        submitted_by=record.applicant.name,
        submitted_at=f"{record.submitted_at.astimezone(ZONE):%m-%d %H:%M}",
        steps=_with_skipped(steps, page),
        current=current,
        finished=over,
        outcome=record.state,
    )


def _step(key: str, page: RecordPage) -> StepProgress:
    waiting = [task for task in page.tasks if task.step == key and task.kind in TURNS]
    signed = _latest(key, page)
    if waiting:
        return _current(waiting, signed, page)
    lapse = next((one for one in reversed(page.lapses) if one.facts["step"] == key), None)
    if lapse is not None and not (signed and signed[-1].signed_at > lapse.at):
        return _lapsed(lapse)
    if not signed:
        return StepProgress()
    last = signed[-1]
    state = "refused" if last.act == "refused" else "done"
    if last.round < page.record.round and last.act != "signed":
        state = "todo"
    who = tuple(dict.fromkeys(one.outside_name or one.person.name for one in signed))
    return StepProgress(state, who, f"{last.signed_at.astimezone(ZONE):%m-%d %H:%M}")  # type: ignore[arg-type]


def _lapsed(lapse: AuditEvent) -> StepProgress:
    at = f"{lapse.at.astimezone(ZONE):%m-%d %H:%M}"
    return StepProgress("lapsed", at=_("%(at)s 到期无人签署，自动转出", at=at))


def _current(waiting: list[Task], signed: list[Signature], page: RecordPage) -> StepProgress:
    names = tuple(dict.fromkeys(holder(one.key, page.people) for task in waiting for one in task.holders))
    here = [one for one in signed if one.round == page.record.round]
    done = tuple(f"{one.outside_name or one.person.name}|done" for one in here)
    parallel = (*done, *(f"{name}|todo" for name in names)) if len(waiting) + len(done) > 1 else ()
    return StepProgress("current", names, "", parallel)


def _latest(key: str, page: RecordPage) -> list[Signature]:
    """The signatures of the step's last round."""
    signed = [
        one for one in page.signatures if one.step == key and one.act in ("signed", "refused", "returned")
    ]
    return [one for one in signed if one.round == signed[-1].round]


def _with_skipped(steps: dict[str, StepProgress], page: RecordPage) -> dict[str, StepProgress]:
    """Steps without a signature before the last one reached did not apply."""
    keys = list(steps)
    reached = [at for at, key in enumerate(keys) if steps[key].state != "todo"]
    last = len(keys) - 1 if page.record.state == "finished" else (max(reached) if reached else -1)
    return {
        key: StepProgress("skipped") if at <= last and one.state == "todo" and not one.who else one
        for at, (key, one) in enumerate(steps.items())
    }
