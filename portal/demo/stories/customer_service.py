"""Stories of the customer service forms: what its people write, drawn so that each reads differently."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from portal.demo.story import Story, World
from portal.forms.customer_service.customer_file import PAPERS
from portal.forms.kinds import Ref
from portal.queries import customers

CITIES = {
    "浙江省宁波市": "0574",
    "江苏省苏州市": "0512",
    "山东省青岛市": "0532",
    "湖北省武汉市": "027",
    "四川省成都市": "028",
    "广东省佛山市": "0757",
    "河南省郑州市": "0371",
    "安徽省合肥市": "0551",
}
STREETS = ("人民路", "建设大道", "创业园三路", "临江东路", "工业一路", "科技大道")
BRANDS = ("恒远", "瑞丰", "华诚", "金桥", "东屹", "鑫海", "众合", "天工", "博信", "远大")
TRADES = {
    "company": ("重工机械有限公司", "新型建材有限公司", "路桥工程有限公司", "钢结构有限公司"),
    "dealer": ("工程机械销售有限公司", "机电设备经营部", "建材贸易有限公司"),
}
SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林"
GIVEN = ("建国", "丽华", "志强", "晓燕", "海涛", "文静", "国栋", "雪梅", "俊杰", "秀英", "立新", "佳怡")
INDUSTRIES = ("建筑施工", "混凝土生产", "市政工程", "机械租赁", "房地产开发", "仓储物流")
PRODUCTS = (
    "混凝土搅拌运输车，每年约 6 至 10 台",
    "中央空调末端设备及配套安装",
    "塔式起重机和施工升降机整机及配件",
    "钢结构厂房构件，按项目分批采购",
)
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


def _moment(world: World, minutes: int = 0) -> datetime:
    return (world.now - timedelta(minutes=minutes)).replace(second=0, microsecond=0)


def _human(world: World) -> str:
    return world.rng.choice(SURNAMES) + world.rng.choice(GIVEN)


def _mobile(world: World) -> str:
    return world.rng.choice(("138", "139", "150", "186", "177")) + f"{world.rng.randrange(10**8):08d}"


def _customer_name(world: World, kind: str, city: str) -> str:
    if kind in TRADES:
        town = city[-3:-1]
        return town + world.rng.choice(BRANDS) + world.rng.choice(BRANDS)[0] + world.rng.choice(TRADES[kind])
    return _human(world)


def _registration(world: World) -> dict[str, Any]:
    rng = world.rng
    kind = rng.choices(("company", "dealer", "owner", "individual"), (6, 2, 1, 1))[0]
    city = rng.choice(list(CITIES))
    street = f"{city}{rng.choice(STREETS)} {rng.randint(1, 980)} 号"
    business, dealer = kind in TRADES, kind == "dealer"
    code = f"91{rng.randrange(10**6):06d}MA{rng.randrange(10**8):08d}"
    return {
        "customer_name": _customer_name(world, kind, city),
        "customer_type": kind,
        "credit_code": code if business else None,
        "legal_representative": _human(world) if business else None,
        "registered_address": street,
        "contact_person": _human(world),
        "contact_phone": rng.choice((_mobile(world), f"{CITIES[city]}-8{rng.randrange(10**7):07d}")),
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


def _file(world: World) -> dict[str, Any]:
    rng = world.rng
    contract = world.record("CS-34") or world.number("CS-34")
    known = world.answers_of(contract) if contract.id else {}
    missing = rng.choice(("安全生产许可证", "土地使用证复印件", "担保书")) if rng.random() < 0.3 else ""
    done_on = world.today - timedelta(days=rng.randint(0, 3))
    guaranteed = missing != "担保书"
    papers = [_paper(world, "营业执照", years=None)]
    if missing != "安全生产许可证":
        papers.append(_paper(world, "安全生产许可证", years=3))
    if guaranteed:
        papers.append(_paper(world, "担保书", years=2))
    return {
        "customer": known.get("customer") or world.one("customer"),
        "contract": contract,
        "contract_accepted_on": world.today - timedelta(days=rng.randint(0, 2)),
        "customer_kind": "existing_customer" if rng.random() < 0.2 else "new_customer",
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
        "guarantor": _human(world) if guaranteed else None,
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


def _complaint(world: World) -> dict[str, Any]:
    rng = world.rng
    title, content, demand, _cause = rng.choice(COMPLAINTS)
    relayed = rng.random() < 0.5
    unrelayed = rng.choice(("customer_service_officer", "customer_service_officer", "foreman"))
    received_at = _moment(world, rng.randint(10, 40))
    equipment = rng.random() < 0.6
    return {
        "complainant": _human(world),
        "complainant_phone": _mobile(world),
        "customer": world.one("customer") if rng.random() < 0.8 else None,
        "intake_point": rng.choice(("service_centre", "owner_service_desk", "marketing", "call_centre")),
        "channel": rng.choices(
            ("telephone", "visit", "letter", "e_mail", "website", "wechat", "dealer", "other"),
            (8, 3, 1, 2, 2, 4, 2, 1),
        )[0],
        "received_at": received_at,
        "first_received_by": world.person("salesperson" if relayed else unrelayed),
        "relay_note": world.number("CS-50") if relayed else None,
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
        "called_back_at": max(_moment(world, 2), so_far["received_at"]),
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
        "replied_at": None if valid else max(_moment(world), so_far["received_at"]),
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
        "solve_by": _moment(world) + timedelta(days=rng.randint(2, 6)),
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
        "result_told_at": max(_moment(world), so_far["received_at"]),
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


STORIES: dict[str, Story] = {
    "CS-30": Story(_registration, {"customer_seal": _sealed, "supervisor_check": _duplicate_check}),
    "CS-36": Story(
        _file,
        {"papers_check": _papers_check, "missing_papers_approval": _missing_papers, "file_made": _file_made},
    ),
    "CS-38": Story(_credit_change, {"finance_check": _finance_check}),
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
