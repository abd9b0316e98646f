"""Stories of document control: new documents and versions, their copies, how long records are kept, the yearly review."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from portal.demo import changes
from portal.demo.story import Story, World
from portal.forms.catalogue import FORMS
from portal.forms.kinds import Ref
from portal.forms.quality.document_in_force import numbered_copies
from portal.forms.quality.management_review import INPUTS, TOPICS
from portal.queries import document_copies, documents, people, revisions

# DC-01 文件编制审批发布单

DRAFTS = (
    ("QA", "出货检验作业指导书", "规定出货前的抽样、开箱检查和放行签字"),
    ("WH", "库位标识与先进先出作业指导书", "统一库位编码，规定按批号先进先出发料"),
    ("PU", "供应商样件确认作业指导书", "明确样件封存、比对和首批到货的复核办法"),
    ("EN", "防水工程闭水试验作业指导书", "规定蓄水高度、时间和照片留存要求"),
    ("CS", "报修电话受理话术", "统一报修受理的询问顺序和承诺用语"),
    ("QA", "计量器具校准作业指导书", "规定在用量具的校准周期和停用标识"),
)
FIRST, TRIAL = "1.0", "试行"


def release(world: World) -> dict[str, Any]:
    """A work document that is written for the first time."""
    prefix, title, summary = world.rng.choice(DRAFTS)
    planned = world.today + timedelta(days=world.rng.randint(3, 12))
    own = world.one("department")
    receivers = {one.id: one for one in (own, world.one("department"))}.values()
    return {
        "purpose": "release",
        "document_no": f"{prefix}-W-{world.rng.randint(1001, 9989)}",
        "title": title,
        "document_kind": "work_document",
        "version": FIRST,
        "owner_department": own,
        "change_summary": summary,
        "change_request": None,
        "document_file": [world.file(f"{title}.pdf")],
        "flow_chart": [world.file("流程图.pdf")] if world.rng.random() < 0.3 else [],
        "planned_effective_on": planned,
        "next_review_on": planned + timedelta(days=365),
        "distribution": [{"department": one, "copies": world.rng.randint(1, 3)} for one in receivers],
    }


def released(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """In force as planned."""
    planned = answers.get("planned_effective_on")
    return {"effective_on": max(planned, world.today)} if planned else {}


# DC-02 文件更改申请单

IN_GENERAL = (
    ("4.2", "收到后两个工作日内答复。", "收到后一个工作日内答复。", "顾客多次反映答复太慢"),
    ("5.1", "由部门负责人签字。", "由部门负责人在门户上签署。", "签字改为在门户办理"),
    ("3.3", "每季度汇总一次。", "每月汇总一次，次月五日前报送。", "管理评审要求按月掌握情况"),
    ("6.4", "不合格品单独放置。", "不合格品单独放置并挂红色标识。", "现场审核发现标识不清"),
)


def change(world: World) -> dict[str, Any]:
    """A sentence of the text in force that has not proved itself."""
    document = world.one("document")
    clause, old, new, reason = _sentence(world, document)
    affected = world.rng.choice((None, "相关表单的填写说明", "培训教材", None))
    return {
        "request_kind": "change",
        "document": document,
        "clause": clause,
        "old_text": old,
        "new_text": new,
        "reason": reason,
        "impact": world.rng.choice(("无", "相关岗位须重新培训", "表单的时限随之调整")),
        "source_record": world.record("QA-15", "DC-06") if world.rng.random() < 0.3 else None,
        "affected_documents": affected,
        "urgency": world.rng.choice(("normal", "normal", "urgent")),
        "attachments": [],
    }


def _sentence(world: World, document: Ref) -> tuple[str, str, str, str]:
    """A clause, what it says, what it is to say and why; of a document without a text something in general."""
    found = documents.find(document.id) if document.id else None
    one = revisions.effective(found.code, world.today) if found else None
    fits = changes.fitting(one.text, world.rng) if one else None
    if fits is None:
        return world.rng.choice(IN_GENERAL)
    return fits.clause, fits.change.old, fits.change.new, fits.change.reason


def receipt(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """A small change, as most are."""
    return {"change_size": "minor"}


# DC-03 文件发放/回收登记簿


def issue(world: World) -> dict[str, Any]:
    """The copies of what was released."""
    source = world.number("DC-01")
    given = world.answers_of(source)
    return {
        "document": world.one("document"),
        "version": given.get("version", FIRST),
        "release": source,
        "issue_kind": "first_issue",
        "copies": numbered_copies(given.get("distribution") or (), world.today),
        "effective_on": given.get("effective_on", world.today),
        "old_version": TRIAL,
        "remark": "试行稿同时收回",
    }


def taken(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Taken today."""
    return {"received_on": world.today}


