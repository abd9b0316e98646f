"""Stories of complaints."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.demo.stories.customer_service.words import human, mobile, moment
from portal.demo.story import Story, World
from portal.queries import complaints

COMPLAINTS = (
    (
        "搅拌车漏油",
        "新车交付后第三周液压系统接头持续渗油，已影响工地正常施工。",
        "一周内修复并说明原因",
        "液压油管接头密封圈装配不到位",
    ),
    (
        "外墙渗水",
        "雨后次卧外墙窗台下方大面积渗水，墙面涂料起泡脱落。",
        "尽快维修并恢复墙面",
        "窗台下口防水层收头开裂",
    ),
    (
        "配件发错型号",
        "送到现场的回转支承与订单型号不符，吊装班组停工等待。",
        "两天内换货并承担往返运费",
        "出库核对时看错相近型号",
    ),
    (
        "售后人员迟到",
        "约定上午九点上门检修，下午两点才到，也没有提前告知。",
        "道歉并保证今后按约定时间上门",
        "派工变更后没有通知客户",
    ),
    (
        "空调噪音过大",
        "机房主机夜间运行噪音明显，楼上住户多次反映无法休息。",
        "采取降噪措施并复测噪音",
        "主机减振垫老化变形",
    ),
)
SOOTHED = (
    "客户情绪较激动，已耐心倾听并致歉，承诺当天答复处理安排。",
    "电话接通后说明已登记受理，客户表示理解，等待处理结果。",
    "向客户表示歉意，核对了现场情况，客户愿意配合提供照片。",
)


def _complaint(world: World) -> dict[str, Any]:
    rng = world.rng
    title, content, demand, _cause = rng.choice(COMPLAINTS)
    note = world.record("CS-50") if rng.random() < 0.5 else None
    heard_by = world.answers_of(note).get("received_by") if note else None
    unrelayed = rng.choice(("customer_service_officer", "customer_service_officer", "foreman"))
    received_at = moment(world, rng.randint(10, 40))
    equipment = rng.random() < 0.6
    return {
        "complainant": human(world),
        "complainant_phone": mobile(world),
        "customer": world.one("customer") if rng.random() < 0.8 else None,
        "intake_point": rng.choice(("service_centre", "owner_service_desk", "marketing", "call_centre")),
        "channel": rng.choices(
            ("telephone", "visit", "letter", "e_mail", "website", "wechat", "dealer", "other"),
            (8, 3, 1, 2, 2, 4, 2, 1),
        )[0],
        "received_at": received_at,
        "first_received_by": heard_by or world.person(unrelayed),
        "relay_note": note if heard_by else None,
        "complaint_object": title,
        "content": content,
        "demand": demand,
        "product_model": world.one("product") if equipment else None,
        "machine_no": f"JX{rng.randint(100000, 999999)}" if equipment else None,
        "quantity": Decimal(rng.randint(1, 4)) if equipment else None,
        "delivery_date": world.today - timedelta(days=rng.randint(20, 400)) if equipment else None,
        "evidence": [world.photo("现场照片.jpg")] if rng.random() < 0.5 else None,
    }


def _call_back(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "called_back_at": max(moment(world, 2), so_far["received_at"]),
        "call_back_result": world.rng.choice(SOOTHED),
        "promised_answer_on": world.today + timedelta(days=world.rng.randint(1, 3)),
    }


def _investigation(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rng = world.rng
    cause = next(
        (one[3] for one in COMPLAINTS if one[0] == so_far["complaint_object"]), "现场情况待进一步核实"
    )
    party = rng.choices(("own_department", "supplier", "carrier", "customer_use"), (6, 2, 1, 1))[0]
    return {
        "demand_understood": so_far["demand"],
        "confirmed_cause": cause,
        "investigation_result": rng.choice(
            (
                "已查看现场照片并与安装班组核对，客户反映的情况属实。",
                "调取出库单和派工记录核对，时间、型号与客户所述一致。",
                "技术人员到现场检查并拍照取证，问题可以重现。",
            )
        ),
        "responsible_party": party,
        "responsible_department": world.one("department") if party == "own_department" else None,
    }


def _validity(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    valid = so_far["responsible_party"] != "customer_use"
    reply = (
        "感谢您的反馈。经现场检查，设备状态符合技术协议，问题与使用环境有关，我们已安排技术人员免费指导调整，"
        "今后如有疑问请随时联系客户服务中心。"
    )
    return {
        "reason_sufficient": valid,
        "demand_reasonable": valid or world.rng.random() < 0.3,
        "complaint_valid": valid,
        "polite_reply": None if valid else reply,
        "replied_at": None if valid else max(moment(world), so_far["received_at"]),
    }


def _assignment(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rng = world.rng
    return {
        "handling_department": so_far.get("responsible_department") or world.one("department"),
        "person_in_charge": world.person(
            rng.choice(
                ("after_sales_manager", "service_technician", "engineering_manager", "quality_inspector")
            )
        ),
        "solve_by": moment(world) + timedelta(days=rng.randint(2, 6)),
        "department_refuses": rng.random() < 0.1,
    }


def _ruling(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"ruling": "upheld", "ruling_note": "责任清楚，由该部门牵头处理，其他部门配合，不得再推诿。"}


def _solution(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rng = world.rng
    return {
        "cause_analysis": f"{so_far['confirmed_cause']}，过程检查没有及时发现。",
        "solution": rng.choice(
            (
                "更换有问题的零部件并现场试运行两小时，客户签字确认。",
                "安排班组返修，恢复原状后做淋水试验。",
                "当天补发正确型号，由公司承担往返运费。",
                "责任人上门致歉，并由主管跟进后续服务。",
            )
        ),
        "prevention": rng.choice(
            ("增加出厂前专项检查并留存照片。", "修订派工交接要求，变更必须电话通知客户。", None)
        ),
        "solved_on": world.today if rng.random() < 0.8 else None,
        "compensation_asked": rng.random() < 0.35,
    }


def _compensation(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    if so_far.get("compensation_kind") and so_far.get("compensation_amount") is not None:
        return {
            name: so_far[name] for name in ("compensation_kind", "compensation_amount")
        }  # as the other signer said
    return {
        "compensation_kind": world.rng.choice(("refund", "replacement", "repair", "gift", "other")),
        "compensation_amount": Decimal(world.rng.randint(2, 80)) * 100,
    }


def _result(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rng = world.rng
    return {
        "result_told_at": max(moment(world), so_far["received_at"]),
        "result_told": rng.choice(
            (
                "已向客户说明原因和处理结果，客户对处理速度表示认可。",
                "现场复查合格，客户当面签字确认。",
                "电话告知维修完成情况和预防措施，客户表示满意。",
            )
        ),
        "satisfied": True,
        "confirmed_way": rng.choice(("signed", "telephone", "written_reply")),
    }


def _closing(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    valid = bool(so_far["complaint_valid"])
    return {
        "report_needed": valid and world.rng.random() < 0.3,
        "case_needed": valid and world.rng.random() < 0.4,
    }


def _relay_note(world: World) -> dict[str, Any]:
    rng = world.rng
    _title, content, _demand, _cause = rng.choice(COMPLAINTS)
    return {
        "received_at": moment(world, rng.choice((5, 10, 20, 40, 150))),
        "complainant": human(world),
        "complainant_phone": mobile(world),
        "channel": rng.choices(
            ("telephone", "visit", "letter", "e_mail", "website", "wechat", "dealer", "other"),
            (8, 4, 1, 2, 1, 4, 2, 1),
        )[0],
        "content": content,
        "evidence": [world.photo("现场照片.jpg")] if rng.random() < 0.3 else None,
    }


def _centre_receipt(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    new = world.rng.random() < 0.8
    return {
        "registered_as": "new_complaint" if new else "not_a_complaint",
        "no_complaint_reason": None if new else "客户咨询保修政策，没有提出不满，已转服务台解答。",
    }


def _report(world: World) -> dict[str, Any]:
    rng = world.rng
    complaint = world.record("CS-51") or world.number("CS-51")
    title, problem, _demand, cause = rng.choice(COMPLAINTS)
    return {
        "complaint": complaint,
        "background": f"客户就“{title}”提出投诉，受理后一小时内回访安抚，并到现场核实情况。",
        "problem": problem,
        "cause": f"{cause}，出厂或交接环节的检查没有覆盖这一项。",
        "solution": rng.choice(("更换问题部件并现场试运行，客户确认正常。", "返修后做专项试验，结果合格。")),
        "prevention": "检查表增加该项目，首件由质检人员复核并留存照片。",
        "follow_up_control": "连续三个月每月抽查十台，结果报质量部。",
        "trial_batch": rng.choice(("试验一批 20 台，全部合格。", "试装一批 12 套，未再出现同类问题。")),
        "proof_of_effect": "改善后两个月同类投诉为零，附检验记录。",
        "proof_attachment": [world.file("改善效果验证记录.pdf")],
    }


def _quality_word(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"effective": True, "report_8d_needed": world.rng.random() < 0.3}


def _sent(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"sent_on": world.today}


def _warning(world: World) -> dict[str, Any]:
    complaint = world.record("CS-51") or world.number("CS-51")
    employee = world.person("foreman")
    for _again in range(20):
        if complaint.id is None or employee.id is None:
            break
        if not complaints.relayed_by(employee.id, {complaint.id}):
            break
        employee = world.person("employee")
    return {
        "employee": employee,
        "complaint": complaint,
        "received_at": moment(world, world.rng.randint(2, 9) * 60 * 24),
        "discovered_on": world.today,
        "facts": "该员工在现场接到客户投诉后没有向客户服务中心反馈，客户再次来电时才发现。",
        "evidence": [world.file("客户通话记录.pdf")],
        "employee_statement": "当时正在赶工，打算收工后再反馈，后来忘记了。"
        if world.rng.random() < 0.6
        else None,
    }


def _sanction(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    if world.rng.random() < 0.8:
        return {"sanction": "warning", "sanction_text": "违反投诉即时反馈的规定，给予警告一次。"}
    return {"sanction": "no_sanction", "sanction_text": "情节轻微且未造成影响，口头提醒，不予处分。"}


def _receipt(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    appeals = so_far["sanction"] == "warning" and world.rng.random() < 0.2
    return {
        "appeal": appeals,
        "appeal_reason": "客户已同时致电服务台，本人以为无需重复反馈。" if appeals else None,
    }


STORIES: dict[str, Story] = {
    "CS-50": Story(_relay_note, {"centre_receipt": _centre_receipt}),
    "CS-59": Story(_report, {"quality_verify": _quality_word, "to_customer": _sent}),
    "AD-01": Story(_warning, {"administration_decision": _sanction, "employee_sign": _receipt}),
    "CS-51": Story(
        _complaint,
        {
            "call_back": _call_back,
            "investigation": _investigation,
            "validity_decision": _validity,
            "assignment": _assignment,
            "handling_ruling": _ruling,
            "cause_and_solution": _solution,
            "compensation": _compensation,
            "result_confirmation": _result,
            "close": _closing,
        },
    ),
}
