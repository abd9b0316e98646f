"""Stories of the customers' files: registrations, papers, credit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.demo.stories.customer_service.words import CITIES, STREETS, TRADES, customer_name, human, mobile
from portal.demo.story import Story, World
from portal.forms.customer_service.first_papers import PAPERS
from portal.forms.kinds import Ref
from portal.queries import customers

INDUSTRIES = ("建筑施工", "混凝土生产", "市政工程", "机械租赁", "房地产开发", "仓储物流")
PRODUCTS = (
    "混凝土搅拌运输车，每年约 6 至 10 台",
    "中央空调末端设备及配套安装",
    "塔式起重机和施工升降机整机及配件",
    "钢结构厂房构件，按项目分批采购",
)


def _registration(world: World) -> dict[str, Any]:
    rng = world.rng
    kind = rng.choices(("company", "dealer", "owner", "individual"), (6, 2, 1, 1))[0]
    city = rng.choice(list(CITIES))
    street = f"{city}{rng.choice(STREETS)} {rng.randint(1, 980)} 号"
    business, dealer = kind in TRADES, kind == "dealer"
    code = f"91{rng.randrange(10**6):06d}MA{rng.randrange(10**8):08d}"
    return {
        "customer_name": customer_name(world, kind, city),
        "customer_type": kind,
        "credit_code": code if business else None,
        "legal_representative": human(world) if business else None,
        "registered_address": street,
        "contact_person": human(world),
        "contact_phone": rng.choice((mobile(world), f"{CITIES[city]}-8{rng.randrange(10**7):07d}")),
        "email": f"info{rng.randint(10, 9999)}@kehu.example.cn" if rng.random() < 0.4 else None,
        "delivery_address": street if rng.random() < 0.6 else None,
        "industry": rng.choice(INDUSTRIES) if business else None,
        "region": rng.choice(("华东", "华中", "华南", "西南", "华北")),
        "source": rng.choice(
            (
                *("online_marketing", "traditional_marketing", "telephone_marketing"),
                *("referral", "visit_or_call", "other"),
            )
        ),
        "main_products": rng.choice(PRODUCTS) if rng.random() < 0.8 else None,
        "dealer_region": f"{city}及周边" if dealer else None,
        "dealer_level": rng.choice(("first", "second", "third")) if dealer else None,
        "dealer_score": Decimal(rng.randint(620, 980)) / 10 if dealer else None,
        "not_duplicate": True,
    }


def _sealed(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"sealed_form": [world.file("客户信息登记（盖章）.pdf")] if world.rng.random() < 0.8 else None}


def _duplicate_check(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"duplicate_checked": True}


def _paper(world: World, name: str, *, years: int | None) -> dict[str, Any]:
    rng = world.rng
    issued_on = world.today - timedelta(days=rng.randint(60, 700))
    return {
        "paper": name,
        "number": f"{rng.choice(('甬', '苏', '鲁', '鄂'))}〔{issued_on.year}〕{rng.randint(1000, 99999)}号",
        "issuer": rng.choice(("市场监督管理局", "住房和城乡建设局", "行政审批局")),
        "issued_on": issued_on,
        "expires_on": issued_on + timedelta(days=365 * years) if years else None,
        "original_seen": True,
        "scan": [world.file(f"{name}.pdf")],
    }


def _first_contract(world: World) -> tuple[Ref, Mapping[str, Any]]:
    """An accepted contract whose customer has no file yet, with its answers; any where there is no such one."""
    contract = world.record("CS-34") or world.number("CS-34")
    known = world.answers_of(contract)
    for _again in range(60):
        if not known or not customers.has_file(known["customer"].id):
            break
        contract = world.record("CS-34") or contract
        known = world.answers_of(contract)
    return contract, known


def _file(world: World) -> dict[str, Any]:
    rng = world.rng
    contract, known = _first_contract(world)
    missing = rng.choice(("安全生产许可证", "土地使用证复印件", "担保书")) if rng.random() < 0.3 else ""
    done_on = world.today - timedelta(days=rng.randint(0, 3))
    guaranteed = missing != "担保书"
    customer = known.get("customer") or world.one("customer")
    is_new = not (customer.id and customers.has_file(customer.id))
    papers = [_paper(world, "营业执照", years=None)]
    if missing != "安全生产许可证":
        papers.append(_paper(world, "安全生产许可证", years=3))
    if guaranteed:
        papers.append(_paper(world, "担保书", years=2))
    return {
        "customer": customer,
        "contract": contract,
        "customer_kind": "new_customer" if is_new else "existing_customer",
        "customer_data": rng.choice(
            (
                "民营企业，主营市政和房建工程，年产值约 1.2 亿元，付款信用良好。",
                "当地知名混凝土企业，现有搅拌车 45 台，每年更新 8 台左右。",
                "新成立的机械租赁公司，两位股东均有十年以上行业经验。",
                "长期合作的路桥施工单位，采购以大型设备和配件为主，要求送货到工地。",
            )
        ),
        "papers_checklist": [
            {
                "item": str(paper),
                "done": str(paper) != missing,
                "done_on": done_on if str(paper) != missing else None,
                "remark": "客户正在办理" if str(paper) == missing else None,
            }
            for paper in PAPERS
        ],
        "paper_rows": papers,
        "guarantor": human(world) if guaranteed else None,
        "guarantee_amount": Decimal(rng.randint(5, 80)) * 10000 if guaranteed else None,
        "guarantee_until": world.today + timedelta(days=730) if guaranteed else None,
        "missing_reason": f"{missing}换证办理中，主管部门已受理。" if missing else None,
        "promised_date": world.today + timedelta(days=rng.randint(10, 30)) if missing else None,
    }


def _papers_check(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    missing = "、".join(row["item"] for row in so_far["papers_checklist"] if not row["done"])
    return {"papers_complete": not missing, "missing_papers": missing or None}


def _missing_papers(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    note = world.rng.choice(
        ("客户信誉较好，先行建档，补齐前按现款结算。", "首单金额控制在十万元以内，到期未补齐即停止发货。")
    )
    return {"approval_decision": "file_and_trade_allowed", "risk_note": note}


def _file_made(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rng = world.rng
    place = f"档案室 {rng.choice('ABCD')} 柜 {rng.randint(1, 6)} 层 {rng.randint(1, 40)} 号盒"
    return {"electronic_made": True, "paper_made": True, "shelf_place": place}


def _customer_with_file(world: World) -> Ref:
    """A customer whose file has its number; credit is changed for no other."""
    found = world.one("customer")
    for _again in range(200):
        if found.id is None or customers.has_file(found.id):
            break
        found = world.one("customer")
    return found


def _credit_change(world: World) -> dict[str, Any]:
    rng = world.rng
    customer = _customer_with_file(world)
    now = customers.standing(customer.id) if customer.id else None
    kinds = rng.choice(
        (["longer_credit_term"], ["credit_limit_change"], ["longer_credit_term", "credit_limit_change"])
    )
    limit = (now.limit if now else Decimal(0)) + Decimal(rng.randint(2, 30)) * 10000
    return {
        "customer": customer,
        "change_kind": kinds,
        "new_limit": limit.quantize(Decimal("0.01")) if "credit_limit_change" in kinds else None,
        "new_days": (now.days if now else 0) + rng.choice((15, 30, 45))
        if "longer_credit_term" in kinds
        else None,
        "reason": rng.choice(
            (
                "客户新中标市政道路项目，下半年采购量预计增加一倍，现有额度不够周转。",
                "合作三年从未逾期，申请与同区域客户执行相同账期。",
                "业主方按季度付款，客户希望账期与回款节奏一致。",
                "客户扩大租赁车队，计划一次订购多台设备，申请提高额度。",
            )
        ),
        "sales_last_year": Decimal(rng.randint(30, 900)) * 10000 if rng.random() < 0.7 else None,
        "effective_date": world.today + timedelta(days=rng.randint(3, 20)),
        "attachments": [world.file("近12个月对账单.pdf")] if rng.random() < 0.5 else None,
    }


def _finance_check(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "arrears_confirmed": so_far.get("arrears") or Decimal("0.00"),
        "finance_opinion": world.rng.choice(
            (
                "账面欠款与对账单一致，没有逾期，同意调整。",
                "近一年回款及时，风险可控，建议半年后复核一次。",
                "欠款均在账期内，建议要求客户补充担保后执行。",
            )
        ),
    }


STORIES: dict[str, Story] = {
    "CS-30": Story(_registration, {"customer_seal": _sealed, "supervisor_check": _duplicate_check}),
    "CS-36": Story(
        _file,
        {"papers_check": _papers_check, "missing_papers_approval": _missing_papers, "file_made": _file_made},
    ),
    "CS-38": Story(_credit_change, {"finance_check": _finance_check}),
}
