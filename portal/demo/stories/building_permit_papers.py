"""What the stories of the building permits share: units, buildings, materials, papers of authorities."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from portal.demo.stories.design import materials_check, sealing, submission
from portal.demo.story import World
from portal.forms.kinds import Ref

STEPS = {"materials_check": materials_check, "seal": sealing, "submission": submission}
UNITS = {
    "construction_unit": ("恒远置业有限公司", "恒远建设发展有限公司", "恒远城市开发有限公司"),
    "design_unit": ("中衡建筑设计研究院", "东华工程设计有限公司", "天元城市规划设计院"),
    "location": ("科技大道以东、纬五路以北", "滨河路与中兴街交叉口西南角", "老城片区改造B-07地块"),
}
USES = ("住宅", "住宅", "住宅", "商业", "配套用房")


def of_project(world: World, project: Ref, *names: str) -> dict[str, Any]:
    """The project, with what its facts say under these names, or what they might."""
    facts = world.project_facts(project)
    told = {name: facts.get(name) or world.rng.choice(UNITS[name]) for name in names}
    return {"project": project, **told}


def areas(rng: Random, count: int) -> list[dict[str, Any]]:
    """Some buildings."""
    storeys = [rng.randint(3, 18) for _building in range(count)]
    return [
        {
            "building": f"{place}号楼",
            "storeys": high,
            "height": Decimal(high * 29 + 15) / 10,
            "area": Decimal(high * rng.randint(4200, 9600)) / 10,
            "use": rng.choice(USES),
        }
        for place, high in enumerate(storeys, 1)
    ]


def drawings(rng: Random, names: Sequence[str], prefix: str) -> list[dict[str, Any]]:
    """The first few of these drawings."""
    wanted = names[: rng.randint(3, len(names))]
    return [
        {"no": f"{prefix}-{place:02d}", "name": name, "version": "A"} for place, name in enumerate(wanted, 1)
    ]


def ready(world: World, *rows: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Rows of materials: item, record, then its number of copies and whether it is ready, if these matter."""
    found = []
    for item, link, *more in rows:
        copies = (more[0] if more else None) or world.rng.choice((1, 2, 3))
        there = more[1] if len(more) > 1 else True
        found.append(
            {
                "item": item,
                "copies": copies if there else None,
                "seals": world.rng.choice(("公章", None)) if there else None,
                "ready": there,
                "paper": link if there else None,
                "file": [],
                "remark": None if there else world.rng.choice(("审批机关未要求", "不需要", "取得后补交")),
            }
        )
    return found


def paper(world: World, prefix: str, sign: str, issuer: str, scan: str, *, days: int = 0) -> dict[str, Any]:
    """An external paper issued so many days ago, without an end."""
    issued = world.today - timedelta(days=days)
    return {
        f"{prefix}_no": f"{sign}〔{issued.year}〕{world.rng.randint(10, 2400)}号",
        f"{prefix}_issuer": issuer,
        f"{prefix}_issue_date": issued,
        f"{prefix}_expiry_date": None,
        f"{prefix}_scan": [world.file(scan)],
    }


def result(world: World, prefix: str, sign: str, issuer: str, scan: str) -> dict[str, Any]:
    """The authority grants what was asked for."""
    return {"decision": "granted", **paper(world, prefix, sign, issuer, scan)}
