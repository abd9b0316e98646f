"""The verifier, taken in as a module; it stands alone, and is run as a program in its own test."""

from __future__ import annotations

import importlib.util
from types import ModuleType
from typing import Any

from portal.config import ROOT


def _taken_in() -> ModuleType:
    found = importlib.util.spec_from_file_location("verify_record", ROOT / "tools" / "verify_record.py")
    assert found is not None
    assert found.loader is not None
    made = importlib.util.module_from_spec(found)
    found.loader.exec_module(made)
    return made


verifier: Any = _taken_in()


def disagreeing(pdf: bytes) -> set[str]:
    """The checks that do not hold of a print, but for its seal."""
    found, _within = verifier.examine(pdf, None)
    return {key for key, ok in found["checks"].items() if ok is False} - {"sealed"}
