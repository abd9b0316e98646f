"""The rules of the documents, R01 to R83, each with its clause and what keeps it."""

from __future__ import annotations

from portal.forms.rules import customer_service, engineering, quality, stock
from portal.forms.rules.rule import Rule

RULES: dict[str, Rule] = {
    rule.key: rule
    for rule in sorted(
        (*customer_service.RULES, *engineering.RULES, *stock.RULES, *quality.RULES),
        key=lambda rule: rule.key,
    )
}
