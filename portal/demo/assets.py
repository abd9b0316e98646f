"""The information assets of the made-up company."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from portal.demo import rows
from portal.lib.clock import day
from portal.models import Person

# name | kind | login of its owner | place | confidentiality | integrity | availability | customer's own
ASSETS = """
财务系统 | system | finance_supervisor | 总部机房 | high | high | medium | no
客户资料库 | information | customer_service_director | 总部机房 | high | medium | medium | no
设计图纸服务器 | equipment | rd_manager | 设计部机柜 | high | high | medium | no
办公网络及防火墙 | technology | information_centre_head | 总部机房 | medium | high | high | no
客户网站托管环境 | service | programmer | 云服务商 | medium | high | high | yes
门户系统 | system | information_centre_head | 总部机房 | medium | high | high | no
仓库手持终端 | equipment | warehouse_supervisor | 各仓库 | low | medium | medium | no
档案室纸质合同 | information | information_officer | 档案室 | high | medium | low | no
工地视频监控 | system | engineering_manager | 各工地 | medium | low | medium | no
系统运维人员 | people | information_centre_head | 信息中心 | medium | medium | high | no
"""
FEW = 3  # of the small company
REVIEWED = timedelta(days=300)  # until the assets are looked at again, one after the other


def enter(cast: dict[str, Person], now: datetime, many: int | None = None) -> None:
    """Enters the assets, or the first so many of them; those with a high mark wait to be assessed."""
    for place, line in enumerate(ASSETS.strip().splitlines()[:many]):
        name, kind, login, location, *marks, customers = (part.strip() for part in line.split("|"))
        owner = cast[login]
        values: dict[str, Any] = dict(
            zip(("confidentiality", "integrity", "availability"), marks, strict=True)
        )
        rows.add(
            "asset",
            name=name,
            sort=kind,
            owner_id=owner.id,
            department_id=owner.department.id,
            location=location,
            customer_owned=customers == "yes",
            next_review_on=day(now + REVIEWED + timedelta(days=20 * place)),
            assess="high" in marks,
            **values,
        )
