"""Staff from a spreadsheet: errors row by row, nothing written before everybody is right and confirmed."""

import html
import io
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.models import Person, RoleGrant
from portal.services import spreadsheets

SignIn = Callable[[FlaskClient, str], FlaskClient]
HEADER = "登录名,工号,姓名,部门,邮箱,电话,角色"
GOOD = f"""{HEADER}
zhao.liu,E901,赵六,品质部,zhao@huaheng.example,13800001111,检验人员、document_controller
qian.qi,E902,钱七,Warehouse,,,
"""
BAD = f"""{HEADER}
buyer,E903,重名,采购部,,,
Zhao,E904,大写,采购部,,,
sun.ba,E905,孙八,不存在部,,,
zhou.jiu,E906,周九,采购部,not an address,,没有的角色
wu.shi,E907,,采购部,,,客户
li.yi,E908,李一,采购部,,,
li.yi,E908,李二,采购部,,,
wang.er,E001,王二,采购部,,,
"""


@pytest.fixture
def administrator(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    """The administrator's browser."""
    return sign_in(client, "administrator")


def people(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count(Person.id))) or 0


def upload(client: FlaskClient, data: bytes, name: str = "staff.csv") -> str:
    answer = client.post("/admin/import", data={"file": (io.BytesIO(data), name)})
    assert answer.status_code in (200, 422), answer.status
    return answer.text


def kept(page: str) -> str | None:
    """The text that the preview sends along."""
    found = re.search(r'<textarea name="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    return html.unescape(found[1]) if found else None


def test_a_good_list_is_shown_then_taken_on(app: Flask, administrator: FlaskClient) -> None:
    before = people(app)
    page = upload(administrator, GOOD.encode())
    assert "→ 质量部" in page
    text = kept(page)
    assert text is not None
    assert people(app) == before
    done = administrator.post("/admin/import/confirm", data={"text": text})
    assert done.status_code == 200
    assert len(re.findall(r'secret-text">[a-z0-9-]{19}<', done.text)) == 2
    with app.app_context():
        zhao = db.session.scalars(sa.select(Person).where(Person.login == "zhao.liu")).unique().one()
        assert zhao.must_change_password
        assert zhao.department.key == "quality"
        assert {grant.role for grant in zhao.grants} == {"quality_inspector", "document_controller"}
    assert people(app) == before + 2
    again = administrator.post("/admin/import/confirm", data={"text": text})
    assert again.status_code == 422
    assert people(app) == before + 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_spreadsheets_of_every_encoding(administrator: FlaskClient, encoding: str) -> None:
    assert "赵六" in upload(administrator, GOOD.encode(encoding))


def test_an_excel_file_is_read_with_its_numbers(administrator: FlaskClient) -> None:
    page = upload(
        administrator,
        workbook(
            [["工号", "Name", "登录名", "部门", "电话"], [901, "赵六", "zhao.liu", "质量部", 13800001111]]
        ),
        "名单.XLSX",
    )
    assert ">901<" in page
    assert "13800001111" in page
    assert kept(page) is not None


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.proves("R24")
def test_errors_row_by_row_and_nobody_comes_in(app: Flask, administrator: FlaskClient) -> None:
    before = people(app)
    page = upload(administrator, BAD.encode())
    for text in (
        "登录名“buyer”已被使用过", "登录名“Zhao”不合规", "没有部门“不存在部”", "邮箱“not an address”不正确", "没有角色“没有的角色”",
        "缺少姓名", "没有角色“客户”", "登录名“li.yi”在文件中重复", "工号“E908”在文件中重复", "工号“E001”已被使用",
    ):  # fmt: skip
        assert text in page
    assert "8 行中有 8 行需要修改" in page
    assert kept(page) is None
    forced = administrator.post("/admin/import/confirm", data={"text": BAD})
    assert forced.status_code == 422
    mixed = administrator.post("/admin/import/confirm", data={"text": GOOD + BAD.splitlines()[1] + "\n"})
    assert mixed.status_code == 422
    assert people(app) == before
    with app.app_context():
        assert not db.session.scalars(sa.select(RoleGrant).where(RoleGrant.reason == "人员导入")).all()


@pytest.mark.proves("R24")
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("staff.csv", b""),
        ("staff.csv", HEADER.encode()),
        ("staff.csv", "姓名,部门\n赵六,质量部\n".encode()),
        ("staff.csv", b"\xff\xfe\x00\xd8"),
        ("staff.csv", HEADER.encode() + b"\nx,1,y,z,,," * 501),
        ("staff.csv", b'"' + b"y" * 200_000 + b'"'),
        ("staff.xlsx", b"not a workbook"),
        ("staff.xlsx", b"PK\x03\x04 nor this"),
        ("staff.exe", b"\x00\x01\x02\xff"),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(
    app: Flask, administrator: FlaskClient, name: str, data: bytes
) -> None:
    before = people(app)
    answer = administrator.post("/admin/import", data={"file": (io.BytesIO(data), name)})
    assert answer.status_code == 422
    assert 'class="note note-error"' in answer.text
    assert people(app) == before


@pytest.mark.proves("S38")
def test_a_large_file_is_not_read() -> None:
    with pytest.raises(Refusal):
        spreadsheets.read("staff.csv", b"x" * (spreadsheets.MOST_BYTES + 1))


@pytest.mark.proves("S38")
def test_a_small_file_that_unpacks_to_much_is_not_opened(administrator: FlaskClient) -> None:
    for part in (b"0" * 40_000_000, b'<c r="XFD1048576"><v>1</v></c>'):
        out = io.BytesIO(workbook([["登录名"]]))
        with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet9.xml", part)
        assert "文件无法读取" in upload(administrator, out.getvalue(), "staff.xlsx")


def test_the_template_is_understood_and_names_departments_and_roles(administrator: FlaskClient) -> None:
    data = administrator.get("/admin/import/template").data
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    for column, value in enumerate(("zhao.liu", "E901", "赵六", "质检部", "", "", "检验人员"), start=1):
        sheet.cell(2, column, value)
    assert "buyer" in {cell.value for cell in book.worksheets[2]["B"]}
    out = io.BytesIO()
    book.save(out)
    assert kept(upload(administrator, out.getvalue(), "staff.xlsx")) is not None


@pytest.mark.proves("R24")
def test_formulas_and_tags_come_in_as_text(administrator: FlaskClient) -> None:
    page = upload(administrator, f"{HEADER}\nzhao.liu,E901,<script>alert(1)</script>,质量部,,,\n".encode())
    assert "<script>alert" not in page
    assert kept(page) is not None
