"""A customer's page and the list of customers: who reads them, how customers are found, what is told of them."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.domain.effects import PostsCredit, PostsEntry, PostsReceivable
from portal.extensions import db
from portal.lib.clock import today
from portal.models import Customer, Person, Project, Record, RecordReader, RecordSubject, Task, TaskHolder
from portal.services import master
from tests import desk
from tests.books import OFFICER, Books, SignIn
from tests.conftest import both_databases
from tests.walk import Walker
from tests.web.conftest import Desk

LIST, PAGE = "/customer-service/customers/", "/customer-service/customers/C0001"
COLLEAGUE, SUPERVISOR = "salesperson", "customer_service_supervisor"


def page(app: Flask, sign_in: SignIn, login: str = OFFICER, path: str = PAGE) -> str:
    """What somebody sees at an address."""
    answer = sign_in(app.test_client(), login).get(path)
    assert answer.status_code == 200, path
    return html.unescape(answer.text)


def main(text: str) -> str:
    """The page without its frame."""
    return text.split("<main", 1)[1].split("</main>", 1)[0]


def said(text: str) -> str:
    """What a page says, without marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main(text)))


def named(books: Books, name: str, **values: object) -> str:
    """A customer of this name; gives its code."""
    id = books.do(lambda: master.create("customer", name=name, **values))
    return str(books.one(sa.select(Customer.code).where(Customer.id == id)))


# Who


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("customer_service_officer", 200),
        ("salesperson", 200),
        ("employee", 200),  # of the department, without a role
        ("general_manager", 200),
        ("finance_supervisor", 200),
        ("auditor", 200),
        ("buyer", 404),
        ("purchasing_manager", 404),
        ("warehouse_keeper", 404),
        ("quality_manager", 404),
        ("foreman", 404),
        ("designer", 404),
    ],
)
def test_customers_are_for_those_who_read_the_customer_database(
    client: FlaskClient, sign_in: SignIn, login: str, status: int
) -> None:
    browser = sign_in(client, login)
    for path in (LIST, PAGE, f"{PAGE}?kind=money"):
        assert browser.get(path).status_code == status, path
    assert browser.get("/registers/customer_master").status_code == status


@pytest.mark.parametrize(
    "code", ["C9999", "c0001", "0", "%00", "C0001%20", "x" * 3000, "'--", "<b>", "..%2F"]
)
def test_a_customer_that_there_is_not(client: FlaskClient, sign_in: SignIn, code: str) -> None:
    assert sign_in(client, OFFICER).get(f"{LIST}{code}").status_code == 404


# The list


@pytest.mark.parametrize(
    "typed",
    [
        "泰和",
        "taihe",
        "hzth",  # initials
        "HuZhou taihe",
        "泰和 湖州",
        "c0001",
        "钱卫红",
        "0572-5550101",
        "05725550101",
        "5550101",
        "DA-2024-0001",
        "JX-880123",
        "jx880123",
        "０５７２５５５０１０１",
    ],
)
def test_a_customer_is_found_by_whatever_a_caller_says(
    app: Flask, books: Books, sign_in: SignIn, typed: str
) -> None:
    books.do(
        lambda: master.create("machine", name="小型升降机", code="JX-880123", customer_id=books.customer())
    )
    text = page(app, sign_in, path=f"{LIST}?q={quote(typed)}")
    assert "customers/C0001" in text
    assert "customers/C0003" not in text
    assert "customers/C0001" in page(app, sign_in, path=f"/find?q={quote(typed)}")


@pytest.mark.parametrize(
    "typed", ["xyzzyq", "%", "_", "' OR 1=1 --", "\\", "99999999", "泰和 xyzzyq", "<script>"]
)
def test_what_fits_nobody_finds_nobody(app: Flask, sign_in: SignIn, typed: str) -> None:
    text = page(app, sign_in, path=f"{LIST}?q={quote(typed)}")
    assert "没有找到" in text
    assert "customers/C000" not in main(text)


