"""What the made-up company changes in its documents: the sentence, what stands there afterwards, and why."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from portal.demo import small_work
from portal.lib.clauses import Clause, clauses

SHORTEST = 18  # characters of a sentence to which something may be added


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence of a clause, what replaces it, the reason, and how far it goes."""

    old: str
    new: str
    reason: str
    size: str = "minor"


@dataclass(frozen=True, slots=True)
class Found:
    """A change that fits a text, with the clause in which it does."""

    change: Change
    clause: str


APPEARANCE = Change(
    "上岗前互检，客服主管每天抽查。",
    "上岗前互检，客服主管每周至少抽查两次，结果在班前会上说明。",
    "每天抽查占用接待时间，问题又集中在换季的几周",
)
OCCASIONS = Change(
    "库管员交接、发现帐物不符或发生事故时，另行安排盘点。",
    "库管员交接、库位调整、发现帐物不符或发生事故时，另行安排盘点；交接时的盘点由仓库主管到场。",
    "上季度库位调整后有三处帐物不符，交接时没有查出",
)
WITNESS = Change(
    "- 年度全盘请财务人员到场监盘。",
    "- 年度全盘和贵重物品的季度盘点，请财务人员到场监盘；财务人员在盘存报表的说明中写明看过的库位。",
    "财务部要求贵重物品每季度监盘一次，职责随之变动",
    "major",
)
WASTE = Change(
    "垃圾当天装袋，放在指定地点，按物业规定的时间清运。",
    "垃圾当天分类装袋，木料、金属和纸箱单独存放，放在指定地点，按物业规定的时间清运。",
    "多个小区的物业已按分类收运，混装的拒收",
)
EVIDENCE = Change(
    "有凭证、照片的一并附上。",
    "有凭证、照片、通话录音的一并附上；电话里接到的，写明通话的起止时间。",
    "调查时常常说不清当时的原话，责任难以判断",
    "major",
)
RECORDED = Change(
    "信息管理人员随时记录和收集出现的信息。",
    "信息管理人员随时记录和收集出现的信息，每周五把本周没有归类的整理一遍。",
    "年底集中整理时，不少信息已说不清来源",
)
WRITTEN = (
    APPEARANCE,
    OCCASIONS,
    WITNESS,
    WASTE,
    EVIDENCE,
    RECORDED,
    Change(
        "进场人员佩戴出入证，衣着整齐，不赤膊、不穿拖鞋。",
        "进场人员佩戴出入证和安全帽，衣着整齐，不赤膊、不穿拖鞋、不戴首饰操作机具。",
        "巡查中发现有人戴手链使用切割机",
    ),
    Change(
        "客户资料只用于为客户服务和本公司经营，不得抄出、转让。",
        "客户资料只用于为客户服务和本公司经营，不得抄出、转让，也不得转发到个人的聊天群和网盘。",
        "信息安全检查发现有人用聊天群传客户名单",
    ),
    Change(
        "内容真实、完整，数字带单位。没有的项目写明“无”。",
        "内容真实、完整，数字带单位。没有的项目写明“无”，不留空，也不用斜线代替。",
        "抽查记录时分不清是漏填还是没有",
    ),
)
"""Each fits one document, as long as its sentence stands there."""
TOLD = ("CS-P-04", "CS-P-06", "EN-S-01", "IC-P-01", "WH-S-01", small_work.NUMBER)
"""The documents whose year is told in full, see `portal.demo.editions`; nothing is left to chance with them."""
ADDED = (
    Change("", "执行情况由归口部门每半年抽查一次。", "管理评审要求文件的执行有人查看"),
    Change("", "新到岗的人员上岗前先学习本条。", "新员工反映不知道有这条规定"),
    Change("", "做不到的，当天向归口部门说明，并记在相关记录的备注中。", "做不到时各自变通，没有留下说明"),
)
"""What may be added to any document, behind a sentence of it."""


def fitting(text: str, rng: Random) -> Found | None:
    """A change that this text can bear; None if there is nothing left to change in it."""
    every = clauses(text)
    for change in WRITTEN:
        if found := within(every, change):
            return found
    added = [one for one in ADDED if one.new not in text]
    places = [(clause, line) for clause in every for line in clause.text.split("\n") if _is_plain(line)]
    if not added or not places:
        return None
    one, (clause, line) = rng.choice(added), rng.choice(places)
    return Found(Change(line, f"{line}{one.new}", one.reason), _named(clause))


def within(found: list[Clause], change: Change) -> Found | None:
    """The change with the clause that has its sentence; None if none has."""
    return next((Found(change, _named(one)) for one in found if change.old in one.text), None)


def _named(clause: Clause) -> str:
    return f"{clause.number} {clause.title}"


def _is_plain(line: str) -> bool:
    """Whether a line is a sentence of its own, which no link or list is part of."""
    whole = len(line) >= SHORTEST and line.endswith("。")
    return whole and "一" <= line[0] <= "鿿" and not set("[]*`|") & set(line)
