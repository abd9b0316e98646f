"""Rules of the documents: purchasing and warehouse."""

from __future__ import annotations

from portal.forms.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
