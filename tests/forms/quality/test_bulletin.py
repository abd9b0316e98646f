"""IC-08 and IC-09: shown to whom they are for, from the last signature on, on their days."""

from datetime import timedelta

from portal.lib.clock import today
from tests.forms.quality.centre import Centre

FRONT = {"place": "portal_front_page", "must_confirm": True}


def test_an_issue_stands_once(centre: Centre) -> None:
    number = centre.filed("IC-08", issue_no="2026年第7期")
    assert number in centre.refused("IC-08", issue_no="2026年第7期")


def test_the_next_issue_is_proposed(centre: Centre) -> None:
    centre.filed("IC-08")
    page = centre.browser("information_officer").get("/quality/bulletins/new")
    assert f"{today().year}年第2期" in page.text


def test_a_bulletin_is_posted_after_the_last_signature(centre: Centre) -> None:
    number = centre.filed("IC-08", distribution="all", departments=[], title="市场动态", issue_no="第3期")
    centre.sign(number)
    assert "市场动态" not in centre.browser("employee").get("/").text
    centre.sign(number)
    assert centre.state(number) == "finished"
    page = centre.browser("employee").get("/")
    assert "第3期 市场动态" in page.text
    with centre.posting(number) as posting:
        assert (posting.everybody, posting.confirm, posting.until) == (True, True, None)
    (line,) = centre.lines("archive", number)
    assert (line["class"], line["origin"], line["years"]) == ("bulletin", "质量部", 10)
    assert line["keep_until"] > line["date"]
    assert line["title"] == "第3期 市场动态"


def test_a_bulletin_for_departments_is_for_them(centre: Centre) -> None:
    rows = [{"department": centre.department(key)} for key in ("purchasing", "warehouse")]
    told = centre.refused("IC-08", distribution="departments", departments=[rows[0], rows[0]])
    assert "填写了两行" in told
    assert "发送部门" in centre.refused("IC-08", distribution="departments", departments=[])
    number = centre.to_end(centre.filed("IC-08", distribution="departments", departments=rows))
    assert centre.shown_to(number) == {row["department"].id for row in rows}
    assert centre.browser("buyer").get(f"/bulletins/{number}").status_code == 200
    assert centre.browser("employee").get(f"/bulletins/{number}").status_code == 404


def test_a_refused_bulletin_is_not_posted(centre: Centre) -> None:
    number = centre.filed("IC-08")
    centre.sign(number)
    centre.refuse(number)
    assert centre.state(number) == "returned"
    assert centre.browser("information_officer").get(f"/bulletins/{number}").status_code == 404


def test_a_notice_stands_on_days_to_come(centre: Centre) -> None:
    early = {"posted_from": today() - timedelta(days=1), "posted_to": today()}
    assert "发布日期不能早于提交日期" in centre.refused("IC-09", **early)
    turned = {"posted_from": today() + timedelta(days=2), "posted_to": today()}
    assert "截止日期不能早于发布日期" in centre.refused("IC-09", **turned)


def test_a_notice_is_signed_by_the_head_and_posted_by_the_centre(centre: Centre) -> None:
    own = centre.department("customer_service")
    number = centre.filed("IC-09", "employee", title="停电通知", department=own, **FRONT)
    assert centre.waiting(number) == [f"head:{own.id}"]
    centre.sign(number)
    assert centre.waiting(number) == ["role:information_officer"]
    assert "停电通知" not in centre.browser("buyer").get("/").text
    centre.sign(number)
    assert "停电通知" in centre.browser("buyer").get("/").text
    assert centre.told("buyer", "posted") == ["停电通知"]
    assert centre.asked(number) == []


def test_a_notice_may_be_refused_by_both(centre: Centre) -> None:
    first, second = centre.filed("IC-09"), centre.filed("IC-09")
    centre.refuse(first)
    centre.sign(second)
    centre.refuse(second)
    assert centre.state(first) == centre.state(second) == "returned"


def test_a_notice_on_a_board_is_seen_to_and_listed_but_not_on_the_first_page(centre: Centre) -> None:
    own = centre.department("purchasing")
    given = {"department": own, "title": "采购部值班", "place": "department_board", "must_confirm": False}
    number = centre.to_end(centre.filed("IC-09", "buyer", **given))
    assert [title for title, _key in centre.asked(number)] == [
        "把板报张贴到板报栏",
        "截止日期已到，从板报栏撤下板报",
    ]
    buyer = centre.browser("buyer_2")
    assert "采购部值班" not in buyer.get("/").text
    assert "采购部值班" in buyer.get("/bulletins/").text
    assert "采购部值班" not in centre.browser("warehouse_keeper").get("/bulletins/").text


def test_it_comes_down_by_itself_and_goes_up_on_its_day(centre: Centre) -> None:
    number = centre.to_end(centre.filed("IC-09", "employee", title="停电通知", **FRONT))
    reader, address = centre.browser("buyer"), f"/bulletins/{number}"
    assert reader.get(address).status_code == 200
    with centre.posting(number) as posting:
        posting.since, posting.until = today() - timedelta(days=3), today() - timedelta(days=1)
    assert reader.get(address).status_code == 404
    assert "停电通知" not in reader.get("/").text
    assert "停电通知" not in reader.get("/bulletins/").text
    for keeper in ("employee", "information_officer", "auditor"):
        assert centre.browser(keeper).get(address).status_code == 200
        assert "已撤下" in centre.browser(keeper).get("/bulletins/?show=all").text
    with centre.posting(number) as posting:
        posting.since, posting.until = today() + timedelta(days=1), today() + timedelta(days=2)
    assert reader.get(address).status_code == 404
    assert "停电通知" not in reader.get("/").text


def test_what_is_corrected_is_shown_no_longer(centre: Centre) -> None:
    number = centre.to_end(centre.filed("IC-09", "employee", title="停电通知", **FRONT))
    later = centre.filed("IC-09", "employee", title="更正通知", **FRONT)
    with centre.app.app_context():
        from_record, to_record = centre.record(number).id, later
    with centre.posting(number):
        centre.record(to_record).corrects_id = from_record
    assert "停电通知" in centre.browser("buyer").get("/").text
    centre.to_end(later)
    page = centre.browser("buyer").get("/").text
    assert "停电通知" not in page
    assert "更正通知" in page
