"""Rules of the documents: quality."""

from __future__ import annotations

from portal.forms.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
