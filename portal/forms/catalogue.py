"""Every form of the company, found by walking the cabinet."""

from __future__ import annotations

import importlib
import pkgutil

import portal.forms as cabinet
from portal.domain.roles import DEPARTMENTS
from portal.forms.base import CompanyForm
from portal.forms.complete import FormIncomplete


def _walk() -> dict[str, type[CompanyForm]]:
    for department in DEPARTMENTS:  # a department without forms has no folder
        path = f"{cabinet.__path__[0]}/{department.key}"
        for module in pkgutil.iter_modules([path]):
            importlib.import_module(f"portal.forms.{department.key}.{module.name}")
    forms = [form for form in _leaves(CompanyForm) if form is not CompanyForm]
    found: dict[str, type[CompanyForm]] = {}
    for form in sorted(forms, key=lambda form: form.code):
        if form.code in found:
            raise FormIncomplete(
                f"{form.__name__} and {found[form.code].__name__} share the code {form.code}"
            )
        found[form.code] = form
    return found


def _addressed(forms: dict[str, type[CompanyForm]]) -> dict[tuple[str, str], type[CompanyForm]]:
    found: dict[tuple[str, str], type[CompanyForm]] = {}
    for form in forms.values():
        other = found.setdefault((form.department_key, form.slug), form)
        if other is not form:
            raise FormIncomplete(f"{form.__name__} and {other.__name__} share the slug {form.slug}")
    return found


def _leaves(form: type[CompanyForm]) -> list[type[CompanyForm]]:
    below = form.__subclasses__()
    return [leaf for sub in below for leaf in _leaves(sub)] if below else [form]


FORMS: dict[str, type[CompanyForm]] = _walk()
BY_SLUG = _addressed(FORMS)
