"""The stages of IC-01: identified, verified, classified, archived, in this order."""

from __future__ import annotations

import re
from typing import Any

from portal.domain.conditions import equals
from portal.forms.base import Sheet, Stage
from portal.forms.fields import Choice, Integer, LongText, Rows, Text, YesNo
from portal.forms.quality.archive import IN_PORTAL
from portal.forms.quality.information_words import CLASSES, LETTERS, NONE, QUALITY, USUAL_CLASS
from portal.forms.references import Department
from portal.lib.i18n import _l
from portal.queries import information

YEARS = 10
NUMBERED = re.compile(r"[A-Z]{2}-[0-9]{4}-[0-9]{4,6}")


class Identification(Stage):
    """Whether it is true, useful and key, and is taken."""

    is_true = YesNo(_l("真实"))
    is_useful = YesNo(_l("有用"))
    is_key = YesNo(_l("关键"))
    selected = YesNo(_l("选取"), help=_l("不选取的，签署后登记即告结束"))
    not_selected_reason = LongText(_l("不选取的理由"), when=equals("selected", False))

    def check(self) -> None:
        """R81: only what is true and useful is taken."""
        if self.selected.data and (self.is_true.data is False or self.is_useful.data is False):
            self.refuse("selected", _l("不真实或没有用的信息不能选取"))
        if self.selected.data is False and self.is_key.data and self.is_true.data and self.is_useful.data:
            self.refuse("selected", _l("真实、有用且关键的信息应当选取"))


class Verification(Stage):
    """What is wrong with it, stands twice or is left out."""

    errors_ = LongText(_l("差错"))
    repetitions = LongText(_l("重复"), help=_l("标题相同的登记已列出；没有的写“无”"))
    omissions = LongText(_l("遗漏"))
    checked_correct = YesNo(_l("检验正确"), help=_l("选“否”签署后，退回收集人更正"))

    def proposal(self) -> dict[str, Any]:
        """Nothing wrong, and what bears the same title."""
        title = self.context.get("title") or ""
        same = information.same_title(title, self.itself) if title else []
        return {"errors": NONE, "repetitions": "、".join(same) or NONE, "omissions": NONE}

    def check(self) -> None:
        """R80: correct is what has none of the three; what is not says which."""
        found = {
            field.short_name: field.data
            for field in self
            if field.short_name in ("errors", "repetitions", "omissions")
        }
        wrong = [name for name, said in found.items() if said and said.strip("。. ") != NONE]
        if self.checked_correct.data and wrong:
            self.refuse("checked_correct", _l("还有差错、重复或遗漏，检验不能为正确；请选“否”退回收集人"))
        if self.checked_correct.data is False and not wrong:
            self.refuse("checked_correct", _l("检验不正确的，请写明差错、重复或遗漏，收集人才能更正"))


class Concerned(Sheet):
    """A department that should know."""

    department = Department(_l("部门"))


class Classification(Stage):
    """What it is, and what comes of looking at it."""

    information_class = Choice(_l("分类"), CLASSES)
    analysis_result = LongText(_l("分析结果"))
    quality_class = Choice(_l("质量信息类别"), QUALITY)
    departments_concerned = Rows(
        _l("有关部门"), Concerned, required=False, help=_l("列出的部门由信息中心用信息传递单告知")
    )

    def proposal(self) -> dict[str, Any]:
        """The class that its subject usually has."""
        return {"information_class": USUAL_CLASS.get(self.context.get("subject_area") or "")}

    def check(self) -> None:
        """A quality class is given to quality information; each department stands once, and not the own."""
        ids = [row["department"].id for row in self.departments_concerned.data if row["department"]]
        own = self.context.get("department")
        if len(set(ids)) < len(ids):
            self.refuse("departments_concerned", _l("有部门填写了两行，请删去一行"))
        if own and own.id in ids:
            self.refuse("departments_concerned", _l("收集部门自己不用列入有关部门"))


class Archiving(Stage):
    """Under which class and code, for how long and where it is kept."""

    archive_class = Choice(_l("归档分类"), CLASSES)
    archive_code = Text(_l("编码"), max=20, help=_l("分类字母-年份-顺序号，已按归档分类给出下一个空号"))
    retention_years = Integer(_l("保存年限"), low=1, high=100)
    storage_place = Text(_l("存放位置"))

    def proposal(self) -> dict[str, Any]:
        """The class given before, with its next code."""
        given = self.context.get("information_class")
        code = information.next_code(LETTERS[given], self.today.year) if given in LETTERS else None
        return {
            "archive_class": given,
            "archive_code": code,
            "retention_years": YEARS,
            "storage_place": IN_PORTAL,
        }

    def check(self) -> None:
        """R81: a code fits its class and stands once."""
        letters, code = LETTERS.get(self.archive_class.data or ""), self.archive_code.data
        if not letters or not code:
            return
        free = information.next_code(letters, self.today.year)
        if not NUMBERED.fullmatch(code) or not code.startswith(f"{letters}-"):
            self.refuse(
                "archive_code", _l("“%(class)s”的编码形如 %(code)s，请改正"),
                **{"class": CLASSES[self.archive_class.data], "code": free},
            )  # fmt: skip
        elif information.holder_of(code) not in (None, *self.itself):
            self.refuse(
                "archive_code",
                _l("编码 %(taken)s 已登记过，下一个空号是 %(code)s"),
                taken=code,
                code=free,
            )