@both_databases
def test_the_list_goes_on_and_back(app: Flask, books: Books, sign_in: SignIn) -> None:
    for number in range(60):
        named(books, f"试验客户{number:02d}")
    browser = sign_in(app.test_client(), OFFICER)
    first = html.unescape(browser.get(LIST).text)
    following = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    second = html.unescape(browser.get(f"{LIST}{following}").text)
    codes = [re.findall(r"customers/(C\d+)", main(text)) for text in (first, second)]
    assert len(codes[0]) == 50
    assert len(set(codes[0]) | set(codes[1])) == len(codes[0]) + len(codes[1]) == 63
    back = second.split('rel="prev"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert re.findall(r"customers/(C\d+)", main(browser.get(f"{LIST}{back}").text)) == codes[0]
    assert browser.get(f"{LIST}?after=nonsense").status_code == 200


def test_no_customers_at_all_is_said(app: Flask, books: Books, sign_in: SignIn) -> None:
    books.do(lambda: db.session.execute(sa.update(Project).values(customer_id=None)).rowcount)
    books.do(lambda: db.session.execute(sa.delete(Customer)).rowcount)
    assert "还没有客户" in page(app, sign_in, path=LIST)


# Who they are


def test_master_data(app: Flask, books: Books, sign_in: SignIn) -> None:
    owner, keeper = books.person("salesperson"), books.person(OFFICER)
    code = named(
        books,
        "宁波众合混凝土有限公司",
        status="quiet",
        klass="key",
        phone="+86 (574) 555-0005",
        contact="柴建军",
        credit_code="91330200MA2B4TQX7R",
        owner_id=owner,
        custodian_id=keeper,
        last_order_on=date(2026, 5, 1),
    )
    text = page(app, sign_in, path=f"{LIST}{code}")
    for told in (
        "宁波众合混凝土有限公司",
        code,
        "超过一周未订货",
        "重点",
        "91330200MA2B4TQX7R",
        "2026-05-01",
    ):
        assert told in said(text), told
    assert 'href="tel:+865745550005"' in text
    assert "尚未建档" in text
    for person in (owner, keeper):
        assert books.one(sa.select(Person.name).where(Person.id == person)) in said(text)


def test_nothing_yet_is_said_plainly_in_both_languages(app: Flask, sign_in: SignIn) -> None:
    text = page(app, sign_in)
    assert "暂无：合同和订单、送货、报修和服务、投诉、拜访和联系" in said(text)
    assert "机器和车辆、客户证照台帐" in said(text)
    assert "还没有往来记录。" in text
    assert "没有未完成的待办" in text
    assert "没有未付的款项" in text
    browser = sign_in(app.test_client(), OFFICER)
    browser.post("/account/language", data={"language": "en"})
    english = said(html.unescape(browser.get(PAGE).text))
    assert "None yet: Contracts and orders, Deliveries, Repairs and service, Complaint" in english
    assert "Nothing has happened yet." in english
    assert "Credit limit" in english
    assert not re.search(r"暂无|没有|客户", english)


def test_a_hostile_name_is_only_a_name(app: Flask, books: Books, sign_in: SignIn) -> None:
    name = "<script>alert(1)</script>\"'&{{ 7 * 7 }} =cmd|'/C calc'!A0"
    code = named(books, name, contact="<img src=x onerror=alert(1)>", phone="javascript:alert(1)")
    (number,) = desk.start(app, "CS-51", OFFICER)
    desk.change(app, number, title='"><b>粗</b>')
    books.about(number, row=books.customer(code))
    facts = {"paper": "<i>执照</i>", "customer": name}
    books.post(PostsEntry("customer_papers", facts, customer_id=books.customer(code)), number)
    browser = sign_in(app.test_client(), OFFICER)
    for path in (f"{LIST}{code}", f"{LIST}?q=alert", "/find?q=alert"):
        raw = re.sub(r"</?mark>", "", browser.get(path).text)  # around what was looked for
        for bad in ("<script>alert", "<img src=x", "<b>粗", "<i>执照", 'href="javascript', "49 "):
            assert bad not in main(raw), (path, bad)
        assert "&lt;script&gt;alert(1)" in raw


# Records


@both_databases
def test_records_of_the_customer_their_projects_and_machines(
    app: Flask, books: Books, sign_in: SignIn
) -> None:
    one, other, by_project, by_machine = desk.start(app, "CS-51", OFFICER, 4)
    machine = books.do(lambda: master.create("machine", name="巡检车", customer_id=books.customer()))
    project = books.one(sa.select(Project.id).where(Project.customer_id == books.customer()))
    for number in (one, other, by_project, by_machine):
        _forget_subjects(books, number)
    books.about(one)
    books.about(other, row=books.customer("C0002"))
    books.about(by_project, "project", project)
    books.about(by_machine, "machine", machine)
    text = main(page(app, sign_in))
    for number, there in ((one, True), (by_project, True), (by_machine, True), (other, False)):
        assert (f"/customer-service/complaints/{number}" in text) is there, number
    assert "巡检车" in text


def _forget_subjects(books: Books, number: str) -> None:
    id = books.one(sa.select(Record.id).where(Record.number == number))
    books.do(
        lambda: db.session.execute(sa.delete(RecordSubject).where(RecordSubject.record_id == id)).rowcount
    )


def test_only_records_that_the_reader_may_see_and_no_word_of_the_others(
    app: Flask, books: Books, sign_in: SignIn
) -> None:
    mine, hidden = desk.start(app, "CS-51", OFFICER, 2)
    for number in (mine, hidden):
        books.about(number)
    id = books.one(sa.select(Record.id).where(Record.number == hidden))
    books.do(lambda: db.session.execute(sa.delete(RecordReader).where(RecordReader.record_id == id)).rowcount)
    text = main(page(app, sign_in))
    assert mine in text
    assert hidden not in text
    assert '投诉 <span class="heading-count">1</span>' in text
    stranger = main(page(app, sign_in, COLLEAGUE))
    assert mine not in stranger
    assert hidden not in stranger
    assert "暂无：合同和订单、送货、报修和服务、投诉" in said(f"<main>{stranger}</main>")
    assert hidden in main(page(app, sign_in, "auditor"))


def test_a_part_shows_its_newest_and_leads_to_all(app: Flask, books: Books, sign_in: SignIn) -> None:
    numbers = desk.start(app, "CS-51", OFFICER, 7)
    for number in numbers:
        books.about(number)
    text = main(page(app, sign_in))
    card = text.split('href="?kind=complaints#time-line"')[1].split("</section>")[0]
    assert [one in card for one in numbers] == [False, False, True, True, True, True, True]
    narrowed = main(page(app, sign_in, path=f"{PAGE}?kind=complaints")).split('id="time-line"')[1]
    assert all(one in narrowed for one in numbers)


@both_databases
def test_orders_tell_how_far_they_are(app: Flask, books: Books, sign_in: SignIn) -> None:
    product = {"id": 1, "text": "升降机 M0001"}
    lines = [{"product": product, "quantity": "2", "price": "100", "amount": "200"}]
    made = [
        books.record("CR-17", answers={"lines": lines}, state="finished", closed_at=datetime.now(UTC))
        for _one in range(3)
    ]
    customer = books.customer()
    for order in made:
        books.about(order.number)
        books.post(
            PostsReceivable(customer, order.id, Decimal(200), "全款", due_on=date(2020, 1, 1)), order.number
        )
    for order, quantity in ((made[0], 2), (made[1], 1)):
        facts = {"product": product, "quantity": str(quantity)}
        books.post(PostsEntry("deliveries", facts, customer_id=customer, about=order.id), order.number)
    for order, paid in ((made[0], 200), (made[1], 50)):
        effect = PostsReceivable(customer, order.id, Decimal(-paid), "全款", paid_on=date(2026, 1, 1))
        books.post(effect, order.number)
    text = main(page(app, sign_in))
    for order, delivered, paid in (
        (made[0], "已交付", "已付清"),
        (made[1], "部分交付", "已付 ¥50.00"),
        (made[2], "未交付", "已付 ¥0.00"),
    ):
        line = text.split(f">{order.number} ·")[1].split("</li>")[0]
        assert delivered in line, order.number
        assert paid in line, order.number


# Money


@both_databases
def test_credit_arrears_and_what_is_overdue(app: Flask, books: Books, sign_in: SignIn) -> None:
    (number,) = desk.start(app, "CS-51", OFFICER)
    of = books.one(sa.select(Record.id).where(Record.number == number))
    customer, now = books.customer(), today()
    for effect in (
        PostsReceivable(customer, of, Decimal(60_000), "首付款", due_on=now - timedelta(days=3)),
        PostsReceivable(customer, of, Decimal(150_000), "尾款", due_on=now + timedelta(days=3)),
        PostsReceivable(customer, of, Decimal(-25_000), "首付款", paid_on=now),
        PostsCredit(customer, Decimal(180_000), 45, now),
    ):
        books.post(effect, number)
    text = page(app, sign_in)
    figures = said(text.split('class="desk')[0] + "</main>")
    assert "信用额度 ¥180,000.00 账期 45 天" in figures
    assert "欠款 ¥185,000.00" in figures
    assert "其中逾期 ¥35,000.00" in figures
    assert "剩余额度 -¥5,000.00" in figures
    claims = text.split("未付款项")[1].split("</section>")[0]
    assert re.findall(r"¥[\d,.]+", claims) == ["¥35,000.00", "¥150,000.00"]
    assert f"/customer-service/complaints/{number}" in claims
    line = main(text).split('id="time-line"')[1]
    for told in ("应收", "回款", "信用额度账期变更", "¥200,000.00 → ¥180,000.00", "30 → 45"):
        assert told in line, told
    other = page(app, sign_in, COLLEAGUE)  # reads the books, but not this record
    assert number in other
    assert f"/customer-service/complaints/{number}" not in other


# Papers and other ledgers


@both_databases
def test_papers_tell_what_has_expired(app: Flask, books: Books, sign_in: SignIn) -> None:
    (number,) = desk.start(app, "CS-51", OFFICER)
    for name, until in (("营业执照", "2020-01-31"), ("安全生产许可证", "2999-01-31")):
        facts = {"paper": name, "expires_on": until, "original_seen": True, "issuer": ""}
        books.post(PostsEntry("customer_papers", facts, customer_id=books.customer()), number)
    facts = {"paper": "别家的执照", "expires_on": "2020-01-31"}
    books.post(PostsEntry("customer_papers", facts, customer_id=books.customer("C0002")), number)
    text = main(page(app, sign_in))
    assert '<span class="chip chip-overdue">2020-01-31</span>' in text
    assert '<span class="chip chip-overdue">2999-01-31</span>' not in text
    assert "2999-01-31" in text
    assert "发证机关" not in text  # nobody wrote one
    assert "别家的执照" not in text


def test_lines_that_were_taken_back_count_no_longer(app: Flask, books: Books, sign_in: SignIn) -> None:
    wrong, right = desk.start(app, "CS-51", OFFICER, 2)
    books.post(PostsEntry("customer_papers", {"paper": "写错的执照"}, customer_id=books.customer()), wrong)
    id = books.one(sa.select(Record.id).where(Record.number == wrong))
    desk.change(app, right, corrects_id=id, state="finished")
    card = main(page(app, sign_in)).split('id="time-line"')[0]
    assert "写错的执照" not in card


def test_machines_with_their_warranty(app: Flask, books: Books, sign_in: SignIn) -> None:
    customer, now = books.customer(), today()
    for code, until in (("JX-1", now), ("JX-2", now - timedelta(days=1)), ("JX-3", None)):
        values = {"delivered_on": date(2025, 1, 2), "warranty_until": until, "customer_id": customer}
        books.do(lambda code=code, values=values: master.create("machine", name="塔机", code=code, **values))
    card = main(page(app, sign_in)).split("机器和车辆")[1].split("</section>")[0]
    looks = {code: card.split(code)[1].split("</li>")[0] for code in ("JX-1", "JX-2", "JX-3")}
    assert "保修期内" in looks["JX-1"]
    assert "已过保修期" in looks["JX-2"]
    assert "保修" not in looks["JX-3"]


# Tasks


@both_databases
def test_open_tasks_of_the_customer_and_of_records_one_may_see(
    app: Flask, books: Books, sign_in: SignIn, cast: dict
) -> None:
    (number,) = desk.start(app, "CS-51", OFFICER)
    books.about(number)
    id = books.one(sa.select(Record.id).where(Record.number == number))
    holder = f"person:{cast[OFFICER].id}"
    for title, state, about in (
        ("打电话给客户", "open", None),
        ("早就打过了", "done", None),
        ("看不见的记录", "open", id),
    ):
        books.add(
            Task(
                kind="ask",
                form_code="CS-39",
                state=state,
                title={"zh": title, "en": "Call them"},
                record_id=about,
                customer_id=books.customer(),
                created_at=datetime.now(UTC),
                due_at=datetime.now(UTC) - timedelta(days=2, hours=1),
                holders=[TaskHolder(key=holder)],
            )
        )
    card = page(app, sign_in).split("未完成的待办")[1].split("</section>")[0]
    assert "打电话给客户" in card
    assert "看不见的记录" in card
    assert "回访安抚" in card  # the first step of the complaint
    assert "早就打过了" not in card
    assert "逾期 49 小时" in card or "逾期 2 天" in card
    assert cast[OFFICER].name in card
    other = page(app, sign_in, COLLEAGUE).split("未完成的待办")[1].split("</section>")[0]
    assert "打电话给客户" in other
    assert "看不见的记录" not in other
    assert "回访安抚" not in other
    assert number not in other


# The line of time


@both_databases
def test_the_line_of_time_goes_on_and_back_newest_first(app: Flask, books: Books, sign_in: SignIn) -> None:
    numbers = desk.start(app, "CS-51", OFFICER, 20)
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    for at, number in enumerate(numbers):
        books.about(number)
        desk.change(app, number, submitted_at=begin + timedelta(days=2 * at))
        facts = {"paper": f"执照{at:02d}"}
        books.post(
            PostsEntry("customer_papers", facts, customer_id=books.customer()),
            number,
            begin + timedelta(days=2 * at + 1),
        )
    browser = sign_in(app.test_client(), OFFICER)
    times: list[str] = []
    path = PAGE
    while path:
        line = html.unescape(browser.get(path).text).split('id="time-line"')[1]
        times += re.findall(r"<time>([^<]+)</time>", line)
        rest = line.split('rel="next"')
        path = rest[0].rsplit('href="', 1)[1].split('"')[0].split("#")[0] if len(rest) > 1 else ""
    assert len(times) == len(set(times)) == 40
    assert times == sorted(times, reverse=True)


@both_databases
def test_the_line_of_time_is_narrowed_to_a_kind(app: Flask, books: Books, sign_in: SignIn) -> None:
    (complaint,) = desk.start(app, "CS-51", OFFICER)
    order = books.record("PU-04")
    for number in (complaint, order.number):
        books.about(number)
    of = books.one(sa.select(Record.id).where(Record.number == complaint))
    books.post(PostsReceivable(books.customer(), of, Decimal(77), "尾款", due_on=date(2026, 1, 1)), complaint)
    books.post(
        PostsEntry("customer_papers", {"paper": "担保书一份"}, customer_id=books.customer()), complaint
    )
    marks = {"complaints": "回访", "other": order.number, "money": "¥77.00", "entries": "担保书一份"}
    shown = {
        kind: main(page(app, sign_in, path=f"{PAGE}?kind={kind}")).split('id="time-line"')[1]
        for kind in (*marks, "orders", "")
    }
    for kind, mark in list(marks.items())[1:]:
        assert [one for one, text in shown.items() if mark in text] == [kind, ""], kind
    assert f"/customer-service/complaints/{complaint}" in shown["complaints"]
    assert "这一类还没有往来记录。" in shown["orders"]
    everything = main(page(app, sign_in, path=f"{PAGE}?kind=%3Cscript%3E&after=nonsense"))
    assert all(mark in everything for mark in list(marks.values())[1:])


# Beginnings


def test_forms_are_begun_for_the_customer_by_those_who_may(app: Flask, sign_in: SignIn) -> None:
    address = "/customer-service/complaints/new?customer=C0001"
    assert address in page(app, sign_in)
    for login in ("auditor", "salesperson", "general_manager"):
        assert address not in page(app, sign_in, login), login


def test_a_record_leads_to_its_customer_for_those_who_may_see_them(
    app: Flask, books: Books, sign_in: SignIn
) -> None:
    people = Desk(app, Walker(app))
    told = people.told("CS-51", OFFICER, customer="C0001")
    data = [("_op", "submit"), ("_key", "a-page"), *told]
    answer = people.post(OFFICER, "/customer-service/complaints/new", data)
    number = answer.headers["Location"].rsplit("/", 1)[-1]
    link = 'href="/customer-service/customers/C0001"'
    assert link in people.browser(OFFICER).get(answer.headers["Location"]).text
    id = books.one(sa.select(Record.id).where(Record.number == number))
    key = f"person:{books.person('buyer')}"
    books.do(lambda: db.session.merge(RecordReader(key=key, form_code="CS-51", record_id=id)).record_id)
    outsider = sign_in(app.test_client(), "buyer").get(answer.headers["Location"])
    assert outsider.status_code == 200
    assert link not in outsider.text


# Cost


def test_queries_do_not_grow_with_what_a_customer_has(app: Flask, books: Books, sign_in: SignIn) -> None:
    browser = sign_in(app.test_client(), OFFICER)
    counts = []
    for more in (5, 60):
        for number in desk.start(app, "CS-51", OFFICER, more):
            books.about(number)
            books.post(PostsEntry("customer_papers", {"paper": "执照"}, customer_id=books.customer()), number)
        for _one in range(more // 5):
            order = books.record("CR-17", answers={"lines": []}, state="finished")
            books.about(order.number)
            of = PostsReceivable(books.customer(), order.id, Decimal(5), "款", due_on=date(2026, 1, 1))
            books.post(of, order.number)
        browser.get(PAGE)
        with desk.counted(app) as queries:
            browser.get(PAGE)
        counts.append(len(queries))
    assert counts[1] <= counts[0] <= 30, counts
