"""Saved views: named, replaced, limited, one's own."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.domain.refusal import NotFound, Refusal
from portal.extensions import db
from portal.queries import registers
from portal.queries.actors import Actor
from portal.services import views

Who = Callable[[str], Actor]


@pytest.mark.usefixtures("context")
class TestViews:
    def test_same_name_replaces(self, person: Who) -> None:
        by = person("buyer")
        views.save("PU-04", by, "在办", "state=open")
        views.save("PU-04", by, "  在办 ", "state=finished")
        db.session.flush()
        assert [(row.name, row.query) for row in registers.saved_views(by.id, "PU-04")] == [
            ("在办", "state=finished")
        ]
        assert registers.saved_views(by.id, "PU-05") == []

    def test_limit(self, person: Who, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(views, "MOST", 2)
        by = person("buyer")
        for name in "ab":
            views.save("PU-04", by, name, "state=open")
            db.session.flush()
        with pytest.raises(Refusal, match="最多保存 2 个视图"):
            views.save("PU-04", by, "c", "state=open")
        views.save("PU-05", by, "c", "state=open")

    def test_only_ones_own(self, app: Flask, person: Who) -> None:
        view = views.save("PU-04", person("buyer"), "a", "state=open")
        db.session.flush()
        with pytest.raises(NotFound):
            views.delete(view.id, person("buyer_2"))
        with pytest.raises(NotFound):
            views.delete(10**6, person("buyer"))
        views.delete(view.id, person("buyer"))
