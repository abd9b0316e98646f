"""What the obligations of information security have in common: who keeps them, who is told, how long they are asked for."""

from __future__ import annotations

from datetime import timedelta

from portal.domain.obligations import Number
from portal.domain.permissions import role_key
from portal.lib.i18n import _l

OFFICERS = (role_key("security_officer"),)
REPRESENTATIVE = (role_key("management_representative"),)
DAYS = _l("天")
LONG = timedelta(days=180)  # after its day a case that nobody took up is history
YEARLY = (Number("before", _l("提前提醒"), 30, DAYS),)
