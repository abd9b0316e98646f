"""The pages of bills of materials: who reads them, the tree with its totals, where a part is used, versions, import."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.definition import fields
from portal.forms.kinds import Ref, load
from portal.models import Draft, Project
from portal.queries import goods
from portal.services import bom_sheets
from tests.forms.customer_service.shop import TODAY
from tests.forms.engineering.development import Development, row
from tests.forms.projects import begun

LIST, IMPORT, USED = "/engineering/bom", "/engineering/bom/import", "/engineering/bom/where-used"
HEADS = ("层级", "料号", "名称", "库存品", "材料", "用量", "单位", "供应商")
SignIn = Callable[[FlaskClient, str], FlaskClient]


@pytest.fixture
def work(context: Flask) -> Development:
    """The small company's development of a product."""
    return Development()


@pytest.fixture
def look(app: Flask, sign_in: SignIn) -> Callable[..., str]:
    """What somebody sees at an address, without marks."""

    def page(path: str, login: str = "buyer", status: int = 200) -> str:
        db.session.commit()
        answer = sign_in(app.test_client(), login).get(path)
        assert answer.status_code == status, path
        return text_of(answer.text)

    return page


def text_of(page: str) -> str:
    main = html.unescape(page).split("<main", 1)[1].split("</main>", 1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def code(work: Development) -> str:
    return work.product_.text.rsplit(" ", 1)[-1]


def structure(work: Development) -> tuple[dict[str, Any], ...]:
    """Two housings with three screws each, which lie in the warehouse, and four screws of the product itself."""
    item = work.stock_item()
    screw = {"item": Ref(item.id, item.label), "name": "螺丝", "unit": item.unit}
    return (
        row(1, "H", "2", name="机壳组件"),
        row(2, "S", "3", **screw),
        row(2, "P", name="上壳", material="ABS"),
        row(1, "S", "4", **screw),
    )


@pytest.mark.parametrize(
    ("login", "status"),
    [
        *(("rd_engineer", 200), ("foreman", 200), ("buyer", 200), ("quality_inspector", 200)),
        *(("warehouse_keeper", 200), ("general_manager", 200), ("auditor", 200)),
        *(("employee", 404), ("salesperson", 404), ("designer", 404)),
    ],
)
def test_the_pages_are_for_those_who_make_buy_keep_and_check(
    app: Flask, work: Development, sign_in: SignIn, login: str, status: int
) -> None:
    work.archived("RD-10", work.bill())
    db.session.commit()
    browser = sign_in(app.test_client(), login)
    at = f"{LIST}/{code(work)}"
    for path in (LIST, at, f"{at}/compare", USED):
        assert browser.get(path).status_code == status, path


def test_the_list_names_products_with_their_version_in_force(
    work: Development, look: Callable[..., str]
) -> None:
    assert "还没有现行的 BOM" in look(LIST)
    work.archived("RD-10", work.bill(product_no="XC-1"))
    shown = look(LIST)
    assert "滨江花园" in shown
    assert "XC-1" in shown
    assert "1.0" in shown


def test_the_tree_multiplies_through_its_levels(work: Development, look: Callable[..., str]) -> None:
    work.archived("RD-10", work.bill(*structure(work)))
    item = work.stock_item()
    shown = look(f"{LIST}/{code(work)}")
    assert f"2 S 螺丝 3 6 {item.unit} {item.code}" in shown
    assert f"1 S 螺丝 4 4 {item.unit} {item.code}" in shown
    assert "2 P 上壳 ABS 1 2 个" in shown


def test_what_lies_in_the_warehouse_is_shown(work: Development, look: Callable[..., str]) -> None:
    work.archived("RD-10", work.bill(*structure(work)))
    item = work.stock_item()

    lying = goods.supply([item.id])[item.id][0]
    assert f"{item.code} {lying.normalize():,f}" in look(f"{LIST}/{code(work)}")


@pytest.mark.parametrize("path", ["P9999", "P0001", "%00", "x" * 300])
def test_a_product_that_there_is_not(work: Development, look: Callable[..., str], path: str) -> None:
    begun("works")
    look(f"{LIST}/{path}", status=404)


def test_a_version_is_asked_for(work: Development, look: Callable[..., str]) -> None:
    work.archived("RD-10", work.bill(row(1, "OLD")))
    work.archived("RD-10", work.bill(row(1, "NEW"), change_note="换件"))
    at = f"{LIST}/{code(work)}"
    assert "NEW" in look(at)
    assert "OLD" in look(f"{at}?version=1.0")
    assert "这不是最新的版本" in look(f"{at}?version=1.0")
    look(f"{at}?version=7", status=404)


def test_a_part_is_found_upwards_to_its_products(work: Development, look: Callable[..., str]) -> None:
    work.archived("RD-10", work.bill(*structure(work), product_no="XC-1"))
    other = begun("product", "output_documents")
    work.archived("RD-10", work.bill(row(1, "S", "9", name="螺丝"), product=other, product_no="XC-2"))
    shown = look(f"{USED}?part=S")
    assert "H 机壳组件 → 产品 3 6" in shown
    assert "产品 4 4" in shown
    assert "产品 9 9" in shown
    assert "H 机壳组件" in look(f"{USED}?part={work.stock_item().code}")
    assert "没有产品使用“ZZ”" in look(f"{USED}?part=ZZ")
    assert "S 螺丝 2" in look(f"{LIST}?q=螺丝")
    assert "没有找到“没有”" in look(f"{LIST}?q=没有")


def test_obsolete_versions_are_not_searched(work: Development, look: Callable[..., str]) -> None:
    work.archived("RD-10", work.bill(row(1, "OLD")))
    work.archived("RD-10", work.bill(row(1, "NEW"), change_note="换件"))
    assert "没有产品使用“OLD”" in look(f"{USED}?part=OLD")


def test_two_versions_are_compared(work: Development, look: Callable[..., str]) -> None:
    old = (row(1, "A"), row(2, "B", "2"), row(2, "C"), row(1, "D", material="ABS"))
    new = (row(1, "A"), row(2, "B", "3"), row(1, "D", material="PP"), row(1, "C"), row(1, "E", "5"))
    work.archived("RD-10", work.bill(*old))
    work.archived("RD-10", work.bill(*new, change_note="换件"))
    at = f"{LIST}/{code(work)}/compare"
    shown = look(at)
    for part in (
        "B 零件B 已更改 A 用量：由 2 改为 3",
        "D 零件D 已更改 产品 材料：由 ABS 改为 PP",
        "C 零件C 已移动 由 A 移到 产品",
        "E 零件E 已新增 产品 用量：5 个",
    ):
        assert part in shown
    assert "E 零件E 已删除" in look(f"{at}?from=1.1&to=1.0")
    assert "两个版本没有差异" in look(f"{at}?from=1.0&to=1.0")
    look(f"{at}?from=9&to=1.0", status=404)


def test_the_goods_of_a_number_of_products_are_asked_for(
    app: Flask, work: Development, sign_in: SignIn
) -> None:
    work.archived("RD-10", work.bill(*structure(work)))
    db.session.commit()
    browser, at = sign_in(app.test_client(), "buyer"), f"{LIST}/{code(work)}/requisitions"
    answer = browser.post(at, data={"version": "1.0", "products": "50"})
    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"])
    assert page.status_code == 200
    draft = db.session.scalars(sa.select(Draft).where(Draft.form_code == "PU-03")).one()
    (line,) = load(fields(FORMS["PU-03"]()), draft.answers)["lines"]
    assert (line["item"].id, line["quantity"]) == (work.stock_item().id, Decimal(500))
    for wrong in ("", "0", "-1", "x", "1.5", "100001"):
        assert browser.post(at, data={"version": "1.0", "products": wrong}).status_code >= 400


def test_goods_are_asked_for_by_the_list_in_force(app: Flask, work: Development, sign_in: SignIn) -> None:
    work.archived("RD-10", work.bill(*structure(work), effective_on=TODAY))
    work.archived("RD-10", work.bill(*structure(work), effective_on=TODAY, change_note="换件"))
    db.session.commit()
    browser, at = sign_in(app.test_client(), "buyer"), f"{LIST}/{code(work)}"
    assert "提出需求" not in browser.get(f"{at}?version=1.0").text
    answer = browser.post(f"{at}/requisitions", data={"version": "1.0", "products": "5"})
    assert answer.status_code >= 400
    assert "版本 1.0 已被替代" in text_of(answer.text)
    assert browser.post(f"{at}/requisitions", data={"version": "1.1", "products": "5"}).status_code == 303


def test_more_than_anybody_can_ask_for_is_refused(app: Flask, work: Development, sign_in: SignIn) -> None:
    item = work.stock_item()
    deep = [row(level, f"P{level}", "999999999") for level in range(1, 5)]
    screw = row(5, "S", "999999999", item=Ref(item.id, item.label), name="螺丝")
    work.archived("RD-10", work.bill(*deep, screw))
    db.session.commit()
    browser, at = sign_in(app.test_client(), "buyer"), f"{LIST}/{code(work)}/requisitions"
    answer = browser.post(at, data={"products": "100000"})
    assert 400 <= answer.status_code < 500
    assert "算出的数量太大" in text_of(answer.text)


def test_nothing_is_asked_for_where_nothing_is_kept(app: Flask, work: Development, sign_in: SignIn) -> None:
    work.archived("RD-10", work.bill())
    db.session.commit()
    browser, at = sign_in(app.test_client(), "buyer"), f"{LIST}/{code(work)}"
    assert "提出需求" not in browser.get(at).text
    assert browser.post(f"{at}/requisitions", data={"products": "5"}).status_code >= 400


# Import


def book(*rows: tuple[Any, ...], heads: tuple[str, ...] = HEADS) -> bytes:
    """A spreadsheet of these rows."""
    out, made = io.BytesIO(), openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for cells in (heads, *rows):
        sheet.append(cells)
    made.save(out)
    return out.getvalue()


def upload(browser: FlaskClient, data: bytes, product: str = "", name: str = "bom.xlsx") -> Any:
    return browser.post(IMPORT, data={"file": (io.BytesIO(data), name), "product": product})


def test_the_template_has_headings_in_both_languages(app: Flask, sign_in: SignIn) -> None:
    answer = sign_in(app.test_client(), "rd_engineer").get(f"{IMPORT}/template")
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert [cell.value for cell in sheet[1]][:2] == ["层级 Level", "料号 Part no."]


def test_the_template_is_read_back_with_its_example(app: Flask, work: Development) -> None:
    made = openpyxl.load_workbook(io.BytesIO(bom_sheets.template()))
    del made["BOM"]
    out = io.BytesIO()
    made.save(out)
    sheet = bom_sheets.read("bom.xlsx", out.getvalue(), work.actor("rd_engineer"))
    assert sheet.problems == []
    assert [one["level"] for one in sheet.rows] == [1, 2, 2, 1]


def test_a_good_file_becomes_a_draft(app: Flask, work: Development, sign_in: SignIn) -> None:
    item = work.stock_item()
    db.session.commit()
    browser = sign_in(app.test_client(), "rd_engineer")
    data = book(
        (1, "A", "机壳", None, "ABS", 2, "套", "S0001"),
        (None,) * 8,
        (2, 1101, None, item.code, None, 0.5, None, None),
    )
    answer = upload(browser, data, code(work))
    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"])
    assert page.status_code == 200
    assert "已读入 2 行" in page.text
    draft = db.session.scalars(sa.select(Draft).where(Draft.form_code == "RD-10")).one()
    given = load(fields(FORMS["RD-10"]()), draft.answers)
    assert given["product"].id == work.product_.id
    first, second = given["components"]
    assert (first["part_no"], first["quantity"], first["supplier"].text[-5:]) == ("A", Decimal(2), "S0001")
    assert (second["part_no"], second["name"], second["unit"]) == ("1101", item.name, item.unit)


@pytest.mark.proves("R24")
def test_every_fault_is_told_by_line_and_column_and_nothing_is_taken(
    app: Flask, work: Development, sign_in: SignIn
) -> None:
    db.session.commit()
    browser = sign_in(app.test_client(), "rd_engineer")
    data = book(
        (1, "A", "机壳", None, None, 1, "套", None),
        (3, "B", "上壳", None, None, 1, "个", None),
        (None,) * 8,
        (2, "C", "下壳", "没有的东西", None, "很多", "个", None),
    )
    answer = upload(browser, data)
    assert answer.status_code == 422
    shown = text_of(answer.text)
    assert "3 层级 层级不能跳过" in shown
    assert "5 库存品 找不到“没有的东西”" in shown
    assert "5 用量 请填写数字" in shown
    assert not db.session.scalars(sa.select(Draft)).all()


@pytest.mark.proves("R24")
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "请选择文件"),
        (b"not a workbook", "文件无法读取"),
        (book(), "文件里没有零部件"),
        (book((1, "A"), heads=("层级", "料号")), "缺少列：用量"),
        (book((1, "A", "B", 2), heads=("层级", "料号", "Part no.", "用量")), "列“料号”出现了两次"),
    ],
    ids=["nothing", "no spreadsheet", "empty", "column missing", "column twice"],
)
def test_a_file_that_cannot_be_taken(app: Flask, sign_in: SignIn, data: bytes, said: str) -> None:
    browser = sign_in(app.test_client(), "rd_engineer")
    answer = upload(browser, data) if data else browser.post(IMPORT)
    assert answer.status_code >= 400
    assert said in answer.text


