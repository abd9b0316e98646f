"""What the forms of websites ask of the books: what was confirmed of a project, and what its work record holds so far."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.domain.projects import WEB
from portal.extensions import db
from portal.lib.clock import day
from portal.models import Content, Draft, InformationAsset, Project, Record, Signature, Task
from portal.queries import access_rights, chart_figures, history, opening_answers, projects
from portal.queries.access_rights import Right
from portal.queries.corrected import is_corrected
from portal.queries.pick import record_label

OVER = ("refused", "voided")


@dataclass(frozen=True, slots=True)
class Paper:
    """A record of a project: how pickers show it, when it ended, and its answers as they are stored, stages included."""

    id: int
    label: str
    code: str
    on: date
    answers: Mapping[str, Any]


def finished(project_id: int | None, code: str, but: Collection[int] = ()) -> list[Paper]:
    """The records of a form about a project that were signed to their end and count, oldest first."""
    wanted = _of(project_id, code).where(
        Record.state == "finished", ~is_corrected(Record.id), Record.id.not_in(but)
    )
    return [_paper(record) for record in db.session.scalars(wanted.order_by(Record.id))]


def newest(project_id: int | None, code: str, but: Collection[int] = ()) -> Paper | None:
    """The last of them."""
    return next(reversed(finished(project_id, code, but)), None)


def under_way(project_id: int | None, code: str, but: Collection[int] = ()) -> Paper | None:
    """A record of a form about a project that is open yet, or was finished and counts."""
    wanted = _of(project_id, code).where(
        Record.state.not_in(OVER), ~is_corrected(Record.id), Record.id.not_in(but)
    )
    found = db.session.scalars(wanted.order_by(Record.id.desc()).limit(1)).first()
    return _paper(found) if found else None


def in_work(project_id: int | None, code: str, but: Collection[int] = ()) -> Record | None:
    """A record of a form about a project that is not over yet."""
    wanted = _of(project_id, code).where(Record.state.not_in((*OVER, "finished")), Record.id.not_in(but))
    return db.session.scalars(wanted.order_by(Record.id.desc()).limit(1)).first()


def left(project_id: int | None, code: str, but: Collection[int] = (), duty: str = "") -> Task | None:
    """The task to take up a draft of a form about a project, other than one that these records or a duty have left."""
    query = (
        sa.select(Task)
        .join(Draft, Draft.id == Task.draft_id)
        .where(
            Task.state == "open",
            Draft.form_code == code,
            Draft.answers[("project", "id")].as_integer() == project_id,
            sa.or_(Draft.source_id.is_(None), Draft.source_id.not_in(but)),
            sa.func.coalesce(Task.obligation, "-") != duty,
        )
        .order_by(Task.id)
    )
    return db.session.scalars(query.limit(1)).first()


def missed(duty: str, occurrence: str) -> bool:
    """Whether it was told already that a case of an obligation was not kept in time."""
    query = sa.select(Task.id).where(
        Task.obligation == duty, Task.case_name == occurrence, Task.missed_at.is_not(None)
    )
    return db.session.scalar(query.limit(1)) is not None


def last_version(project_id: int | None, code: str, name: str) -> int:
    """The highest version that records of a form about a project were finished with, corrected ones included."""
    finished_ones = _of(project_id, code).where(Record.state == "finished")
    versions = (_paper(record).answers.get(name) for record in db.session.scalars(finished_ones))
    return max((int(one) for one in versions if one is not None), default=0)


def counts_for(record_id: int) -> int | None:
    """The project of a record that was signed to its end and counts; None for any other."""
    query = (
        sa.select(Content.answers[("project", "id")].as_integer())
        .join(Record, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(Record.id == record_id, Record.state == "finished", ~is_corrected(Record.id))
    )
    return db.session.scalar(query)


def functions(project_id: int | None, but: Collection[int] = ()) -> list[dict[str, Any]]:
    """The functions that the newest confirmed topology of a project asks for: number and function."""
    found = newest(project_id, "DS-03", but)
    rows = found.answers.get("functions") if found else None
    return [{"no": row["no"], "function": row["function"]} for row in rows or ()]


def entered(record_id: int | None, key: str) -> list[Mapping[str, Any]]:
    """The stored answers of the side entries of a record under a key, oldest first."""
    query = sa.select(Signature.answers).where(
        Signature.record_id == record_id, Signature.step == key, Signature.act == "entered"
    )
    return list(db.session.scalars(query.order_by(Signature.id)))


def delivered(since: date) -> list[Project]:
    """The websites that were delivered on this day or later."""
    query = sa.select(Project).where(
        Project.kind == WEB.key, Project.state == "delivered", Project.finished_on >= since
    )
    return list(db.session.scalars(query.order_by(Project.id)))


def checks() -> dict[int, list[Paper]]:
    """The finished follow-up checks (DS-17) of each project that count, oldest first."""
    query = sa.select(Record).where(
        Record.form_code == "DS-17", Record.state == "finished", ~is_corrected(Record.id)
    )
    found: dict[int, list[Paper]] = {}
    for record in db.session.scalars(query.order_by(Record.id)):
        paper = _paper(record)
        found.setdefault(paper.answers["project"]["id"], []).append(paper)
    return found


def domain_asked(project_id: int, expires: date, but: Collection[int] = ()) -> bool:
    """Whether a follow-up check, other than these, has asked for the domain to be renewed, and nobody has done it yet."""
    records = _of(project_id, "DS-17").where(Record.id.not_in(but)).with_only_columns(Record.id)
    query = sa.select(Task.due_at).where(
        Task.kind == "ask", Task.state == "open", Task.due_at.is_not(None), Task.record_id.in_(records)
    )
    return any(due is not None and day(due) == expires for due in db.session.scalars(query))


def standing() -> Counter[str]:
    """How many websites under way stand at each stage: the first in order that has not passed."""
    at: Counter[str] = Counter()
    for project in projects.under_way(WEB.key, ("preparing", "running", "held")):
        every = projects.stages(project)
        ahead = next((one.row.key for one in every if one.row.applies and not one.passed), None)
        at.update([ahead] if ahead else ())
    return at


def draft_versions(since: datetime) -> chart_figures.Source:
    """Design drafts that were confirmed, of those submitted since a moment, by the version that was good."""
    version = opening_answers.text("draft_version")
    return chart_figures.submitted("DS-07", since, version).where(Record.state == "finished")


def site_rights(address: str, name: str, on: date) -> list[Right]:
    """The rights that stand on the asset that is a site: its name or place holds the address, or it is called so."""
    host = re.sub(r"^\w+://", "", address.strip()).partition("/")[0].casefold()
    found = []
    for asset in db.session.scalars(sa.select(InformationAsset).order_by(InformationAsset.id)):
        if asset.name == name or (host and host in f"{asset.name} {asset.location}".casefold()):
            found += access_rights.of_asset(asset.id, on)
    return found


def customer_rights(customer: str, on: date) -> list[Right]:
    """The rights that stand and were given for this customer's system."""
    every = access_rights.ended_since(on)
    return [one for one in every if not one.closed and one.facts.get("customer_site") == customer]


def _of(project_id: int | None, code: str) -> sa.Select[Record]:
    return (
        sa.select(Record)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            Record.form_code == code,
            Content.answers[("project", "id")].as_integer() == project_id,
        )
    )


def _paper(record: Record) -> Paper:
    answers = history.stored_answers(history.content(record), history.signatures(record))
    ended = day(record.closed_at or record.submitted_at)
    return Paper(record.id, record_label(record), record.form_code, ended, answers)
