"""Rules of the documents: engineering and design."""

from __future__ import annotations

from portal.forms.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