def test_headings_in_english_and_csv_are_read(app: Flask, work: Development) -> None:
    text = "Level,Part no.,Name,Quantity,Unit\n1,A,Housing,1,set\n"
    sheet = bom_sheets.read("bom.csv", text.encode(), work.actor("rd_engineer"))
    assert (sheet.problems, sheet.rows[0]["part_no"]) == ([], "A")


@pytest.mark.both_databases
def test_a_draft_is_called_like_its_file_whatever_that_is_called(app: Flask, sign_in: SignIn) -> None:
    browser, text = sign_in(app.test_client(), "rd_engineer"), "层级,料号,名称,用量,单位\n1,A,外壳,1,台\n"
    for name, called in (
        ("x\0y.csv", "xy.csv"),
        ("../\u202e反.csv", "反.csv"),
        ("长" * 300 + ".csv", "长" * 116 + ".csv"),
    ):
        file = (io.BytesIO(text.encode()), name)
        answer = browser.post(IMPORT, data={"file": file}, content_type="multipart/form-data")
        assert answer.status_code == 303
        with app.app_context():
            newest = sa.select(Draft.title).order_by(Draft.id.desc()).limit(1)
            assert db.session.scalar(newest) == called


def test_only_who_may_begin_a_list_imports_one(app: Flask, sign_in: SignIn) -> None:
    assert sign_in(app.test_client(), "buyer").get(IMPORT).status_code == 403
    assert sign_in(app.test_client(), "employee").get(IMPORT).status_code == 404


def test_a_works_project_is_no_product(app: Flask, work: Development, sign_in: SignIn) -> None:
    works = begun("works")
    row_ = db.session.get(Project, works.id)
    assert row_ is not None
    at = row_.code
    db.session.commit()
    assert sign_in(app.test_client(), "buyer").get(f"{LIST}/{at}").status_code == 404
