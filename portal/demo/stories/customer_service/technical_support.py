"""Stories of technical support: questions that customers ask, and what comes of them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from portal.demo.stories.customer_service.words import human, mobile, moment
from portal.demo.story import Story, World

PROBLEMS = (
    (
        "操作屏登录后提示许可证过期，无法查看运行参数。",
        "系统时间被改动，许可证判断出错",
        "校准系统时间并重新激活许可证",
    ),
    (
        "远程监控页面打不开，手机和电脑都一样。",
        "现场路由器更换后端口没有映射",
        "指导客户重新设置端口映射并测试",
    ),
    ("导出的月度报表数字与仪表读数不一致。", "仪表通讯地址重复，读数被覆盖", "修改通讯地址，补传当月数据"),
    ("设备报警代码 E07 反复出现，复位后仍然报警。", "传感器插头松动", "电话指导客户紧固插头并清除报警"),
)


def _support(world: World) -> dict[str, Any]:
    rng = world.rng
    return {
        "customer": world.one("customer"),
        "contact_person": human(world),
        "contact_phone": mobile(world),
        "product": world.one("product") if rng.random() < 0.7 else None,
        "serial_no": None,
        "channel": rng.choice(("telephone", "telephone", "e_mail", "website", "wechat", "on_site")),
        "received_at": moment(world, rng.randint(2, 30)),
        "problem": rng.choice(PROBLEMS)[0],
        "priority": rng.choice(("high", "medium", "medium", "low")),
        "screenshots": [world.file("报错截图.pdf")] if rng.random() < 0.3 else None,
    }


def _answered(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "first_answer_text": "已收到您的问题，正在核对设备记录，先按说明书第三章做一次复位并告知结果。",
        "solved_remotely": world.rng.random() < 0.5,
    }


def _solved(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    found = next((one for one in PROBLEMS if one[0] == so_far["problem"]), PROBLEMS[-1])
    return {
        "cause": found[1],
        "solution_text": found[2],
        "hours_spent": Decimal(world.rng.randint(1, 12)) / 2,
        "site_visit_needed": False,
    }


def _confirmed(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"solved": True, "rating": Decimal(world.rng.randint(7, 10))}


STORIES: dict[str, Story] = {
    "CS-01": Story(
        _support, {"first_answer": _answered, "solution": _solved, "customer_confirm": _confirmed}
    ),
}
