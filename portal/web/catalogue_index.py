"""Forms, registers and departments by every name they go by, made once and searched in memory."""

from __future__ import annotations

from functools import cache
from typing import Any

from portal.domain.roles import DEPARTMENTS
from portal.forms.catalogue import FORMS
from portal.forms.ledgers import LEDGERS
from portal.forms.registers import REGISTERS, FormRegister
from portal.lib.i18n import both
from portal.lib.names import Index


@cache
def forms() -> Index:
    """Forms by title in both languages, code, and the papers that they take in."""
    return Index({code: [code, *both(form.name).values(), *form.covers] for code, form in FORMS.items()})


@cache
def registers() -> Index:
    """Ledgers and named views by title in both languages."""
    return Index({key: _titles(one) for key, one in REGISTERS.items() if not isinstance(one, FormRegister)})


@cache
def departments() -> Index:
    """Departments by title in both languages and the names that the procedures give them."""
    return Index({one.key: [*_titles(one), *one.aliases] for one in DEPARTMENTS})


def covered(code: str, words: str) -> str:
    """The paper that was looked for, where it lives inside the form under another name."""
    wanted = words.strip()
    return next((name for name in FORMS[code].covers if wanted and wanted in name), "")


def may_read(key: str, actor: Any) -> bool:
    """Whether a ledger is for this person; views of forms are open to all, their rows are not."""
    return key not in LEDGERS or LEDGERS[key].open_to(actor)


def _titles(named: Any) -> list[str]:
    return list(both(named.title).values())
