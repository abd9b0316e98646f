"""Rules of the documents: customer service."""

from __future__ import annotations

from portal.forms.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
