"""Stories of suppliers: how they are evaluated when they are new, each year, and when there is cause."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from portal.demo import suppliers as market
from portal.demo.story import Story, World
from portal.forms.kinds import Ref
from portal.forms.purchasing.supplier_words import AGAIN, NEW, YEARLY
from portal.queries import goods, suppliers

NEWCOMERS = (
    ("湖州菱湖弹簧制品厂", "压缩弹簧、卡簧", "沈根荣", "0572-5550281"),
    ("绍兴柯桥密封材料有限公司", "液压密封件、油封", "楼国芳", "0575-5550282"),
    ("浙江海宁线缆有限公司", "控制电缆、护套线", "章丽萍", "0573-5550283"),
    ("杭州余杭脚手架租赁站", "脚手架、扣件", "莫建平", "0571-5550284"),
    ("南通海门焊接设备有限公司", "焊机、焊丝", "施汉忠", "0513-5550285"),
    ("苏州吴中紧固件厂", "不锈钢螺栓、垫片", "顾雪根", "0512-5550286"),
    ("安吉竹木包装有限公司", "木箱、托盘", "蒋小英", "0572-5550287"),
    ("宁波镇海化工涂料厂", "防腐底漆、稀释剂", "虞国庆", "0574-5550288"),
)
LICENCES = ("营业执照", "质量管理体系认证证书", "全国工业产品生产许可证", "安全生产许可证", "产品检测报告")
REMARKS = (
    None,
    None,
    "现场走访过生产车间，检测设备齐全，能提供每批次的材质单。",
    "报价在三家中居中，付款条件可接受月结 60 天。",
    "去年旺季有两次晚交，已书面承诺设立安全库存。",
)
COMMENTS = (None, None, "进货检验记录良好，同意建议结论。", "请采购部督促其继续改进包装防护。")


def opening(world: World) -> dict[str, Any]:
    """A new supplier now and then, else one of the list."""
    newcomer = _newcomer(world) if world.rng.random() < 0.3 else None
    about = newcomer or _known(world)
    scores = _scores(world, trusted=newcomer is None)
    total = sum(scores.values()) / 4
    return {
        **about,
        **scores,
        "licences": _licences(world),
        "proposed_status": "approved" if total >= 80 else "on_trial",
        "remark": world.rng.choice(REMARKS),
    }


def _newcomer(world: World) -> dict[str, Any] | None:
    unknown = [one for one in NEWCOMERS if suppliers.called(one[0]) is None]
    if not unknown:
        return None
    name, supplied, contact, phone = world.rng.choice(unknown)
    return {
        "evaluation_kind": NEW,
        "supplier_name": name,
        "supplied_goods": supplied,
        "credit_code": market.credit_code(name),
        "contact": contact,
        "contact_phone": phone,
    }


def _known(world: World) -> dict[str, Any]:
    supplier = min((world.one("supplier") for _attempt in range(4)), key=_due)
    found = goods.supplier(supplier.id) if supplier.id else None
    return {
        "evaluation_kind": YEARLY if world.rng.random() < 0.8 else AGAIN,
        "supplier": supplier,
        "supplied_goods": (found and found.goods) or "钢材、五金",
        "credit_code": (found and found.credit_code) or market.credit_code(supplier.text),
        "contact": (found and found.contact) or "费建国",
        "contact_phone": (found and found.phone) or "0572-5550201",
    }


def _due(supplier: Ref) -> date:
    """The day on which the supplier is to be evaluated next."""
    found = goods.supplier(supplier.id) if supplier.id else None
    return (found and found.next_evaluation_on) or date.max


def _scores(world: World, *, trusted: bool) -> dict[str, Decimal]:
    low = 74 if trusted else 66
    names = ("quality_score", "delivery_score", "price_score", "service_score")
    return {name: Decimal(world.rng.randint(low, 98)) for name in names}


def _licences(world: World) -> list[dict[str, Any]]:
    """The business licence, which does not expire, and one or two papers that do, now and then before long."""
    rng = world.rng
    rows: list[dict[str, Any]] = [
        {"paper": LICENCES[0], "number": f"3305{rng.randrange(10**8):08d}", "expires_on": None}
    ]
    for paper in rng.sample(LICENCES[1:], rng.randint(1, 2)):
        left = rng.randint(20, 60) if rng.random() < 0.2 else rng.randint(200, 1000)
        until = world.today + timedelta(days=left)
        rows.append({"paper": paper, "number": f"ZJ-{rng.randrange(10**6):06d}", "expires_on": until})
    return [{**row, "scan": [world.file(f"{row['paper']}.pdf")]} for row in rows]


def quality_opinion(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """The quality department agrees."""
    return {"quality_agrees": True, "quality_comment": world.rng.choice(COMMENTS)}


def approval(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """The purchasing manager follows the proposal."""
    return {"supplier_status": so_far["proposed_status"]}


STORIES: dict[str, Story] = {
    "PU-08": Story(opening, {"quality_opinion": quality_opinion, "purchasing_approval": approval}),
}
