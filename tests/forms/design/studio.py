"""The web designers of the small company at work: a website from its owners to its delivery, step by step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from portal.demo.stories import website_lists as lists
from portal.extensions import db
from portal.forms import base
from portal.forms.kinds import Ref
from portal.models import Draft, Project, ProjectStage, Record
from portal.queries import projects
from portal.services import records
from tests.forms.customer_service.shop import TODAY, days
from tests.forms.customer_service.test_customer_obligations import Duties

FILE = {"id": 1, "name": "网站.pdf", "type": "application/pdf", "size": 1, "sha256": "0" * 64}
PHASES = (
    "phase_a_design",
    "phase_b_implementation",
    "phase_c_test_content_deployment",
    "phase_d_confirmation",
)
SITE = "www.site100.example.com"
STORY_TIME = datetime(2026, 5, 12, 1, 30, tzinfo=UTC)


def points(*items: str, failed: tuple[int, ...] = ()) -> list[dict[str, Any]]:
    """A checklist filled in."""
    return [
        {"item": item, "result": "fail" if place in failed else "pass"} for place, item in enumerate(items)
    ]


@pytest.fixture
def story_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets are filled in at the time of which stories tell."""
    monkeypatch.setattr(base, "now", lambda: STORY_TIME)


class Studio(Duties):
    """Acts in the session at hand; nothing here commits."""

    def appointment(self, **changed: Any) -> dict[str, Any]:
        """The answers of an appointment."""
        return {
            "project_name": "湖州白茶商城",
            "customer": self.ref(self.customer()),
            "site_kind": "shop",
            "design_owner": self.person("designer"),
            "program_owner": self.person("programmer"),
            "project_manager": self.person("project_manager"),
            "customer_contact": "王经理 0572-5550301",
            "planned_finish": days(60),
            "requirement_summary": "在线销售白茶，接入支付",
            **changed,
        }

    def appointed(self, **changed: Any) -> Record:
        """An appointment that all three have accepted."""
        record = self.submit("DS-01", "design_manager", **self.appointment(**changed))
        for _owner in range(3):
            self.sign(record)
        return record

    def opened(self) -> Ref:
        """The project of a new appointment."""
        record = self.appointed()
        return self.ref(db.session.scalars(sa.select(Project).where(Project.record_id == record.id)).one())

    def project(self, ref: Ref) -> Project:
        """A project's row."""
        return db.session.get_one(Project, ref.id)

    def state_of(self, project: Ref, key: str) -> str:
        """How a stage of the project stands."""
        return self.row(project, key).state

    def row(self, project: Ref, key: str) -> ProjectStage:
        """A stage of the project."""
        found = projects.stage(project.id, key)
        assert found is not None
        return found.row

    def topology(self, project: Ref, **changed: Any) -> dict[str, Any]:
        """The answers of a topology with two levels and two functions."""
        return {
            "project": project,
            "columns": [
                {"no": "1", "column": "产品中心", "level": 1, "parent": None, "content": "频道首页"},
                {"no": "1.1", "column": "产品详情", "level": 2, "parent": "1", "content": "详情页"},
            ],
            "functions": [
                {"no": "F01", "function": "在线支付", "description": "微信、支付宝", "priority": "must"},
                {"no": "F02", "function": "站内搜索", "description": "标题和正文", "priority": "should"},
            ],
            "topology_file": [FILE],
            "front_and_back": "前台访客，后台两级",
            "languages": "中文",
            **changed,
        }

    def drawn(self, project: Ref, **changed: Any) -> Record:
        """A topology that the customer has confirmed."""
        record = self.submit("DS-03", "designer", **self.topology(project, **changed))
        self.sign(record)
        return self.sign(record, confirmed_on=TODAY)

    def scheme(self, project: Ref, site_map: Record, **changed: Any) -> dict[str, Any]:
        """The answers of a scheme; the last material is missing."""
        materials = [
            {"item": item, "done": item != "空间服务器", "done_on": None} for item in lists.MATERIALS
        ]
        return {
            "project": project,
            "site_map": self.ref(site_map),
            "overall_style": "简洁",
            "colour_tendency": "墨绿",
            "site_name": "湖州白茶",
            "materials": materials,
            "scheme_file": [FILE],
            **changed,
        }

    def review(self, **changed: Any) -> dict[str, Any]:
        """A good review of the plan."""
        return {
            "fits_customer_need": True,
            "technically_feasible": True,
            "review_opinion": "可行",
            **changed,
        }

    def phases(self) -> list[dict[str, Any]]:
        """Four phases of ten days each."""
        owners = ("designer", "programmer", "programmer", "project_manager")
        return [
            {
                "phase": phase,
                "start": days(10 * place),
                "finish": days(10 * place + 10),
                "owner": self.person(owner),
            }
            for place, (phase, owner) in enumerate(zip(PHASES, owners, strict=True))
        ]

    def planned(self, project: Ref) -> Record:
        """A scheme that the customer has confirmed, with what comes before it."""
        record = self.submit("DS-02", "designer", **self.scheme(project, self.drawn(project)))
        self.sign(record, **self.review())
        self.sign(record, phases=self.phases())
        self.sign(record)
        return self.sign(record, confirmed_on=TODAY)

    def draft(self, project: Ref) -> dict[str, Any]:
        """The answers of a design draft."""
        return {
            "project": project,
            "pages": [{"page": "首页", "file": [FILE], "note": None}],
            "design_notes": "墨绿色系",
            "planned_on": days(10),
            "finished_on": TODAY,
        }

    def take_up(self, draft: Draft, login: str, **answers: Any) -> Record:
        """A draft that was left becomes a record."""
        form = self.sheet(draft.form_code, login, **answers)
        assert not form.errors, form.errors
        record = records.submit(form, self.actor(login), key=draft.key, now=self.now, draft=draft)
        db.session.flush()
        return record

    def designed(self, project: Ref) -> Record:
        """A draft that the customer has confirmed, with what comes before it."""
        self.planned(project)
        return self.finish_draft(self.submit("DS-07", "designer", **self.draft(project)))

    def finish_draft(self, record: Record) -> Record:
        """A draft goes all its way to the customer's word."""
        self.sign(record, self_check_points=points("1", "2", "3", "4"))
        self.sign(record)
        self.sign(record)
        return self.sign(record, confirmed_on=TODAY)

    def program(self, project: Ref, draft: Record, **changed: Any) -> dict[str, Any]:
        """The answers of a program."""
        return {
            "project": project,
            "program_version": "V1.0.0",
            "design_draft": self.ref(draft),
            "environment": "Linux、Nginx",
            "functions_done": "支付、搜索",
            "test_address": "https://test.example.com",
            "planned_on": days(20),
            "finished_on": TODAY,
            **changed,
        }

    def results(self, *open_ones: str) -> list[dict[str, Any]]:
        """The functions of the topology, some of them open."""
        known = (("F01", "在线支付"), ("F02", "站内搜索"))
        return [{"no": no, "function": name, "done": no not in open_ones} for no, name in known]

    def programmed(self, project: Ref, draft: Record | None = None, **changed: Any) -> Record:
        """A program with its backup, with what comes before it unless its draft is given."""
        answers = self.program(project, draft or self.designed(project), **changed)
        record = self.submit("DS-08", "programmer", **answers)
        self.sign(record, self_check_points=points(*lists.PROGRAM_CHECKS))
        self.sign(record, function_results=self.results())
        self.sign(record)
        self.sign(record)
        self.sign(record, confirmed_on=TODAY)
        return self.sign(record, backup_place="NAS", backup_on=self.now - timedelta(hours=1))

    def tested(self, project: Ref, **changed: Any) -> dict[str, Any]:
        """The answers of a test that has passed."""
        return {
            "project": project,
            "program_version": "V1.0.0",
            "tester": self.person("programmer"),
            "test_from": TODAY,
            "test_to": TODAY,
            "test_cases": [{"item": "支付", "browser": "Chrome", "result": "pass"}],
            "test_conclusion": "pass",
            **changed,
        }

    def content(self) -> list[dict[str, Any]]:
        """What was put into a column."""
        return [{"column": "产品中心", "content": "产品图文", "source": "客户U盘", "done": True}]

    def deployment(self, **changed: Any) -> dict[str, Any]:
        """The site on its host."""
        return {
            "host": "ECS",
            "domain": SITE,
            "deployed_version": "V1.0.0",
            "deployed_at": datetime(2026, 5, 12, 6, 0, tzinfo=UTC),
            "online_checked": True,
            **changed,
        }

    def deployed(self, project: Ref) -> Record:
        """A site on its host, with what comes before it."""
        self.programmed(project)
        record = self.submit("DS-11", "programmer", **self.tested(project))
        self.sign(record, content_lines=self.content())
        self.sign(record, **self.deployment())
        return self.sign(record)

    def checklist(self, project: Ref, **failed: tuple[int, ...]) -> dict[str, Any]:
        """The answers of the department's own standard."""
        parts = {name: points(*items, failed=failed.get(name, ())) for name, items in lists.STANDARD.items()}
        return {
            "project": project,
            "checked_version": "V1.0.0",
            "checked_at": datetime(2026, 5, 12, 6, 0, tzinfo=UTC),
            "failed_items": "见说明" if failed else None,
            **parts,
        }

    def checked(self, project: Ref) -> Record:
        """A checklist that has passed."""
        record = self.submit("DS-19", "designer", **self.checklist(project))
        self.sign(record)
        return self.sign(record)

    def acceptance(self, project: Ref, checklist: Record, **changed: Any) -> dict[str, Any]:
        """The answers of an acceptance."""
        return {
            "project": project,
            "acceptance_checklist": self.ref(checklist),
            "site_address": SITE,
            "accepted_version": "V1.0.0",
            "functions_all_done": True,
            "planned_on": days(2),
            **changed,
        }

    def accepting(self, project: Ref, **changed: Any) -> Record:
        """An acceptance that waits for the project manager, with what comes before it."""
        self.deployed(project)
        return self.submit("DS-14", "designer", **self.acceptance(project, self.checked(project), **changed))

    def accounts(self, *names: str, changed: bool = True) -> list[dict[str, Any]]:
        """Accounts that go to the customer."""
        return [{"account": name, "rights": "管理员", "password_changed": changed} for name in names]

    def delivered_things(self, *missing: int) -> list[dict[str, Any]]:
        """The four things, some of them not there yet."""
        items = ("后台管理权限", "操作说明文档", "操作培训", "光盘")
        return [{"item": item, "done": place not in missing} for place, item in enumerate(items)]

    def to_receipt(self, record: Record) -> Record:
        """An acceptance goes on until the customer's receipt."""
        self.sign(record)
        self.sign(record, accepted_on=TODAY)
        self.sign(record, admin_accounts=self.accounts("admin"), test_accounts_removed=True)
        self.sign(record, trained_on=TODAY, trainees="市场部两人", training_topics="文章发布")
        return self.sign(record, delivered_items=self.delivered_things())

    def delivered(self, project: Ref, **changed: Any) -> Record:
        """A site that is the customer's."""
        return self.sign(self.to_receipt(self.accepting(project, **changed)), received_on=TODAY)
