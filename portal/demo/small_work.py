"""A small work document of the made-up company's warehouse, written when the year begins and withdrawn later."""

from __future__ import annotations

NUMBER = "WH-W-12"
TEXT = """# 目的 {#purpose}

使库位看板与库存清单一致，找货的人一眼看到货在哪里。

# 适用范围 {#scope}

适用于总库和书店仓库挂在货架端头的库位看板。

# 看板的内容 {#content}

| 栏目 | 填写什么 |
|---|---|
| 库位 | 库位编号，与库存清单相同 |
| 存放 | 库存品名称，最多写六种 |
| 更新 | 最近一次核对的日期和核对人 |

# 更新 {#updating}

1. 入库、移库后当班更新，由经手的库管员签名。
2. 每周一由当班库管员沿货架走一遍，与库存清单核对，不符的当场改正。
3. 看板损坏、字迹不清的，当天换新。

# 记录 {#records}

看板换下后由仓库主管保存一个月。

# 修订记录 {#history}

{{history}}"""
VALUES = {
    "name": "库位看板维护作业指导书",
    "name_en": "Keeping the rack boards",
    "kind": "work_document",
    "summary_en": "How the boards at the ends of the racks are kept in line with the stock list.",
    "text": TEXT,
    "change": "首次编制",
    "reading": "acknowledge",
    "review_months": 12,
}
WITHDRAWN = "货架已换成电子标签，由门户的库存清单直接显示，不再手写看板"
