"""Jinja's environment: each template is compiled once for each language, so that what it spells out is constant."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment
from jinja2 import nodes
from jinja2.environment import copy_cache
from jinja2.visitor import NodeTransformer

from portal.lib.i18n import LANGUAGES, language

SAME = frozenset({"_", "icon", "static"})
"""What gives the same for the same words, as long as the portal runs and in one language."""


class Templates(Environment):
    """Jinja's environment, with what every template knows in one dict: a page imports a dozen, and each looks through it."""

    @property
    def cache(self) -> Any:
        """The templates compiled so far for whom a page is made now."""
        return self._caches[language()]

    @cache.setter
    def cache(self, empty: Any) -> None:
        self._caches = {code: copy_cache(empty) for code in LANGUAGES}

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What a template knows, besides what it is given."""
        return {**self.globals, **(d or {})}

    def _generate(self, source: nodes.Template, *args: Any, **options: Any) -> str:
        """Python for a template: Jinja's own way, with the constants put in."""
        return super()._generate(_Constants(self.globals).visit(source), *args, **options)


class _Constants(NodeTransformer):
    """Puts into a template what its calls give that depend on nothing but what stands there: texts, icons, addresses."""

    def __init__(self, known: MutableMapping[str, Any]) -> None:
        self._known = known

    def visit_Call(self, call: nodes.Call) -> nodes.Node:  # noqa: N802 -- the visitor's name for it
        self.generic_visit(call)
        name = call.node.name if isinstance(call.node, nodes.Name) else ""
        if name not in SAME or call.dyn_args or call.dyn_kwargs:
            return call
        try:
            plain = [one.as_const() for one in call.args]
            named = dict(one.as_const() for one in call.kwargs)
        except nodes.Impossible:
            return call
        return nodes.Const(self._known[name](*plain, **named), lineno=call.lineno)
