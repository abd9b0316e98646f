"""The field types: what people type is understood, or refused with a sentence; nothing is dropped unsaid."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from portal.forms.base import Sheet
from portal.forms.fields import (
    Choice,
    Day,
    Email,
    Integer,
    Moment,
    Money,
    Number,
    PairedRows,
    Phone,
    Rows,
    Score,
    Text,
    TimeOfDay,
    YesNo,
)
from portal.forms.kinds import Ref, show
from portal.forms.references import Photos
from portal.web import rows

pytestmark = pytest.mark.usefixtures("app_context")


class Line(Sheet):
    """A row."""

    item = Text("物品")


class Everything(Sheet):
    """One field of each kind that reads what people type."""

    day = Day("日期", required=False)
    moment = Moment("时刻", required=False)
    clock = TimeOfDay("时间", required=False)
    pieces = Integer("件数", required=False)
    weight = Number("重量", required=False)
    price = Money("单价", required=False)
    points = Score("得分", maximum=25, required=False)
    phone = Phone("电话", required=False)
    email = Email("邮箱", required=False)
    cause = Choice("原因", {"natural": "自然原因", "handling": "搬运"}, required=False)
    usable = YesNo("可用", required=False)
    lines = Rows("明细", Line, required=False, most=3)


class Parcel(Sheet):
    """A row that may hold what cannot be read."""

    pieces = Integer("件数", required=False)
    on = Day("日期", required=False)


class Sending(Sheet):
    """A sheet that may do without rows."""

    parcels = Rows("包裹", Parcel, required=False)


def answered(name: str, text: str) -> Any:
    """The field after somebody typed this."""
    form = Everything(MultiDict([(name, text)]))
    form.validate()
    return form[name]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("day", "2026年5月12日", date(2026, 5, 12)),
        ("day", "２０２６／５／１２", date(2026, 5, 12)),
        ("moment", "2026/5/12 9:05", datetime(2026, 5, 12, 1, 5, tzinfo=UTC)),
        ("moment", "2026年5月12日 １４：３０", datetime(2026, 5, 12, 6, 30, tzinfo=UTC)),
        ("moment", "2026-05-12T14:30:59", datetime(2026, 5, 12, 6, 30, tzinfo=UTC)),
        ("clock", "9：05", time(9, 5)),
        ("pieces", "１，２００", 1200),
        ("weight", "1,234.5", Decimal("1234.5")),
        ("price", "￥１，２３４．５０", Decimal("1234.50")),
        ("phone", "（０１０）６５５４－１２３４转８００１", "(010)6554-1234转8001"),
        ("email", "张三＠公司.cn", "张三@公司.cn"),
        ("cause", "搬运", "handling"),
        ("usable", "否", False),
    ],
)
def test_what_people_type_is_understood(name: str, text: str, expected: Any) -> None:
    field = answered(name, text)
    assert field.errors == []
    assert field.data == expected


@pytest.mark.proves("R23")
@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("day", "2026-02-30", "请填写正确的日期"),
        ("day", "1026-05-12", "年份应在"),
        ("moment", "2026-05-12", "请填写正确的日期和时间"),
        ("moment", "2026-05-12T25:00", "请填写正确的日期和时间"),
        ("moment", "0026-05-12T05:00", "年份应在"),
        ("clock", "下午三点", "请填写正确的时间"),
        ("pieces", "1.5", "请填写整数"),
        ("pieces", "9" * 13, "数字太大"),
        ("weight", "1e5", "请填写数字，小数不超过 3 位"),
        ("weight", "1.2345", "请填写数字，小数不超过 3 位"),
        ("price", "-0.01", "不能小于 0"),
        ("price", "999999999999.99", "不能大于 999,999,999,999"),
        ("points", "25.1", "应在 0 至 25 之间"),
        ("phone", "12345x", "请填写正确的电话号码"),
        ("phone", "1234", "请填写正确的电话号码"),
        ("email", "a@b..cn", "请填写正确的邮箱地址"),
        ("email", "<a@b.cn>", "请填写正确的邮箱地址"),
        ("email", f"a@{'b' * 300}.cn", "请填写正确的邮箱地址"),
        ("cause", "天灾", "请从列表中选择"),
        ("usable", "也许", "请选择是或否"),
    ],
)
def test_the_rest_is_refused_with_a_sentence(name: str, text: str, sentence: str) -> None:
    field = answered(name, text)
    assert len(field.errors) == 1
    assert sentence in field.errors[0]


def test_rows_that_do_not_fit_are_refused_not_dropped() -> None:
    posted = MultiDict([(f"lines-{index}-item", f"物品{index}") for index in range(5)])
    form: Any = Everything(posted)
    assert not form.validate()
    assert "最多 3 行，还有 2 行" in form.lines.errors[0]


@pytest.mark.parametrize(
    ("name", "text"), [("pieces", "x"), ("pieces", "1.5"), ("on", "2026-02-30"), ("on", "9999-12-31")]
)
def test_a_row_in_which_something_cannot_be_read_is_not_empty(name: str, text: str) -> None:
    form: Any = Sending(MultiDict([(f"parcels-0-{name}", text)]))
    assert not form.validate()
    (row,) = form.parcels.rows
    assert row[name].errors
    assert row[name].data is None, "what is refused is reckoned with nowhere"
    assert row[name]._value() == text
    assert Sending(MultiDict([("parcels-0-pieces", "")])).validate(), "an empty one is"


@pytest.mark.parametrize("index", ["²", "9" * 5000, "-1", "x"])
def test_a_made_up_row_number_is_no_row(index: str) -> None:
    form: Any = Everything(MultiDict([(f"lines-{index}-item", "物品")]))
    assert form.validate()
    assert form.lines.data == []


@pytest.mark.parametrize(
    ("name", "number", "shown"),
    [("weight", "40.500", "40.5"), ("weight", "1200.000", "1200"), ("weight", "1200", "1200"), ("price", "2.50", "2.50")],
)  # fmt: skip
def test_a_number_is_offered_without_needless_zeros(name: str, number: str, shown: str) -> None:
    assert Everything(answers={name: Decimal(number)})[name]._value() == shown


class Total(Sheet):
    """A row that the portal fills in whole."""

    item = Text("物品", computed=True)


class Summed(Sheet):
    """A sheet with a computed table."""

    totals = Rows("合计", Total, computed=True)

    def compute(self) -> None:
        """Two rows."""
        self.totals.fill([{"item": "螺栓"}, {"item": "钢管"}])


def test_a_computed_table_holds_what_was_computed_and_nothing_else() -> None:
    form = Summed(MultiDict([("totals-0-item", "黄金"), ("totals-5-item", "白银")]))
    for _again in range(2):
        assert form.validate()
        assert form.dump() == {"totals": [{"item": "螺栓"}, {"item": "钢管"}]}
    assert [row.item.name for row in form.totals.rows] == ["totals-0-item", "totals-1-item"]


def test_a_department_is_shown_in_the_readers_language() -> None:
    field = {"name": "department", "type": "department"}
    assert [show(field, Ref(3, "设计部"), spoken) for spoken in ("zh", "en")] == ["设计部", "Design"]
    assert show(field, Ref(9, "新设的部门"), "en") == "新设的部门"


class Answered(Sheet):
    """An answer to one question."""

    question = Text("问题", computed=True)
    answer_ = Text("答复")


class Answers(Sheet):
    """An answer to each question given elsewhere."""

    replies = PairedRows("答复", Answered)

    def compute(self) -> None:
        self.replies.pair({"question": one} for one in self.context["questions"])


def replies(*questions: str, typed: dict[str, str] | None = None, before: Any = None) -> Answers:
    """The sheet as typed, or as answered before, when these questions are asked."""
    form = Answers(
        MultiDict(typed) if typed else None,
        answers={"replies": before} if before else None,
        context={"questions": questions},
    )
    form.validate()
    return form


def said(form: Answers) -> list[tuple[str, str | None]]:
    return [(row.question.data, row["answer_"].data) for row in form.replies.rows]


def test_each_row_answers_the_question_in_its_place() -> None:
    form = replies("一", "二", typed={"replies-0-answer": "甲", "replies-1-answer": "乙"})
    assert not form.errors
    assert said(form) == [("一", "甲"), ("二", "乙")]
    assert form.dump() == {
        "replies": [{"question": "一", "answer": "甲"}, {"question": "二", "answer": "乙"}]
    }


def test_a_question_without_an_answer_keeps_its_row() -> None:
    form = replies("一", "二", typed={"replies-0-answer": "", "replies-1-answer": "乙"})
    assert said(form) == [("一", ""), ("二", "乙")]
    assert set(form.replies.rows[0].errors) == {"answer_"}
    assert not form.replies.rows[1].errors


def test_what_somebody_makes_up_is_no_row() -> None:
    typed = {"replies-0-answer": "甲", "replies-0-question": "二", "replies-7-answer": "乙"}
    assert said(replies("一", typed=typed)) == [("一", "甲")]


def test_answers_follow_their_questions_when_those_have_changed() -> None:
    before = [{"question": "一", "answer": "甲"}, {"question": "二", "answer": "乙"}]
    assert said(replies("二", "三", before=before)) == [("二", "乙"), ("三", None)]
    assert replies("二", "一", before=before).replies.most == 2


def test_rows_of_a_pair_cannot_be_added_or_taken_away() -> None:
    form = replies("一", "二", typed={"replies-0-answer": "甲", "replies-1-answer": "乙"})
    for op in ("add:replies", "remove:replies:0", "down:replies:0", "insert:replies:1"):
        rows.carry_out(form, op)
        assert said(form) == [("一", "甲"), ("二", "乙")], op


@pytest.mark.parametrize(
    ("label", "computed", "column"),
    [
        ("合格", False, "c-choice"),
        ("客户满意度", False, "c-choice c-wide"),
        ("Complaints handled to satisfaction", False, "c-choice c-widest"),
        ("Complaints handled to satisfaction", True, "c-choice c-told"),
    ],
)
def test_a_column_of_choices_is_as_wide_as_its_longest_word(label: str, computed: bool, column: str) -> None:
    class Row(Sheet):
        verdict = Choice("结论", {"one": "好", "two": label}, computed=computed)

    assert Row().verdict.column == column


@pytest.mark.proves("S24")
@pytest.mark.parametrize("typed", ["nope", "1", "\u3164", "natural\u200b", "NATURAL", "__class__"])
def test_what_is_not_in_a_list_is_no_answer_to_compute_with(typed: str) -> None:
    sheet = Everything(MultiDict({"cause": typed}))
    assert sheet.cause.data is None
    assert not sheet.validate()
    assert sheet.cause.errors == ["请从列表中选择"]


class Shown(Sheet):
    """A sheet with pictures."""

    photos = Photos("照片")


@pytest.mark.proves("S35")
@pytest.mark.parametrize(
    ("type", "good"), [("image/png", True), ("image/vnd.dwg", False), ("image/svg+xml", False)]
)
def test_a_photo_is_a_picture_that_pages_and_prints_can_show(type: str, good: bool) -> None:
    sheet = Shown(answers={"photos": [{"id": 1, "name": "a", "type": type, "size": 1}]})
    assert sheet.validate() is good


class Reckoned(Sheet):
    """A moment that is typed, and one that follows."""

    typed = Moment("接到时间", required=False)
    due = Moment("期限", computed=True)


def test_a_moment_is_written_for_people_where_no_input_of_the_browser_shows_it() -> None:
    at = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
    form = Reckoned()
    form.typed.data, form.due.data = at, at
    assert form.due._value() == "2026-05-12 14:30"
    assert form.typed._value() == "2026-05-12T14:30"
