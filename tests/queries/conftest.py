"""People at work on trial forms, for what queries find of it."""

from __future__ import annotations

from tests.services.conftest import company, office, real_office, trial_forms

__all__ = ["company", "office", "real_office", "trial_forms"]
