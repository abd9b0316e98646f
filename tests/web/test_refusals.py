"""Error pages: what went wrong in the reader's words, a way on, and nothing of the machine."""

import html

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal import database
from portal.blueprints import home
from tests.web.conftest import Desk


def fail(*_given: object) -> None:
    """Breaks as nobody foresaw."""
    raise RuntimeError("secret of the machine")


@pytest.fixture
def broken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first page no longer works."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(home.home_desk, "desk", fail)


@pytest.mark.proves("S44")
@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize(
    ("path", "status", "chinese", "english"),
    [
        (
            "/quality/incoming-inspections/new",
            403,
            "您不能发起这种表单，可以发起的是：检验人员",
            "You cannot start this kind of form; those who can: Quality inspector",
        ),
        ("/nowhere", 404, "没有找到这个页面", "This page was not found"),
        ("/sign-out", 405, "不接受这种操作", "does not accept this kind of request"),
        ("/", 500, "系统出现意外错误", "unexpected error"),
    ],
)
def test_an_error_page_speaks_the_readers_language_and_leads_back(
    client: FlaskClient, sign_in: object, path: str, status: int, chinese: str, english: str
) -> None:
    sign_in(client, "buyer")  # type: ignore[operator]
    for spoken, words in (("zh", chinese), ("en", english)):
        client.post("/account/language", data={"language": spoken})
        answer = client.get(path, headers={"Referer": "http://localhost/mine"})
        page = html.unescape(answer.text)
        assert answer.status_code == status
        assert words in page
        assert 'href="http://localhost/mine"' in page
        assert 'href="/"' in page
        assert "Traceback" not in page
        assert "secret" not in page


def test_the_address_of_an_act_opens_the_page_that_it_belongs_to(
    client: FlaskClient, sign_in: object
) -> None:
    sign_in(client, "buyer")  # type: ignore[operator]
    record = "/purchasing/purchase-orders/PU-04-2026-0001"
    for act in ("signatures", "entries/log", "comments"):
        answer = client.get(f"{record}/{act}")
        assert (answer.status_code, answer.headers["Location"]) == (302, record)


def test_what_was_not_written_is_not_told_as_done(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_aside: bool) -> None:
        raise RuntimeError("no commit")

    browser = desk.browser("buyer")
    monkeypatch.setattr(database, "_commit", fail)
    answer = browser.post("/customer-service/complaints/views?q=x", data={"name": "我的"})
    assert answer.status_code == 500
    assert "操作没有写入" in answer.text
    assert "已保存" not in answer.text + browser.get("/notices").text
