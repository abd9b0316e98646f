"""What differs in the forms and routes that two revisions bind, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.forms.flow import limit_words, role_words
from portal.forms.words import MEANINGS
from portal.lib.bindings import Fact, FieldChange, FormChange, StepChange, StructureChange
from portal.lib.i18n import _, _l, language

STEPS = {
    "added": _l("新增步骤“%(title)s”%(who)s"),
    "removed": _l("取消步骤“%(title)s”%(who)s"),
    "moved": _l("步骤“%(title)s”的先后有变"),
}
ENTRIES = {
    "added": _l("新增登记“%(title)s”"),
    "removed": _l("取消登记“%(title)s”"),
    "moved": _l("登记“%(title)s”的先后有变"),
}
FIELDS = {"added": _l("新增字段“%(title)s”"), "removed": _l("取消字段“%(title)s”")}
NAMES = {
    "title": _l("名称"),
    "label": _l("名称"),
    "roles": _l("办理人"),
    "parties": _l("办理人"),
    "mode": _l("签署方式"),
    "meaning": _l("签署含义"),
    "deadline": _l("时限"),
    "condition": _l("适用条件"),
    "on_refusal": _l("不同意时"),
    "overdue_to": _l("逾期时"),
    "outcomes": _l("按答案转向"),
    "clause": _l("依据条款"),
    "opened_by": _l("填写人"),
    "keep_years": _l("保存年限"),
    "type": _l("类型"),
    "required": _l("必填"),
    "required_when": _l("必填条件"),
    "when": _l("填写条件"),
    "choices": _l("选项"),
    "help": _l("填写说明"),
    "computed": _l("自动计算"),
}
MODES = {"one": _l("一人即可"), "any": _l("任一人"), "all": _l("全部"), "each": _l("各自填写")}
UNSAID = frozenset({"parties", "outcomes", "type", "daily_after"})  # only that they differ is said


@dataclass(frozen=True, slots=True)
class Told:
    """A form whose binding or way has changed: its code and title, the clauses concerned, and what in words."""

    code: str
    title: str
    clauses: Sequence[str]
    lines: Sequence[str]


def told(found: StructureChange, names: Mapping[str, str]) -> list[Told]:
    """Every difference, by form: first what clauses ask for, then how the forms run; clauses by their `names`."""
    bound: dict[str, list[Any]] = {}
    for one in found.bindings:
        bound.setdefault(one.code, []).append(one)
    words = []
    for code, changes in bound.items():
        lines = [
            _("条款“%(clause)s”起要求这张表单", clause=names.get(one.clause, one.clause))
            if one.kind == "bound"
            else _("条款“%(clause)s”不再要求这张表单", clause=names.get(one.clause, one.clause))
            for one in changes
        ]
        words.append(Told(code, _named(changes[0].title), [one.clause for one in changes], lines))
    return words + [Told(one.code, _named(one.title), one.clauses, list(_form(one))) for one in found.forms]


def _form(one: FormChange) -> Iterator[str]:
    yield from (_fact(fact) for fact in one.facts)
    for step in one.steps:
        yield from _step(step)
    for field in one.fields:
        yield from _field(field)


def _step(one: StepChange) -> Iterator[str]:
    title = _named(one.title)
    if one.kind != "changed":
        who = "" if one.entry or one.kind == "moved" else _who(one.step or {})
        text = (ENTRIES if one.entry else STEPS)[one.kind]
        yield str(text) % {"title": title, "who": who}
        return
    for fact in one.facts:
        yield _("“%(title)s”：%(said)s", title=title, said=_fact(fact))


def _who(step: Mapping[str, Any]) -> str:
    roles = _("或").join(role_words(key, language()) for key in step.get("roles", ()))
    said = _("、").join(filter(None, (roles, _deadline(step.get("deadline")))))
    return _("（%(said)s）", said=said) if said else ""


def _field(one: FieldChange) -> Iterator[str]:
    title = _named(one.label)
    if one.kind != "changed":
        yield str(FIELDS[one.kind]) % {"title": title}
        return
    for fact in one.facts:
        yield _("字段“%(title)s”：%(said)s", title=title, said=_fact(fact))


def _fact(fact: Fact) -> str:
    name = str(NAMES.get(fact.what, fact.what))
    if fact.what not in NAMES or fact.what in UNSAID:
        return _("%(name)s有变", name=name)
    show = SHOWN.get(fact.what, _plain)
    return _(
        "%(name)s由“%(before)s”改为“%(after)s”",
        name=name,
        before=show(fact.before) or _("无"),
        after=show(fact.after) or _("无"),
    )


def _named(value: Any) -> str:
    return str(value.get(language(), "")) if isinstance(value, Mapping) else str(value or "")


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value) if value is not None else ""


def _roles(value: Any) -> str:
    return _("、").join(role_words(key, language()) for key in value or ())


def _deadline(value: Any) -> str:
    return limit_words(value["unit"], value["amount"], language()) if value else ""


def _choices(value: Any) -> str:
    return _("、").join(_named(one) for one in value or ())


def _where(value: Any) -> str:
    known = {"close": _("即终止"), "applicant": _("退回发起人")}
    return known.get(value or "", _plain(value))


def _mode(value: Any) -> str:
    return str(MODES.get(value, value or ""))


def _meaning(value: Any) -> str:
    return str(MEANINGS.get(value, value or ""))


SHOWN: Mapping[str, Callable[[Any], str]] = {
    "title": _named,
    "label": _named,
    "help": _named,
    "condition": _named,
    "when": _named,
    "required_when": _named,
    "roles": _roles,
    "opened_by": _roles,
    "deadline": _deadline,
    "choices": _choices,
    "on_refusal": _where,
    "overdue_to": _where,
    "mode": _mode,
    "meaning": _meaning,
}
