"""A document of the small company's library: taken in, changed, reviewed and released by its people."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.forms.kinds import Ref
from portal.lib.clock import now
from portal.models import Department, DocumentRevision, Record
from portal.queries import revisions
from portal.services import library
from portal.services import revisions as texts
from portal.storage.shipped import Shipped
from tests.forms.customer_service.shop import TODAY, days
from tests.forms.quality.papers import Papers

NUMBER = "QA-P-90"
TEXT = """# 目的 {#purpose}

规定出货检验的做法。

# 适用范围 {#scope}

适用于全部成品。

# 术语 {#terms}

无。

# 职责 {#responsibilities}

检验员负责抽样，质量部经理负责放行。

# 抽样 {#sampling}

每批抽取 5 件，1 小时内检验完毕。

# 记录 {#records}

{{records}}

# 流程图 {#flow}

{{flow PU-06}}

# 修订记录 {#history}

{{history}}"""


class Library(Papers):
    """The people of document control with a document whose text the portal keeps."""

    def shipped(self, text: str = TEXT, **changed: Any) -> Shipped:
        """A procedure of quality as it lies in the folder."""
        given = {
            "code": NUMBER,
            "edition": 1,
            "title": "出货检验程序",
            "title_en": "Outgoing inspection",
            "kind": "procedure",
            "department": "quality",
            "summary_en": "How finished goods are inspected before they leave.",
            "readers": ["quality", "warehouse"],
            "review_months": 12,
            "text": text,
        }
        return Shipped(**{**given, **changed})

    def load(self, text: str = TEXT, effective_on: date = TODAY, **changed: Any) -> DocumentRevision:
        """The procedure, in force."""
        by = self.person("document_controller").id
        [made] = library.load([self.shipped(text, **changed)], effective_on=effective_on, by=by, now=now())
        return made

    def begun(
        self, number: str = "QA-P-91", login: str = "quality_inspector", **changed: Any
    ) -> DocumentRevision:
        """The draft of a document that there was not."""
        quality = db.session.scalars(sa.select(Department).where(Department.key == "quality")).one()
        values = {"name": "来样管理程序", "kind": "procedure", "department_id": quality.id, "text": TEXT}
        return texts.begin(number, {**values, **changed}, by=self.actor(login), now=self.now)

    def asked(self, size: str = "minor", number: str = NUMBER, **changed: Any) -> Record:
        """A change request of the inspector's, received: a draft of the next revision is there."""
        record = self.submit("DC-02", "quality_inspector", **self.change(number, **changed))
        return self.finish(record, controller_receipt={"change_size": size})

    def draft(self, number: str = NUMBER) -> DocumentRevision:
        """What is being written of a document."""
        found = revisions.under_way(number)
        assert found is not None
        return found

    def write(
        self, one: DocumentRevision, text: str, login: str = "quality_inspector", **more: Any
    ) -> DocumentRevision:
        """Saves these words."""
        return texts.save(
            one.id, {"text": text, **more}, seen=one.version, by=self.actor(login), now=self.now
        )

    def sent(self, one: DocumentRevision, login: str = "quality_inspector", **changed: Any) -> Record:
        """The release of a text, submitted; of several, where `package` names them."""
        given = self.new(document_file=[], text=self.revision(one), **changed)
        return self.submit("DC-01", login, **given)

    def revision(self, one: DocumentRevision) -> Ref:
        """A revision as an answer."""
        return Ref(one.id, one.label)

    def release(self, record: Record, effective_on: date = TODAY) -> Record:
        """Signs a release to its end."""
        return self.finish(record, release={"effective_on": effective_on})

    def state(self, one: DocumentRevision, on: date = TODAY) -> str:
        """Where a revision stands."""
        db.session.refresh(one)
        return revisions.state(one, on)


LATER = days(10)


def words(text: str) -> str:
    """The main part of a page without marks."""
    main = html.unescape(text).split("<main", 1)[1].split("</main>", 1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))