def recalled(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that is still out comes back."""
    named = answers["document"]
    out = document_copies.open_copies(named.id, answers["old_version"]) if named.id else []
    rows = [{"copy_no": one.copy_no, "returned_on": world.today, "destroyed": True} for one in out]
    return {"returned_copies": rows}


# DC-05 质量记录清单

KEPT = (
    ("《纠正预防8D报告》", "QA-15", 6),
    ("进货检验单", "PU-06", 5),
    ("顾客整体满意度调查表", "QA-10", 3),
    ("客户投诉登记表", "CS-51", 6),
    ("隐蔽工程验收单", "EN-25", 10),
    ("盘存报表", "WH-06", 5),
)


def retention(world: World) -> dict[str, Any]:
    """The list as it was looked through this year; each department keeps the records of its own forms."""
    keepers = {one.key: Ref(one.id, one.name) for one in people.departments()}
    lines = [
        {
            "record": record,
            "form": form,
            "keeper": keepers[FORMS[form].department_key],
            "place": "门户",
            "years": years,
            "disposal": "destroy",
        }
        for record, form, years in KEPT
    ]
    lines.append(
        {
            "record": "管理评审报告",
            "form": "DC-06",
            "keeper": keepers["quality"],
            "place": "门户及质量部档案柜",
            "disposal": "permanent",
        }
    )
    return {
        "year": world.today.year,
        "records": lines,
        "changes": world.rng.choice(("增加进货检验单，其余不变", "投诉记录保存期由5年改为6年")),
        "legal_basis": world.rng.choice((None, "产品质量法关于诉讼时效的规定")),
    }


def approved(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """It counts at once."""
    return {"effective_on": world.today}


# DC-06 管理评审计划/报告

SCOPES = ("quality_system", "information_security_system", "customer_service_system")
MEASURES = (
    "顾客满意度调查增加交货期专项，次年一季度完成",
    "进货检验标准按供应商分级修订",
    "信息安全培训覆盖全部在岗人员",
    "投诉处理时限列入部门考核",
)


def review(world: World) -> dict[str, Any]:
    """The review of the year, with every input at hand."""
    people = ("management_representative", "general_manager", "quality_manager", "customer_service_director")
    scope = SCOPES if world.rng.random() < 0.6 else SCOPES[:1]
    done = {"done": True, "done_on": world.today, "remark": "资料已备"}
    secure = SCOPES[1] in scope
    return {
        "review_year": world.today.year,
        "scope": list(scope),
        "planned_on": world.today,
        "participants": [{"person": world.person(role)} for role in people],
        "inputs": [{"item": str(item), **done} for item in INPUTS.values()],
        "isms_topics": [{"item": str(item), **done} for item in TOPICS] if secure else [],
        "input_files": [world.file("管理评审输入资料.pdf")],
    }


def reviewed(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What was decided."""
    many = world.rng.randint(1, 3)
    decisions: list[dict[str, Any]] = [
        {
            "decision": measure,
            "owner": world.person("department_head"),
            "due": world.today + timedelta(days=world.rng.randint(30, 120)),
        }
        for measure in world.rng.sample(MEASURES, many)
    ]
    if world.rng.random() < 0.3:
        decisions[0]["document"] = world.one("document")
    return {
        "conclusions": "各体系运行正常，方针和目标适宜，所需资源充分，须跟进的事项见决议。",
        "decisions": decisions,
        "system_suitable": True,
    }


STORIES: dict[str, Story] = {
    "DC-01": Story(release, {"release": released}),
    "DC-02": Story(change, {"controller_receipt": receipt}),
    "DC-03": Story(issue, {"holder_receipt": taken, "recall": recalled}),
    "DC-05": Story(retention, {"approval": approved}),
    "DC-06": Story(review, {"review_record": reviewed}),
}
