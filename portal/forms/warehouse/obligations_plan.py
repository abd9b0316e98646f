"""Obligations of the stock plan: its stock-takes and its looks for scrap."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from portal.domain.obligations import Case, Look, Number, Obligation
from portal.domain.permissions import person_key, role_key
from portal.forms.kinds import Ref
from portal.lib.i18n import _l
from portal.lib.text import place_codes
from portal.queries import places, rights, stock_plans
from portal.queries.stock_plans import Arranged

KEEPERS, SUPERVISOR = (role_key("warehouse_keeper"),), (role_key("warehouse_supervisor"),)
LONG = timedelta(days=180)  # after its day a case that nobody took up is history
DAYS = _l("天")
PLANNED = "库存计划的盘点范围：%s"


def stocktakes(look: Look) -> Iterator[Case]:
    """What a plan has arranged is counted on its day."""
    for one, kept in _followed(look, "count_dates", "WH-06", "count_date", _same_count):
        yield Case(
            f"{one.plan_id}:{one.place}:{one.on}",
            KEEPERS,
            look.at(one.on),
            f"{one.on} {one.row['scope']}",
            {
                "count_kind": one.row["kind"],
                "count_date": one.on,
                **_scope(one.row["scope"]),
                "team": one.row["team"],
                "stock_plan": Ref(one.plan_id, one.plan),
            },
            record=one.plan_id,
            kept=kept,
        )


def _scope(planned: str) -> dict[str, Any]:
    """The places that a scope names by their codes; one that is told in other words is left to the keeper."""
    codes = place_codes(planned)
    known = places.in_use(set(codes))
    if known:
        return {"places": "、".join(code for code in codes if code in known)}
    return {"remark": PLANNED % planned}


def scrap_checks(look: Look) -> Iterator[Case]:
    """R60: on the days of a plan somebody looks for damaged goods and lists them, or that there are none."""
    keepers = {person.id for person in rights.holders("warehouse_keeper", look.today)}
    for one, kept in _followed(look, "scrap_check_dates", "WH-17", "list_date", lambda row, done: True):
        owner = one.row["owner"]["id"]
        yield Case(
            f"{one.plan_id}:{one.place}:{one.on}",
            (person_key(owner),) if owner in keepers else KEEPERS,
            look.at(one.on),
            f"{one.on} {one.row['scope']}",
            {"stock_plan": Ref(one.plan_id, one.plan), "list_date": one.on},
            record=one.plan_id,
            kept=kept,
        )


def _followed(
    look: Look, table: str, code: str, field: str, fits: Callable[[dict[str, Any], dict[str, Any]], bool]
) -> Iterator[tuple[Arranged, bool]]:
    """The days of a table that are near or past, each with whether a record of the form has answered it.

    A record answers one day: the earliest of those open to it. It may come some days early, and as late as it likes.
    """
    window = timedelta(days=look.numbers["before"])
    by_plan: dict[int, list[Arranged]] = {}
    for one in stock_plans.arranged(table, look.today - LONG):
        by_plan.setdefault(one.plan_id, []).append(one)
    for plan, rows in by_plan.items():
        found = sorted(stock_plans.done(code, field, plan), key=lambda each: each[0])
        for one in sorted(rows, key=lambda each: (each.on, each.place)):
            answer = next(
                (each for each in found if each[0] >= one.on - window and fits(one.row, each[1])), None
            )
            if answer is not None:
                found.remove(answer)
            if look.since <= one.on <= look.today + window and one.on >= look.today - LONG:
                yield one, answer is not None


def _same_count(row: dict[str, Any], done: dict[str, Any]) -> bool:
    """Whether the stock-take is one of the kind arranged; a full one is a spot check too."""
    return done.get("count_kind") in (row["kind"], "yearly_full")


OBLIGATIONS = (
    Obligation(
        "O60",
        "R60",
        "warehouse",
        _l("按库存计划检查并编制报损清单"),
        _l("已会签的库存计划中的报损检查日期"),
        _l("计划中的负责人（库管员）"),
        _l("计划的检查日期"),
        _l("报损清单已提交，或已提交“未查出须报损的货品”的检查记录"),
        "WH-17",
        _l("告知仓库主管"),
        SUPERVISOR,
        (Number("before", _l("提前提醒"), 3, DAYS, low=0, high=30),),
        cases=scrap_checks,
        clause="PU-P-01#write-off",
    ),
    Obligation(
        "OS-12",
        "",
        "warehouse",
        _l("按库存计划盘点"),
        _l("已会签的库存计划中的盘点日期"),
        _l("库管员"),
        _l("计划的盘点日期"),
        _l("盘存报表已提交"),
        "WH-06",
        _l("告知仓库主管"),
        SUPERVISOR,
        (Number("before", _l("提前提醒"), 3, DAYS, low=0, high=30),),
        cases=stocktakes,
        clause="WH-S-01#arranged",
    ),
)
