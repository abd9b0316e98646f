"""Turns refusals and errors into pages, never into stack traces."""

from __future__ import annotations

import secrets

import sqlalchemy.exc
from flask import Flask, current_app, g, redirect, render_template, request, session
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError
from werkzeug.wrappers import Response

from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.lib import space
from portal.lib.i18n import _l
from portal.storage.store import StoreAway
from portal.web import again, guard, hindrances
from portal.web.hindrances import Hindrance

TEXTS = {
    400: _l("请求不完整或已过期。请返回上一页，刷新后再试；您填写的内容仍在。"),
    403: _l("您没有进行这个操作的权限。"),
    404: _l("没有找到这个页面，或者您没有查看它的权限。"),
    405: _l("这个地址不接受这种操作。"),
    413: _l("内容太大，超过了允许的大小。"),
    429: _l("尝试次数太多，请稍后再试。"),
    503: _l("系统正忙，请稍后再试。"),
    507: _l("存储空间已满，操作没有写入；查看不受影响。请把下面的编号告诉管理员，腾出空间后即可再试。"),
}
HINDERED = {
    Hindrance.BUSY: TEXTS[503],
    Hindrance.READ_ONLY: _l(
        "门户目前不能写入数据，操作没有写入；还能打开的页面可以照常查看。请把下面的编号告诉管理员。"
    ),
    Hindrance.OTHER_TABLES: _l(
        "门户的程序与数据库的版本不一致，须由管理员升级后才能继续使用。请把下面的编号告诉管理员。"
    ),
    Hindrance.AWAY: _l("门户暂时用不了自己的数据库，请稍后再试。如果一直这样，请把下面的编号告诉管理员。"),
}
SHUT = frozenset({403, 404})  # told in the log, so that whoever tries doors is found
STORE_AWAY = _l("存放文件的服务器暂时连接不上，没有写入任何内容。请稍后再试；您填写的内容仍在。")
MET = _l("同时有别人在办理同一件事，您的操作没有写入任何内容。请稍后再试；您填写的内容仍在。")
OTHERWISE = _l("这个请求无法办理，没有写入任何内容。")
WRITTEN = _l(
    "系统出现意外错误，操作可能已经写入。请先打开有关页面查看，不要直接重做，并把下面的编号告诉管理员。"
)
UNEXPECTED = _l("系统出现意外错误，操作没有写入。请把下面的编号告诉管理员。")

Answer = tuple[str, int]


def init_app(app: Flask) -> None:
    """Registers the handlers."""

    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> Answer:
        db.session.rollback()
        if refusal.status in SHUT:
            app.logger.info("%d for %s at %s", refusal.status, _who(), _place())
        return page(refusal.status, str(refusal))

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> Answer | Response:
        return guard.sign_in_first() if guard.is_signed_out() else page(400, str(TEXTS[400]))

    @app.errorhandler(SecurityError)
    def strange_host(_error: SecurityError) -> Response:
        # Not a page of ours: its links and its way back would ask again which host this is.
        return Response(str(TEXTS[400]), 400, mimetype="text/plain")

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> Answer:
        code = error.code or 500
        if code in SHUT:
            app.logger.info("%d for %s at %s", code, _who(), _place())
        return page(code, str(TEXTS.get(code, OTHERWISE)))

    @app.errorhandler(MethodNotAllowed)
    def only_posted(_error: MethodNotAllowed) -> Answer | Response:
        above = _page_above()  # the page whose act this address is: it was reloaded, or its language changed
        return redirect(above) if above else page(405, str(TEXTS[405]))

    @app.errorhandler(StoreAway)
    def no_store(error: StoreAway) -> Answer:
        _take_back()
        app.logger.error("file store: %s", error)
        return page(503, str(STORE_AWAY))

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Answer:
        _take_back()
        met = again.is_undone(error)
        reference = secrets.token_hex(4)
        hindered = hindrances.found(error)
        kind = f": {hindered.value}" if hindered else ""
        app.logger.error("%s at %s%s", reference, _place(), kind, exc_info=error)
        code = 507 if space.is_full(error) else 503 if hindered else 500
        said = TEXTS[507] if code == 507 else HINDERED[hindered] if hindered else UNEXPECTED
        text = WRITTEN if g.get("written") else MET if met else said
        try:
            return page(code, str(text), reference)
        except sqlalchemy.exc.SQLAlchemyError:  # the database cannot even say who asks
            db.session.rollback()
            guard.ask_nobody()
            return page(code, str(text), reference)


def _take_back() -> None:
    """Nothing is written, so nothing is told as done either."""
    db.session.rollback()
    session.pop("_flashes", None)


def _who() -> str:
    """Who was refused, for the log."""
    actor = g.get("actor")
    return f"{actor.login if actor else 'nobody'} ({request.remote_addr})"


def _place() -> str:
    """Where the request went, for the log; not an address that is a secret itself."""
    secret = request.url_rule is not None and "token" in (request.view_args or {})
    return f"{request.method} {request.url_rule if secret else request.path[:300]}"


def _page_above() -> str:
    """The nearest page above an address that only takes posts; nothing where there is none."""
    adapter = current_app.create_url_adapter(request) if request.method == "GET" else None
    parts = request.path.split("/")
    paths = ("/".join(parts[:end]) for end in range(len(parts) - 1, 1, -1))
    return next((path for path in paths if adapter is not None and adapter.test(path, "GET")), "")


def page(status: int, text: str, reference: str = "") -> Answer:
    """The error page, or only its message where htmx asked for a piece."""
    template = "errors/message.html" if request.headers.get("HX-Request") else "errors/error.html"
    came = request.referrer or ""
    back = came if came.startswith(request.host_url) and came != request.url else ""
    return render_template(template, status=status, text=text, reference=reference, back=back), status
