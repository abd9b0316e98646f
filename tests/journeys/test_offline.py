"""A building site with a poor connection: what was typed, taken and submitted there is sent later, once, by whom it is from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Error, Page, Route, expect

from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.models import Person, Record, Signature, StoredFile
from tests.journeys.conftest import Served, Visit, Visitor
from tests.journeys.hands import ago, fill, on, photo, problems

SUPERVISOR = "site_supervisor"
FORM = "/engineering/rectification-notices/new"
SUBMIT = 'button[form="sheet"][value="submit"]'
OUTBOX = "#outbox"
WAITS = re.compile("恢复连接后会自动发送")
KEPT = """() => new Promise((tell) => {
  const asked = indexedDB.open("outbox");
  asked.onsuccess = () => {
    const read = asked.result.transaction("sendings").objectStore("sendings").getAll();
    read.onsuccess = () => tell(JSON.stringify([read.result, {...sessionStorage}, {...localStorage}]));
  };
})"""
AWAY = re.compile(
    r"Failed to load resource: net::ERR_(INTERNET_DISCONNECTED|FAILED)$|htmx:error: Failed to fetch\b"
)


@pytest.fixture
def on_site(visit: Visit) -> Iterator[Visit]:
    """Visitors whose browsers may complain of a lost connection, and of nothing else."""
    visitors: list[Visitor] = []

    def come(*args: Any, **kwargs: Any) -> Visitor:
        visitors.append(visit(*args, **kwargs))
        return visitors[-1]

    yield come
    for one in visitors:
        one.complaints[:] = [said for said in one.complaints if not AWAY.search(said)]


def looked_up(served: Served, query: Any) -> list[Any]:
    """What the books hold."""
    with served.app.app_context():
        found = list(db.session.scalars(query))
        db.session.remove()
    return found


def notices(served: Served) -> int:
    """How many notices there are."""
    return len(looked_up(served, sa.select(Record.id).where(Record.form_code == "EN-25")))


def photos(served: Served) -> int:
    """How many photos from the site the portal has."""
    return len(looked_up(served, sa.select(StoredFile.id).where(StoredFile.name == "现场.jpg")))


def signatures(number: str) -> Any:
    """What was said with the signatures of a record."""
    return sa.select(Signature.opinion).join(Record).where(Record.number == number)


def begun(served: Served, visit: Visit, **options: Any) -> Visitor:
    """Somebody on a phone has opened the notice, and chosen what must be looked up."""
    visitor = visit(served, SUPERVISOR, phone=True, **options)
    visitor.go(FORM)
    visitor.pick("project", "P0001")
    visitor.pick("responsible_person", "刘铁柱")
    visitor.saved()
    return visitor


def typed(visitor: Visitor, **other: str) -> None:
    """The rest, typed on the site."""
    answers = {
        "place": "三层卫生间",
        "problem": "管根渗漏",
        "opinion": "凿开重做防水",
        "major_accident": "no",
    }
    fill(visitor, {"found_at": ago(hours=2), "rectify_by": f"{on(3)}T18:00", **answers, **other})


def takes_photo(visitor: Visitor) -> None:
    """A photo is chosen; whether it has been sent is not asked."""
    field = visitor.page.locator('.files[data-name="photos"]')
    field.locator("input[type=file]").first.set_input_files([photo()])  # type: ignore[list-item]
    field.locator(".file-chip").first.wait_for()


def test_a_form_filled_in_without_a_connection_is_sent_once_when_it_is_back(
    served: Served, on_site: Visit
) -> None:
    ma = begun(served, on_site)
    page, away = ma.page, ma.context.set_offline
    away(True)
    typed(ma)
    takes_photo(ma)
    expect(page.locator(".file-chip.is-waiting")).to_have_count(1)
    page.locator(SUBMIT).click()
    expect(page.locator(OUTBOX).get_by_role("status")).to_have_text(WAITS)
    expect(page.locator(SUBMIT)).to_be_disabled()
    assert ma.at("problem").input_value() == "管根渗漏"
    assert notices(served) == 0
    away(False)
    page.wait_for_url(re.compile(r"/EN-25-\d{4}-\d{4}$"))
    ma.look()
    assert page.locator(".photos img").count() == 1
    assert "已提交" in page.locator("main").inner_text()
    assert (notices(served), photos(served)) == (1, 1)
    assert page.locator(OUTBOX).inner_text().strip() == ""
    ma.go("/")
    assert page.locator(OUTBOX).inner_text().strip() == ""
    assert notices(served) == 1


def loses_answers(page: Page, *places: str) -> list[str]:
    """The next post to each of these places arrives, and its answer does not; gives those that were lost."""
    lost: list[str] = []

    def arrive(route: Route) -> None:
        place = route.request.url.rsplit("/", 1)[-1]
        if route.request.method != "POST" or place in lost or place not in places:
            return route.fallback()
        before = page.context.cookies()
        route.fetch(max_redirects=0)
        page.context.add_cookies(before)  # type: ignore[arg-type]  # they came with the answer
        lost.append(place)
        return route.abort("failed")

    page.route("**/*", arrive)
    return lost


def until(page: Page, holds: Callable[[], bool], act: str = "") -> None:
    """Does this on the page again and again until something holds."""
    for _time in range(40):
        if holds():
            return
        with suppress(Error):  # it has just led to another page
            page.evaluate(act or "null")
        page.wait_for_timeout(250)
    raise AssertionError(page.url)


def arrived(visitor: Visitor) -> None:
    """The page of the new record is there."""
    visitor.page.wait_for_url(re.compile(r"/EN-25-\d{4}-\d{4}$"))
    visitor.look()


def test_a_form_whose_answer_was_lost_is_one_record(served: Served, on_site: Visit) -> None:
    ma = begun(served, on_site)
    page = ma.page
    typed(ma)
    takes_photo(ma)
    expect(page.locator(".file-chip.is-waiting")).to_have_count(0)
    ma.saved()
    lost = loses_answers(page, "new")
    page.locator(SUBMIT).click()
    until(page, lambda: len(lost) == 1)
    until(page, lambda: page.url.startswith("chrome-error:"))  # the browser says that nothing came
    assert notices(served) == 1
    ma.go("/")
    link = page.locator(OUTBOX).get_by_role("link")
    expect(link).to_have_count(1)
    with page.expect_event("load"):
        link.click()
    arrived(ma)
    assert (notices(served), photos(served)) == (1, 1)
    assert page.evaluate("Object.keys(sessionStorage).every((name) => !name.startsWith('unsaved:'))")


def test_what_waits_is_one_record_though_its_answers_are_lost_later(served: Served, on_site: Visit) -> None:
    ma = begun(served, on_site)
    page = ma.page
    ma.context.set_offline(True)
    typed(ma)
    takes_photo(ma)
    page.locator(SUBMIT).click()
    expect(page.locator(OUTBOX).get_by_role("status")).to_have_text(WAITS)
    lost = loses_answers(page, "files", "new")
    ma.context.set_offline(False)
    until(page, lambda: len(lost) == 2, "document.querySelector('[data-outbox-send]')?.click()")
    assert (notices(served), photos(served)) == (1, 1)
    until(page, lambda: "/EN-25-" in page.url, "document.querySelector('[data-outbox-send]')?.click()")
    arrived(ma)
    assert (notices(served), photos(served)) == (1, 1)


def test_what_waits_outlives_the_tab(served: Served, on_site: Visit) -> None:
    ma = begun(served, on_site)
    ma.context.set_offline(True)
    typed(ma)
    takes_photo(ma)
    ma.page.locator(SUBMIT).click()
    expect(ma.page.locator(OUTBOX).get_by_role("status")).to_have_text(WAITS)
    ma.page.close()
    ma.context.set_offline(False)
    ma.page = ma.context.new_page()
    ma.go("/")
    with ma.page.expect_event("load"):
        ma.page.locator(OUTBOX).get_by_role("link").click()
    arrived(ma)
    assert (notices(served), photos(served)) == (1, 1)


def test_what_is_only_typed_outlives_the_tab_with_its_photos(served: Served, on_site: Visit) -> None:
    ma = begun(served, on_site)
    ma.context.set_offline(True)
    typed(ma)
    takes_photo(ma)
    ma.page.wait_for_selector('#saved[data-state="failed"]')
    ma.page.wait_for_timeout(600)
    ma.page.close()
    ma.context.set_offline(False)
    ma.page = ma.context.new_page()
    ma.go(FORM)
    with ma.page.expect_event("load"):
        ma.page.get_by_role("button", name="恢复未保存的内容").click()
    assert ma.at("problem").input_value() == "管根渗漏"
    expect(ma.page.locator(".file-chip")).to_have_count(1)
    expect(ma.page.locator(".file-chip.is-waiting")).to_have_count(0)
    ma.page.locator(SUBMIT).click()
    arrived(ma)
    assert (notices(served), photos(served)) == (1, 1)


def test_what_is_refused_later_comes_back_with_everything_typed(served: Served, on_site: Visit) -> None:
    ma = begun(served, on_site)
    page = ma.page
    ma.context.set_offline(True)
    typed(ma, rectify_by=ago(days=3))
    takes_photo(ma)
    page.locator(SUBMIT).click()
    expect(page.locator(OUTBOX).get_by_role("status")).to_have_text(WAITS)
    ma.context.set_offline(False)
    page.wait_for_selector("#errors")
    ma.look()
    assert "整改期限不能早于发现时间" in problems(page)
    assert ma.at("problem").input_value() == "管根渗漏"
    assert page.locator(".file-chip").count() == 1
    assert page.locator(OUTBOX).inner_text().strip() == ""
    ma.at("rectify_by").fill(f"{on(2)}T18:00")
    page.locator(SUBMIT).click()
    arrived(ma)
    assert (notices(served), photos(served)) == (1, 1)


def test_nobody_else_sees_or_sends_what_waits(served: Served, on_site: Visit) -> None:
    ma = begun(served, on_site)
    page = ma.page
    ma.context.set_offline(True)
    typed(ma)
    takes_photo(ma)
    page.locator(SUBMIT).click()
    expect(page.locator(OUTBOX).get_by_role("status")).to_have_text(WAITS)
    page.goto("about:blank")
    ma.context.clear_cookies(name="portal")  # the session ends
    ma.context.set_offline(False)
    ma.sign_in("foreman")
    ma.go(FORM)
    page.wait_for_load_state("networkidle")
    assert page.locator(OUTBOX).inner_text().strip() == ""
    assert page.locator("#unsaved").is_hidden()
    assert notices(served) == 0
    ma.context.clear_cookies(name="portal")
    ma.sign_in(SUPERVISOR)
    expect(page.locator(OUTBOX).get_by_role("link")).to_have_count(1)
    by = (
        sa.select(Person.login)
        .join(Record, Record.applicant_id == Person.id)
        .where(Record.form_code == "EN-25")
    )
    assert looked_up(served, by) == [SUPERVISOR]


def test_what_is_left_while_the_portal_is_asked_for_is_sent_by_the_next_page(
    served: Served, on_site: Visit
) -> None:
    ma = begun(served, on_site)
    ma.page.route("**/health", lambda _route: None)  # says nothing
    typed(ma)
    takes_photo(ma)
    ma.page.locator(SUBMIT).click()
    ma.page.wait_for_function("async () => (await outboxStore.all('sendings')).length > 0")
    ma.page.goto(ma.address)
    expect(ma.page.locator(OUTBOX).get_by_role("link")).to_have_count(1)
    assert notices(served) == 1


def test_signing_out_asks_first_and_forgets(served: Served, on_site: Visit) -> None:
    ma = begun(served, on_site)
    page = ma.page
    page.route("**/health", lambda route: route.abort("failed"))
    page.route(re.compile("/new$"), lambda route: route.abort("failed"))
    typed(ma)
    page.locator(SUBMIT).click()
    expect(page.locator(OUTBOX).get_by_role("status")).to_have_text(WAITS)
    page.locator("details.menu summary").click()
    out = page.get_by_role("button", name="退出登录")
    out.click()
    dialog = page.locator("#outbox-ask")
    expect(dialog).to_contain_text("还有没发送的内容")
    dialog.get_by_role("button", name="保留").click()
    assert page.url.endswith("/new")
    page.locator("details.menu summary").click()
    out.click()
    with page.expect_event("load"):
        dialog.get_by_role("button", name="删除并退出").click()
    page.unroute("**/health")
    page.unroute(re.compile("/new$"))
    ma.sign_in(SUPERVISOR)
    page.wait_for_load_state("networkidle")
    assert page.locator(OUTBOX).inner_text().strip() == ""
    assert notices(served) == 0


def test_what_waits_can_be_taken_back_or_thrown_away(served: Served, on_site: Visit) -> None:
    ma = begun(served, on_site)
    page, box = ma.page, ma.page.locator(OUTBOX)
    ma.context.set_offline(True)
    typed(ma)
    page.locator(SUBMIT).click()
    box.get_by_role("button", name="继续修改").click()
    expect(page.locator(SUBMIT)).to_be_enabled()
    ma.at("problem").fill("改过的问题")
    page.locator(SUBMIT).click()
    box.get_by_role("button", name="丢弃").click()
    page.locator("#outbox-ask").get_by_role("button", name="保留").click()
    expect(box.get_by_role("listitem")).to_have_count(1)
    box.get_by_role("button", name="丢弃").click()
    page.locator("#outbox-ask").get_by_role("button", name="丢弃").click()
    expect(box.get_by_role("listitem")).to_have_count(0)
    ma.context.set_offline(False)
    page.wait_for_timeout(500)
    assert notices(served) == 0


def test_a_signature_given_without_a_connection_is_given_once(strict: Served, on_site: Visit) -> None:
    ma = begun(strict, on_site)
    typed(ma)
    takes_photo(ma)
    expect(ma.page.locator(".file-chip.is-waiting")).to_have_count(0)
    ma.page.locator(SUBMIT).click()
    arrived(ma)
    number = ma.page.url.rsplit("/", 1)[-1]

    liu = on_site(strict, "foreman", phone=True)
    page = liu.page
    liu.go(f"/records/{number}")
    liu.context.set_offline(True)
    fill(liu, {"rectified_on": ago(minutes=5), "rectified_how": "已重做并闭水"})
    field = page.locator('.files[data-name="rectified_photos"]')
    field.locator("input[type=file]").first.set_input_files([photo("整改后.jpg")])  # type: ignore[list-item]
    field.locator(".file-chip").wait_for()
    page.fill("#opinion", "已整改")
    page.fill("#password", DEMO_PASSWORD)
    page.locator('#turn button.btn-primary[value="sign"]').click()
    expect(page.locator(OUTBOX).get_by_role("status")).to_have_text(WAITS)
    kept = page.evaluate(KEPT)
    assert "已整改" in kept
    assert DEMO_PASSWORD not in kept, "a password is never written down"
    liu.context.set_offline(False)
    expect(page.locator(".signature-line")).to_contain_text("已整改")
    liu.look()
    assert looked_up(strict, signatures(number)) == ["已整改"]


def test_a_signature_that_waited_without_its_password_asks_for_it(strict: Served, on_site: Visit) -> None:
    with strict.aside() as walker:
        number = walker.open("PU-04")
    head = on_site(strict, "purchasing_manager", phone=True)
    page = head.page
    head.go(f"/records/{number}")
    head.context.set_offline(True)
    page.fill("#opinion", "价格合理。")
    page.fill("#password", DEMO_PASSWORD)
    page.locator('#turn button.btn-primary[value="sign"]').click()
    expect(page.locator(OUTBOX).get_by_role("status")).to_have_text(WAITS)
    page.close()
    head.context.set_offline(False)
    head.page = page = head.context.new_page()
    head.go("/")
    with page.expect_event("load"):
        page.locator(OUTBOX).get_by_role("button", name="查看并修改").click()
    assert page.input_value("#opinion") == "价格合理。"
    page.fill("#password", DEMO_PASSWORD)
    head.press("批准", within="#turn")
    assert looked_up(strict, signatures(number)) == ["价格合理。"]


def opens_later(visitor: Visitor) -> None:
    """The form that is open has been kept, to be opened without a connection."""
    visitor.page.wait_for_function(
        f"""async () => Boolean(await (await caches.open("pages")).match("{FORM}"))"""
    )


def test_a_form_opens_without_a_connection_and_is_another_each_time(served: Served, on_site: Visit) -> None:
    ma = begun(served, on_site)
    opens_later(ma)
    ma.context.set_offline(True)
    ma.page.close()
    ma.page = ma.context.new_page()
    for problem in ("管根渗漏", "墙面空鼓"):
        ma.page.goto(ma.address + FORM)
        ma.at("project").evaluate(
            "one => { document.activeElement?.blur(); one.tomselect?.destroy(); one.value = '泰和写字楼装修工程 P0001'; }"
        )
        ma.at("responsible_person").evaluate(
            "one => { document.activeElement?.blur(); one.tomselect?.destroy(); one.value = '刘铁柱 E022'; }"
        )
        typed(ma, problem=problem)
        takes_photo(ma)
        ma.page.locator(SUBMIT).click()
        expect(ma.page.locator(OUTBOX).get_by_role("status")).to_have_text(WAITS)
    ma.page.goto(ma.address + FORM)
    expect(ma.page.locator(OUTBOX).get_by_role("listitem")).to_have_count(2)
    ma.context.set_offline(False)
    expect(ma.page.locator(OUTBOX).get_by_role("link")).to_have_count(
        2, timeout=75_000
    )  # what goes wrong once is tried again within a minute
    assert (notices(served), photos(served)) == (2, 1), "the same photo is one file"


def test_the_page_of_one_person_is_not_opened_for_another(served: Served, on_site: Visit) -> None:
    ma = begun(served, on_site)
    opens_later(ma)
    ma.go("/")
    ma.context.clear_cookies(name="portal")
    ma.sign_in("foreman")
    ma.page.wait_for_function(f"""async () => !(await (await caches.open("pages")).match("{FORM}"))""")
    ma.go(FORM)
    opens_later(ma)
    ma.page.locator("details.menu summary").click()
    with ma.page.expect_event("load"):
        ma.page.get_by_role("button", name="退出登录").click()
    assert ma.page.evaluate("caches.keys()") == []


def test_a_table_grows_without_a_connection(served: Served, on_site: Visit) -> None:
    ma = on_site(served, SUPERVISOR, phone=True)
    page = ma.page
    ma.go("/engineering/site-checks/new")
    ma.pick("project", "P0001")
    ma.saved()
    ma.context.set_offline(True)
    fill(ma, {"checked_at": ago(hours=1), "customer_property_safe": "yes"})
    for table, rows in (("safety_checks", 6), ("civilised_checks", 6)):
        for row in range(rows):
            fill(ma, {f"{table}-{row}-result": "pass"})
    fill(ma, {"hazards-0-hazard": "配电箱漏电", "hazards-0-measure": "更换", "hazards-0-limit": on(2)})
    page.locator("#rows-hazards .rows-foot button[value='add:hazards']").click()
    fill(ma, {"hazards-1-hazard": "脚手架没有护栏", "hazards-1-measure": "加装", "hazards-1-limit": on(1)})
    for row in (0, 1):
        ma.at(f"hazards-{row}-owner").evaluate(
            "one => { document.activeElement?.blur(); one.tomselect?.destroy(); one.value = '刘铁柱 E022'; }"
        )
    page.locator(SUBMIT).click()
    expect(page.locator(OUTBOX).get_by_role("status")).to_have_text(WAITS)
    ma.context.set_offline(False)
    page.wait_for_url(re.compile(r"/EN-30-\d{4}-\d{4}$"))
    ma.look()
    assert "脚手架没有护栏" in page.locator("main").inner_text()
