"""Obligations of this section."""

from __future__ import annotations

from portal.domain.obligations import Obligation

OBLIGATIONS: tuple[Obligation, ...] = ()
