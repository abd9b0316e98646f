"""Rules of the documents: customer service."""

from __future__ import annotations

from portal.forms.rules import customers, service
from portal.forms.rules.rule import Rule

RULES: tuple[Rule, ...] = (*customers.RULES, *service.RULES)
