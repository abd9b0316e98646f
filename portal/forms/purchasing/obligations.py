"""The obligations of purchasing."""

from __future__ import annotations

from portal.domain.obligations import Obligation, asked_in
from portal.domain.permissions import role_key
from portal.lib.i18n import _l

OBLIGATIONS = (
    Obligation(
        "OS-11",
        "",
        "purchasing",
        _l("催交到期未到的货物"),
        _l("供应商承诺的交期已到"),
        _l("下单的采购员"),
        _l("供应商承诺交期"),
        _l("到货已登记，待办已办结"),
        "PU-04",
        _l("告知采购部经理"),
        (role_key("purchasing_manager"),),
        turns=(asked_in("PU-04"),),
    ),
)
