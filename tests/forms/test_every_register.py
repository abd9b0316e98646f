"""Every register, ledger and view is declared whole."""

import json

import pytest
from flask import Flask

from portal.domain.roles import DEPARTMENT
from portal.forms.catalogue import FORMS
from portal.forms.columns import SAID, Column
from portal.forms.kinds import KINDS
from portal.forms.ledgers import LEDGERS
from portal.forms.registers import REGISTERS, FormView, choices, columns

EXPECTED = (
    "warehouse_journal stock_ledger stock_list count_journal count_results entry_ledger credit_ledger "
    "customer_master customer_file_numbers customer_papers approved_suppliers external_papers "
    "improvement_actions permits complaints overdue_complaints dealers case_library documents system_issue "
    "receivables orders deliveries unit_file product_catalogue price_list sales_forecast campaigns follow_ups "
    "customer_communication nurture_list warranty warranty_work service_contracts service_income hand_in parts_ledger "
    "document_copies record_retention records_past_retention training repairs service_forms warnings customer_requests "
    "no_order kpi access assets risks security_requirements ola_requirements security_problems"
).split()


def test_what_the_procedures_ask_for_is_there() -> None:
    assert set(EXPECTED) | set(FORMS) <= set(REGISTERS)


@pytest.mark.parametrize("key", list(REGISTERS))
def test_described(context: Flask, key: str) -> None:
    told = REGISTERS[key].describe()
    assert told["key"] == key
    assert told["title"]["zh"]
    assert told["title"]["en"]
    assert told["kind"] in ("register", "ledger", "view", "master")
    assert told["department"] in DEPARTMENT
    assert told["url"].startswith("/")
    assert len({column["name"] for column in told["columns"]}) == len(told["columns"]) > 0
    json.dumps(told)


@pytest.mark.parametrize("key", [key for key, one in REGISTERS.items() if isinstance(one, FormView)])
def test_views_filter_by_answers_that_exist(context: Flask, key: str) -> None:
    register = REGISTERS[key]
    assert isinstance(register, FormView)
    for part in filter(None, register.view.query.split("&")):
        name, value = part.split("=")
        if name.startswith("f."):
            assert value in {"*", *choices(register.form.code, name[2:])}
        else:
            assert name in ("state", "overdue")


@pytest.mark.parametrize("key", list(LEDGERS))
def test_ledgers_speak_known_kinds(key: str) -> None:
    for column in LEDGERS[key].columns:
        assert column.kind in {*KINDS, "record", "stock_item_code", SAID}
        assert set(LEDGERS[key].readers) <= set(DEPARTMENT)


def test_columns_in_both_languages(context: Flask) -> None:
    assert str(columns("PU-04", "zh")[1].title) == "供应商"
    assert [one.name for one in columns("PU-04", "en")] == list(FORMS["PU-04"].columns)


@pytest.mark.parametrize(
    ("kind", "raw", "text"),
    [
        ("decimal", "1234.50", "1,234.5"),
        ("money", "12.5", "¥12.50"),
        ("date", "2026-05-12", "2026-05-12"),
        ("date", "unreadable", "unreadable"),
        ("yes_no", True, "是"),
        ("text", None, ""),
        ("text", "", ""),
        ("record", "PU-04-2026-0001", "PU-04-2026-0001"),
    ],
)
def test_cells(kind: str, raw: object, text: str) -> None:
    assert Column("x", "x", kind).text(raw, "zh") == text


def test_long_words_break_their_lines() -> None:
    short, long = {"a": "合格"}, {"a": "程序规定的定期和条件性工作的履行"}
    looks = [Column("x", "列", "choice", words).look for words in (short, long)]
    assert [*looks, Column("x", "列", "long_text").look, Column("x", "列").look] == [
        "nowrap",
        "wordy",
        "wordy",
        "",
    ]


def test_coded_values_are_worded() -> None:
    column = Column("x", "x", "choice", {"in": "入库"})
    assert (column.text("in", "zh"), column.text("other", "zh")) == ("入库", "other")


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("营业执照", "Business licence"),
        ("作业指导书 7 装箱", "Work instruction 7 装箱"),
        ("质量部、库房", "Quality, Warehouse"),
        ("信息中心2号柜", "信息中心2号柜"),
        (" 门户", " 门户"),
    ],
)
def test_words_that_the_books_keep_are_said_in_the_readers_language(kept: str, said: str) -> None:
    assert [Column("x", "x", SAID).text(kept, one) for one in ("zh", "en")] == [kept, said]
