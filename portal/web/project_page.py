"""A project's page: where it stands, what may be done now, what waits for what, and all its papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from portal.domain import projects as kinds
from portal.domain.roles import ROLE
from portal.forms.catalogue import FORMS
from portal.forms.ledgers import LEDGERS
from portal.forms.project_parts import OTHER, PARTS
from portal.forms.project_words import PEOPLE
from portal.forms.sentences import sentence, who
from portal.forms.titles import form_title, record_path, register_path
from portal.lib.clock import minute
from portal.lib.i18n import _, _l, english
from portal.models import Project
from portal.queries import about, ledgers, project_page, projects, settlement
from portal.queries.actors import Actor
from portal.queries.keyset import Page
from portal.queries.projects import Stage
from portal.web.amounts import yuan
from portal.web.customer_cards import Card, line
from portal.web.customer_page import Fact
from portal.web.customer_time_line import Happening, of_record
from portal.web.todos import Todo, todos

EACH, FEW, MANY, SIZE = 5, 6, 20, 30  # records of a part, tasks at first and at most, lines of time
SOON = timedelta(days=60)  # before a paper expires
PAPERS = {"works": "", "product": "product_file", "web": "", "permit": "external_papers"}
WAITING, SKIPPED = "waiting", "skipped"
LOOKS = {
    kinds.PASSED: "finished",
    kinds.PREPARING: "running",
    kinds.SUBMITTED: "running",
    kinds.TO_BE_CORRECTED: "overdue",
    kinds.REFUSED: "overdue",
    WAITING: "",
    SKIPPED: "voided",
    kinds.OPEN: "soon",
}
WORDS = {
    **kinds.STAGE_STATES,
    kinds.OPEN: _l("可以办理"),
    WAITING: _l("等待前置阶段"),
    SKIPPED: _l("不办理"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A stage as the page shows it."""

    key: str
    title: Any
    state: str
    state_text: str
    look: str
    waits_for: list[str]
    planned_on: date | None
    late: bool
    submitted_on: date | None
    passed_on: date | None
    paper_no: str
    owner: str
    by: str  # who sees to it
    authority: Any
    number: str
    href: str
    open_now: bool
    begins: list[tuple[str, str]]  # title and address of each form that the person may begin for it now


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of the project: what it is, its number and version, whether it holds."""

    title: str
    number: str
    note: str
    look: str
    mark: str
    record: str
    href: str


def steps(project: Project, by: Actor, today: date, spoken: str) -> list[Step]:
    """The stages in their order."""
    found = projects.stages(project)
    known = ledgers.readable({one.row.record.number for one in found if one.row.record}, by)
    people = about.people({id for id in project.people.values() if isinstance(id, int)})
    return [_step(project, one, by, (known, people), today, spoken) for one in found]


def _step(project: Project, one: Stage, by: Actor, read: tuple[Any, Any], today: date, spoken: str) -> Step:
    known, people = read
    row = one.row
    state = state_of(one)
    number = row.record.number if row.record else ""
    open_now = one.ready and project.state not in (*kinds.OVER, "held")
    return Step(
        key=row.key,
        title=one.kind.title,
        state=state,
        state_text=str(WORDS[state]),
        look=LOOKS[state],
        waits_for=[str(before.title) for before in one.waits_for] if row.applies and not one.passed else [],
        planned_on=row.planned_on,
        late=bool(row.applies and not one.passed and row.planned_on and row.planned_on < today),
        submitted_on=row.submitted_on,
        passed_on=row.passed_on,
        paper_no=row.paper_no,
        owner=row.owner.name if row.owner else "",
        by=_sees_to(project, one, people),
        authority=one.kind.authority,
        number=number,
        href=record_path(known[number], number) if number in known else "",
        open_now=open_now,
        begins=_beginnings(project, one, by, spoken) if open_now else [],
    )


def _sees_to(project: Project, one: Stage, people: Any) -> str:
    """The name of whoever sees to a stage, else the role."""
    if one.row.owner is not None:
        return one.row.owner.name
    person = people.get(project.people.get(one.kind.role))
    return person.name if person is not None else str(ROLE[one.kind.role].title)


def state_of(one: Stage) -> str:
    """How a stage stands: as its row says, else whether it applies, waits, or may be started."""
    if not one.row.applies:
        return SKIPPED
    if one.row.state == kinds.OPEN and one.waits_for:
        return WAITING
    return one.row.state


def money(project: Project) -> list[tuple[Any, str, bool]]:
    """What a site costs its customer and what is paid of it; other projects have no account of their own."""
    books = settlement.of(project) if project.kind == kinds.WORKS.key else None
    if books is None or not books.payable:
        return []
    return [
        (_l("合同价"), yuan(books.contract_price), False),
        (_l("增减及水电"), yuan(books.besides), False),
        (_l("已付款"), yuan(books.paid), False),
        (_l("未付余额"), yuan(books.balance), project.state == "held"),
    ]


def _beginnings(project: Project, one: Stage, by: Actor, spoken: str) -> list[tuple[str, str]]:
    """The forms of the stage that the person may begin, with the project filled in."""
    found = []
    for code in one.kind.forms:
        field = project_field(code)
        if field and by.may_open(FORMS[code].opened_by):
            found.append((form_title(code, spoken), f"{register_path(code)}new?{field}={project.code}"))
    return found


def project_field(code: str) -> str:
    """The name of the field by which a form names its project; nothing where it names none."""
    if code not in FORMS:
        return ""
    fields = (field for field in FORMS[code]() if field.kind == "project" and not field.computed)
    return next((field.name for field in fields), "")


def figures(project: Project, found: list[Step], today: date) -> list[tuple[Any, str, bool]]:
    """What tells how far the project is: title, figure, whether it is a bad one."""
    mine = [one for one in found if one.state != SKIPPED]
    late = sum(one.late for one in mine)
    ahead = [one.planned_on for one in mine if one.planned_on and one.state != kinds.PASSED]
    ends = project.finishes_on
    overdue = bool(ends and ends < today and project.state not in kinds.OVER)
    return [
        (_l("进度"), f"{sum(one.state == kinds.PASSED for one in mine)}/{len(mine)}", False),
        (_l("计划完成"), f"{ends or '—'}", overdue),
        (_l("最近的期限"), f"{min(ahead) if ahead else '—'}", bool(ahead and min(ahead) < today)),
        (_l("逾期阶段"), f"{late}", late > 0),
    ]


def facts(project: Project, by: Actor) -> list[Fact]:
    """What is known of the project."""
    known = project.facts
    permit_kind, air_defence = known.get("project_kind", ""), known.get("air_defence_kind", "")
    days = " — ".join(f"{one or '…'}" for one in (project.starts_on, project.finishes_on))
    every = (
        Fact(_l("项目类型"), str(kinds.PERMIT_KINDS.get(permit_kind, ""))),
        Fact(_l("人防建设方式"), str(kinds.AIR_DEFENCE_KINDS.get(air_defence, ""))),
        Fact(_l("建设单位"), known.get("construction_unit", "")),
        Fact(_l("地块"), known.get("plot", "")),
        Fact(_l("客户"), project.customer.name if project.customer else "", _customer(project, by)),
        Fact(_l("地址"), project.address or known.get("site_address", "")),
        Fact(_l("图纸版本"), known.get("drawing_version", "")),
        Fact(_l("产品编号"), known.get("product_no", "")),
        Fact(_l("计划起止"), days if project.starts_on or project.finishes_on else ""),
        Fact(_l("完成日期"), f"{project.finished_on or ''}"),
    )
    return [fact for fact in every if fact.text]


def _customer(project: Project, by: Actor) -> str:
    assert project.customer is not None or project.customer_id is None
    seen = project.customer is not None and LEDGERS["customer_master"].open_to(by)
    return f"/customer-service/customers/{project.customer.code}" if seen and project.customer else ""


def team(project: Project) -> list[Fact]:
    """The people of the project by their roles."""
    people = about.people({id for id in project.people.values() if isinstance(id, int)})
    return [
        Fact(title, people[project.people[role]].name)
        for role, title in PEOPLE.items()
        if project.people.get(role) in people
    ]


def tasks(project: Project, by: Actor, spoken: str, at: datetime) -> list[Todo]:
    """What is open for the project, and who has it."""
    return todos(project_page.tasks(project.id, by, MANY), spoken, at)


def cards(project: Project, by: Actor, spoken: str, at: datetime) -> list[Card]:
    """The project's records in their parts, the newest of each."""
    parts = {part.key: part for part in (*PARTS[project.kind], OTHER)}
    by_form = {code: part.key for part in PARTS[project.kind] for code in part.forms}
    found: dict[str, list[Any]] = {key: [] for key in parts}
    for row in about.newest(project_page.records(project.id), by, by_form, EACH):
        found[row.part].append(row)
    return [
        Card(parts[key], [line(row, spoken, at, but=project.label) for row in rows], rows[0].many)
        for key, rows in found.items()
        if rows
    ]


