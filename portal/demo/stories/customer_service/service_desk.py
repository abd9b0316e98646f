"""Stories of the service desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.demo.stories.customer_service.words import human, mobile, moment
from portal.demo.story import Story, World

# kind -> what is asked, and the answer given at once
MATTERS: dict[str, tuple[tuple[str, str | None], ...]] = {
    "enquiry": (
        ("询问小型液压升降机的额定载重和供电要求。", "额定载重 300 公斤，使用 380V 电源，已发送样本。"),
        ("询问物业费的缴纳方式和截止日期。", "可在服务台刷卡或转账，截止日期为每季度首月 15 日。"),
        ("询问设备保修期从哪一天起算。", "自验收合格之日起算，已告知保修卡的填写要求。"),
    ),
    "complaint": (
        ("反映楼道照明连续三天不亮，上次报修后没有回音。", None),
        ("反映送货人员态度生硬，卸货时碰坏门框。", None),
    ),
    "repair": (
        ("厨房水槽下方漏水，要求尽快派人上门。", None),
        ("机房主机启动后跳闸，现场已停机等待检修。", None),
    ),
    "request": (
        ("希望在小区北门增设电动车充电桩。", None),
        ("要求提供设备操作人员的上门培训。", None),
        ("申请延长施工车辆的进场时间。", None),
    ),
    "order_service": (
        ("查询订单的发货进度，要求提前一天通知送货。", "已查询，预计本周内发货，届时电话通知。"),
        ("要求变更订单的送货地址。", "已记录新的地址并转告业务人员。"),
    ),
    "other_matter": (
        ("地下车库入口有积水，车辆通行困难。", None),
        ("施工围挡被风吹倒，占用了人行道。", None),
    ),
}
ROOMS = ("3 幢 1202 室", "6 幢 801 室", "泰和写字楼 15 层", "织里童装城 B 区", "桐乡医院门诊楼", None)
COORDINATED = (
    ("约请工程部和客户在现场会面，逐项说明责任划分。", "工程部三天内返修，客户同意等待。"),
    ("与管理处、业户三方电话会商，确认现场条件。", "由管理处安排临时措施，两周内彻底解决。"),
)
DONE = ("已派人到现场处理完毕。", "已答复办理条件，所需材料发给客户。", "情况属实，已列入本周计划并完成。")
SAID = ("对处理结果表示满意。", "表示理解，希望以后更快答复。", None)


def _intake(world: World) -> dict[str, Any]:
    rng = world.rng
    kind = rng.choices(list(MATTERS), (1, 2, 2, 4, 1, 4))[0]
    content, answer = rng.choice(MATTERS[kind])
    buying = kind in ("enquiry", "order_service") and rng.random() < 0.4
    return {
        "kind": kind,
        "channel": rng.choices(
            ("visit", "telephone", "hotline", "website", "e_mail", "wechat", "dealer", "repair_station"),
            (4, 6, 4, 1, 1, 2, 1, 1),
        )[0],
        "caller": human(world),
        "caller_phone": mobile(world),
        "customer": world.one("customer") if rng.random() < 0.7 or kind == "repair" else None,
        "room_or_project": rng.choice(ROOMS),
        "received_at": moment(world, rng.choice((3, 5, 8, 20, 60 * 26))),
        "content": content,
        "content_repeated": rng.random() < 0.9,
        "cannot_be_handled": rng.random() < 0.3,
        "answer": answer,
        "department_told": world.one("department") if kind in ("request", "other_matter") else None,
        "related_order": world.record("CR-17", "CS-34") if kind == "order_service" else None,
        "technical_problem": kind == "enquiry" and rng.random() < 0.3,
        "purchase_intention": "有意采购同型号设备两台，希望业务人员联系报价。" if buying else None,
        "company_material_given": "公司样本、产品单页" if buying else None,
        "customer_data_gathered": rng.random() < 0.3,
    }


def _department_result(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "department_result": world.rng.choice(DONE),
        "result_at": max(moment(world, 10), so_far["received_at"]),
    }


def _coordination(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    talked, result = world.rng.choice(COORDINATED)
    return {"coordination": talked, "coordination_result": result}


def _office(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"office_opinion": world.rng.choice(("同意处理结果。", "请跟踪到底，避免再次发生。", None))}


def _told(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "told_at": max(moment(world, 2), so_far["received_at"]),
        "caller_answer": world.rng.choice(SAID),
    }


STORIES: dict[str, Story] = {
    "CS-90": Story(
        _intake,
        {
            "other_matter": _department_result,
            "cannot_handle": _coordination,
            "report_to_office": _office,
            "told_customer": _told,
        },
    ),
}
