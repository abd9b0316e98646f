"""RD-12, RD-13, RD-14, RD-15 and RD-23: what each of them computes and refuses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from portal.forms.catalogue import FORMS
from tests.forms.customer_service.shop import LIFT, TODAY, days, wrong, wrong_in
from tests.forms.engineering.development import Development
from tests.forms.projects import begun

RD, PRODUCTION = "rd_engineer", "production_engineer"


def test_painting_data_say_paint_or_print(work: Development) -> None:
    bare = work.painting(paint_lines=[])
    assert wrong(work.sheet("RD-12", RD, **bare)) == {"paint_lines"}
    one = {"position": "正面", "plate": "GB-1", "ink": "PAD", "colour": "黑", "order": 1}
    assert wrong(work.sheet("RD-12", RD, **{**bare, "printing_lines": [one]})) == set()
    twice = work.sheet("RD-12", RD, **{**bare, "printing_lines": [one, one]})
    assert wrong_in(twice, "printing_lines", 1) == {"order"}


def capacity(work: Development, **changed: Any) -> Any:
    return work.sheet("RD-13", RD, **work.moulds(**changed))


def test_the_capacity_of_moulds_is_counted(work: Development) -> None:
    found = capacity(work)
    assert wrong(found) == set()
    assert [line.per_shift.data for line in found.moulds.rows] == [720, 1440]
    assert (found.bottleneck.data, found.capacity_enough.data) == ("M-01", True)
    assert capacity(work, shifts=2, daily_demand=1440).capacity_enough.data is True


def test_what_is_not_enough_needs_a_measure(work: Development) -> None:
    assert wrong(capacity(work, daily_demand=721)) == {"measure"}
    found = capacity(work, daily_demand=721, measure="加开一套模具")
    assert wrong(found) == set()
    assert found.capacity_enough.data is False


def test_moulds_of_one_part_add_up_and_its_use_counts(work: Development) -> None:
    moulds = work.moulds()["moulds"]
    second = {**moulds[0], "mould_no": "M-03"}
    found = capacity(work, moulds=[*moulds, second])
    assert (found.bottleneck.data, found.capacity_enough.data) == ("M-01、M-03", True)
    found = capacity(work, moulds=[moulds[0], {**moulds[1], "usage": 4}])
    assert (found.bottleneck.data, found.capacity_enough.data) == ("M-02", False)


def test_a_part_left_over_of_one_shift_is_used_in_the_next(work: Development) -> None:
    slow = {**work.moulds()["moulds"][0], "cavities": 1, "cycle": Decimal(3600), "usage": 2}
    hours = {"shift_hours": Decimal(5), "shifts": 2}
    found = capacity(work, moulds=[slow], daily_demand=5, **hours)
    assert found.moulds.rows[0].per_shift.data == 5
    assert found.capacity_enough.data is True, "ten parts a day are five products"
    assert capacity(work, moulds=[slow], daily_demand=6, **hours).capacity_enough.data is False


def test_a_mould_stands_once_and_a_day_has_24_hours(work: Development) -> None:
    moulds = work.moulds()["moulds"]
    assert wrong_in(capacity(work, moulds=[*moulds, moulds[0]]), "moulds", 2) == {"mould_no"}
    assert wrong(capacity(work, shift_hours=Decimal(13), shifts=2)) == {"shifts"}


def test_the_slowest_station_is_the_bottleneck(work: Development) -> None:
    found = work.sheet("RD-14", PRODUCTION, **work.flow(38, 45, 30, bottleneck="9 别的", line_output=1))
    assert wrong(found) == set()
    assert (found.bottleneck.data, found.line_output.data) == ("2 合壳", 80)


def test_stations_count_on(work: Development) -> None:
    answers = work.flow()
    answers["stations"][1]["no"] = 1
    assert wrong_in(work.sheet("RD-14", PRODUCTION, **answers), "stations", 1) == {"no"}
    assert wrong(work.sheet("RD-14", PRODUCTION, **work.flow(line_people=0))) == {"line_people"}


def test_stations_without_an_instruction_are_told(work: Development) -> None:
    flow = work.archived("RD-14", work.flow())
    (asked,) = work.asked(flow)
    assert asked.title["zh"] == "编制工位作业指导书（RD-15）：1 装电机、2 合壳"
    assert asked.holders[0].key == "role:production_engineer"
    work.archived("RD-15", work.instruction(flow))
    again = work.archived("RD-14", work.flow(38, 45, 30))
    assert {one.title["zh"] for one in work.asked(again)} == {"编制工位作业指导书（RD-15）：2 合壳、3 测试"}


def test_an_instruction_is_for_a_station_of_the_flow(work: Development) -> None:
    flow = work.archived("RD-14", work.flow())
    for typed in ("1", "装电机", "1 装电机"):
        found = work.sheet("RD-15", PRODUCTION, **work.instruction(flow, station=typed))
        assert wrong(found) == set()
        assert (found.station.data, found.standard_seconds.data) == ("1 装电机", Decimal(38))
    unknown = work.sheet("RD-15", PRODUCTION, **work.instruction(flow, station="7"))
    assert unknown.station.errors == ["流程图中没有这个工位；有：1 装电机、2 合壳"]


def test_an_instruction_follows_the_flow_in_force_of_its_product(work: Development) -> None:
    waiting = work.submit("RD-14", PRODUCTION, **work.flow())
    assert wrong(work.sheet("RD-15", PRODUCTION, **work.instruction(waiting))) == {"assembly_flow"}
    flow = work.file(waiting)
    other = work.instruction(flow, product=begun("product", "output_documents"))
    assert wrong(work.sheet("RD-15", PRODUCTION, **other)) == {"assembly_flow"}
    work.archived("RD-14", work.flow(38, 44))
    assert wrong(work.sheet("RD-15", PRODUCTION, **work.instruction(flow))) == {"assembly_flow"}


def test_each_station_has_versions_of_its_own(work: Development) -> None:
    flow = work.archived("RD-14", work.flow())
    work.archived("RD-15", work.instruction(flow))
    second = work.sheet("RD-15", PRODUCTION, **work.instruction(flow))
    assert (second.version.data, second.old_version.data) == ("1.1", "1.0")
    other = work.sheet("RD-15", PRODUCTION, **work.instruction(flow, station="2"))
    assert (other.version.data, other.old_version.data) == ("1.0", None)


def test_steps_count_on(work: Development) -> None:
    flow = work.archived("RD-14", work.flow())
    steps = [{"no": 2, "step": "取料", "point": None}, {"no": 1, "step": "放入", "point": None}]
    found = work.sheet("RD-15", PRODUCTION, **work.instruction(flow, steps=steps))
    assert wrong_in(found, "steps", 1) == {"no"}


def test_a_characteristic_stands_once(work: Development) -> None:
    lines = work.criteria()["characteristics"]
    twice = work.sheet("RD-23", RD, **work.criteria(characteristics=[*lines, lines[0]]))
    assert wrong_in(twice, "characteristics", 2) == {"item"}
    assert wrong(work.sheet("RD-23", RD, **work.criteria(characteristics=[]))) == {"characteristics"}


def test_characteristics_are_what_is_measured(work: Development) -> None:
    product = work.product(LIFT)
    named = work.ref(product)
    begun_empty = {"product": named, "shift_date": TODAY}
    bare = FORMS["QA-03"](
        answers=begun_empty, context={"@now": work.now}, person=work.actor("quality_inspector")
    )
    bare.compute()
    assert bare.measurements.data == []
    work.archived("RD-23", work.criteria(catalogue_product=named))
    page: Any = FORMS["QA-03"](
        answers=begun_empty, context={"@now": work.now}, person=work.actor("quality_inspector")
    )
    page.compute()
    assert [(line["item"], line["limit"]) for line in page.measurements.data] == [
        ("绝缘电阻", "不小于 7MΩ"),
        ("噪声", "不大于 70dB"),
    ]
    own = [{"item": "温升", "limit": "60K", "reading": "50K", "pass": True}]
    page = FORMS["QA-03"](answers={**begun_empty, "measurements": own}, context={"@now": work.now})
    page.compute()
    assert page.measurements.data == own


def test_characteristics_are_the_standard_of_deliveries(work: Development) -> None:
    product = work.product(LIFT)
    assert product.item_id
    work.archived("RD-23", work.criteria(catalogue_product=work.ref(product)))
    item = work.ref(work.item(product.item_id))
    lines = [{"item": item, "standard": None}, {"item": item, "standard": "图纸"}]
    sheet: Any = FORMS["PU-06"](answers={"lines": lines}, context={"@now": work.now})
    sheet.compute()
    assert [line.standard.data for line in sheet.lines.rows] == [
        "绝缘电阻：不小于 7MΩ；噪声：不大于 70dB",
        "图纸",
    ]


def test_a_product_of_the_catalogue_has_one_paper(work: Development) -> None:
    named = work.ref(work.product(LIFT))
    work.archived("RD-23", work.criteria(catalogue_product=named))
    assert wrong(work.sheet("RD-23", RD, **work.criteria(catalogue_product=named))) == set()
    elsewhere = work.criteria(product=begun("product", "output_documents"), catalogue_product=named)
    assert wrong(work.sheet("RD-23", RD, **elsewhere)) == {"catalogue_product"}


def test_what_is_to_come_is_not_measured_yet(work: Development) -> None:
    named = work.ref(work.product(LIFT))
    work.archived("RD-23", work.criteria(catalogue_product=named, effective_on=days(30_000)))
    page: Any = FORMS["QA-03"](answers={"product": named}, context={"@now": work.now})
    page.compute()
    assert page.measurements.data == []
