"""What all technical papers of a product share: their versions, and what follows from their archive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, ClassVar

from portal.domain import projects as kinds
from portal.domain.effects import Asks, Effect, PostsEntry, SetsStage, after
from portal.domain.permissions import role_key
from portal.forms import moments
from portal.forms.base import Sheet
from portal.forms.engineering import product_release, product_words
from portal.forms.engineering.product_words import OUTPUT
from portal.forms.engineering.technical_paper_stages import RECIPIENTS
from portal.forms.fields import Day, Text
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.kinds import Ref
from portal.forms.references import Project
from portal.lib.clock import day
from portal.lib.i18n import _l, both
from portal.lib.text import next_version
from portal.queries import goods, projects
from portal.queries import technical_papers as books

FIRST = "1.0"
READERS = ("rd_engineer", "production_engineer", "rd_manager", "production_manager", "quality_inspector")
ISSUED_AND_ARCHIVED = _l("登记产品档案、技术文件发放登记表和技术文件归档控制登记表；原版本作废并收回")
PAPERS: dict[str, type[TechnicalPaper]] = {}
"""The forms of technical papers by their code."""


def product() -> Any:
    """The field that names the product."""
    return Project(_l("产品"), "product")


def version() -> Any:
    """The field of the version, which the portal counts."""
    return Text(
        _l("版本"),
        computed=True,
        help=_l("由系统按同一产品、同一文件已归档的版本顺编：1.0、1.1、1.2……，不会重复"),
    )


def old_version() -> Any:
    """The field of the version that this one takes the place of."""
    return Text(_l("原版本"), computed=True, required=False)


def effective_on() -> Any:
    """The field of the day from which the version is used."""
    return Day(_l("生效日期"), help=_l("归档以后才能执行；归档晚于这一天的，自归档之日起生效"))


class TechnicalPaper(Sheet):
    """A technical paper of a product, or of one part or station of it."""

    section: ClassVar[str] = "product_development"
    covers: ClassVar[tuple[str, ...]] = ("技术文件发放登记表", "技术文件归档控制登记表")
    readers: ClassVar[tuple[str, ...]] = READERS
    part_field: ClassVar[str] = ""  # names what of the product the paper is for

    code: ClassVar[str]
    name: ClassVar[Any]
    product: Any
    version: Any
    old_version: Any
    effective_on: Any

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        PAPERS[cls.code] = cls

    def heading(self) -> str:
        """The product, the part and the version."""
        named = (str(self.product.data or ""), self._part() or "", self.version.data)
        return " ".join(filter(None, named))

    def compute(self) -> None:
        """The version after the one that was archived last; a correction has that of the paper whose copies it replaces."""
        super().compute()
        self.version.data = self.old_version.data = None
        named = self.product.data
        if named and named.id and not (self.part_field and not self._part()):
            title = paper_title(self.name, self._part())
            former = books.versions(self.code, named.id, title, self.itself)
            self.version.data = next_version(former[-1]) if former else FIRST
            wrong = books.of_record(self.context.get("@corrects") or 0)
            if wrong is not None and (wrong.project_id, wrong.title) == (named.id, title):
                former.append(wrong.version)
            self.old_version.data = former[-1] if former else None

    def check(self) -> None:
        """The product has come so far, nobody else is at work on the paper, and it begins after today."""
        refuse_closed(self, "product", OUTPUT)
        moments.refuse_past(self, "effective_on", _l("生效日期不能早于提交日期"))
        self._check_newest()
        named, part = self.product.data, self._part()
        if not (named and named.id) or (self.part_field and not part):
            return
        at = (self.part_field, part) if part else None
        if other := books.under_way(self.code, named.id, at, but=self.itself):
            field = self.part_field or "product"
            self.refuse(field, _l("这份文件正由 %(number)s 办理，请待其办结"), number=other)

    def _check_newest(self) -> None:
        """A version that another has taken the place of is not put right any more: it would be in force again."""
        wrong = books.of_record(self.context.get("@corrects") or 0)
        if wrong is None:
            return
        newest = books.versions(wrong.document, wrong.project_id, wrong.title)[-1]
        if newest != wrong.version:
            text = _l("版本 %(version)s 之后已有版本 %(newest)s，旧版不再更正；要改内容请另行填写新版本")
            self.refuse("product", text, version=wrong.version, newest=newest)

    @staticmethod
    @after("archive", ISSUED_AND_ARCHIVED)
    def put_in_force(record: Filed) -> Iterator[Effect]:
        """The version is in force."""
        yield from put_in_force(record)

    def _part(self) -> str | None:
        found = next((one for one in self if one.short_name == self.part_field), None)
        return str(found.data) if found is not None and found.data else None


def paper_title(name: Any, part: str | None = None) -> str:
    """What the books call a paper: its name, and the part that it is for."""
    return " ".join(filter(None, (both(name)["zh"], part)))


def put_in_force(record: Filed, not_needed: Iterable[str] | None = None) -> Iterator[Effect]:
    """The version stands in the three books, the former one is called back, the stage of the product moves on.

    `not_needed` are papers that the record itself says are not needed, else the product's facts tell.
    """
    form = PAPERS[record.code]
    named: Ref = record["product"]
    title = paper_title(form.name, record[form.part_field] if form.part_field else None)
    archived_on = day(record.now)
    about = {
        "project_id": named.id,
        "project": named.text,
        "document": record.code,
        "title": title,
        "version": record["version"],
    }
    in_force_on = max(record["effective_on"], archived_on)
    yield PostsEntry(
        books.FILE,
        {
            **about,
            "state": "effective",
            "effective_on": in_force_on.isoformat(),
            "number": record["archive_no"],
            "sample_no": "",
            "place": record["archive_place"],
        },
        key=f"{named.text} {title} {record['version']}",
    )
    yield from _issued(record, about, in_force_on)
    archived = {
        **about,
        "archive_no": record["archive_no"],
        "place": record["archive_place"],
        "archived_on": archived_on.isoformat(),
        "keeper": goods.person_label(record.signer_id),
    }
    yield PostsEntry(books.ARCHIVE, archived, key=record["archive_no"])
    yield from _stage(record, not_needed)


def _issued(record: Filed, about: dict[str, Any], in_force_on: date) -> Iterator[Effect]:
    """A line for each department, and a task for each that still holds the former version on that day."""
    for receipt in books.receipts(record.id):
        recipient = RECIPIENTS[receipt.slot]
        recalled = receipt.answers.get("old_version_recalled")
        facts = {
            **about,
            "department": recipient,
            "key": role_key(recipient),
            "copies": receipt.answers["issued_copies"],
            "signed_by": receipt.signed_by,
            "signed_on": receipt.signed_on.isoformat(),
            "old_version": record["old_version"] or "",
            "old_version_recalled": recalled,
        }
        yield PostsEntry(books.ISSUES, facts)
        if record["old_version"] and recalled is False:
            text = _l(
                "收回“%(title)s”的旧版 %(version)s", title=about["title"], version=record["old_version"]
            )
            yield Asks(text, role_key(recipient), in_force_on)


def _stage(record: Filed, not_needed: Iterable[str] | None) -> Iterator[Effect]:
    """The product's papers are put out once every one that it needs has a version."""
    yield from product_words.given_back(record, "product")
    found = projects.stage(record["product"].id, OUTPUT)
    if found is None or found.passed or not found.row.applies:
        return
    project_id = found.row.project_id
    if not product_release.missing(project_id, record.code, not_needed):
        yield from product_release.complete(project_id, day(record.now), filed=True)
    elif found.row.state == kinds.OPEN:
        yield SetsStage(project_id, OUTPUT, {"state": kinds.PREPARING})