def papers(project: Project, by: Actor, today: date, spoken: str) -> list[Paper]:
    """The papers that the project has got or made: those of authorities with their expiry, technical ones with their version."""
    ledger = PAPERS[project.kind]
    if not ledger:
        return []
    rows = project_page.papers(ledger, project.id)
    known = ledgers.readable({row.record for row in rows}, by)
    make = _external if ledger == "external_papers" else _technical
    return [make(row, known, today, spoken) for row in rows]


def _external(row: Any, known: Any, today: date, spoken: str) -> Paper:
    until, since = row.facts.get("expires_on") or "", row.facts.get("issued_on") or ""
    past, soon = until and until < f"{today}", until and until < f"{today + SOON}"
    mark = _("已过期") if past else _("即将到期") if soon else ""
    by = _("%(issuer)s 出具", issuer=row.facts["issuer"]) if row.facts.get("issuer") else ""
    held = _("有效期至 %(day)s", day=until) if until else ""
    look = "overdue" if past else "soon" if soon else ""
    named = row.facts["paper"]
    title = named if spoken == "zh" else english().gettext(named)
    note = " · ".join(filter(None, (by, since, held)))
    return Paper(title, row.facts["number"], note, look, mark, *_source(row, known))


def _technical(row: Any, known: Any, _today: date, spoken: str) -> Paper:
    version, code = row.facts.get("version") or "", row.facts.get("document") or ""
    old = row.facts.get("state") == "obsolete"
    note = " · ".join(filter(None, (version, row.facts.get("effective_on") or "")))
    title = form_title(code, spoken) if code in FORMS else row.facts.get("title") or code
    number = row.facts.get("number") or ""
    return Paper(
        title, number, note, "voided" if old else "", _("已作废") if old else "", *_source(row, known)
    )


def _source(row: Any, known: Any) -> tuple[str, str]:
    return row.record, record_path(known[row.record], row.record) if row.record in known else ""


def time_line(project: Project, by: Actor, cursor: str, spoken: str) -> Page:
    """A page of what happened with the project."""
    icons = {code: part.icon for part in PARTS[project.kind] for code in part.forms}
    found = project_page.time_line(project.id, by, cursor, SIZE)
    rows = [
        of_record(at, row, icons.get(row.form_code, OTHER.icon), spoken, project.label)
        if source == project_page.RECORD
        else Happening(minute(at), "chevron-right", sentence(row), "", [], "", "", who(row))
        for at, source, row in found.rows
    ]
    return Page(rows, found.previous, found.following)
