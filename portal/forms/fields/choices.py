"""Fields that are chosen from a list: one, several, yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import wtforms
from wtforms import validators as check

from portal.forms.fields.answer import CHOOSE, Answer
from portal.lib.i18n import _l
from portal.lib.text import width as text_width

NARROW, WIDE = 4, 8  # of the width of a Chinese character


class Choice(Answer, wtforms.SelectField):
    """One of a list of `{value: label}`."""

    kind = "choice"
    ask = CHOOSE

    def __init__(self, label: Any = "", choices: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(label, validate_choice=False, **kwargs)
        self._choices = self.labels = choices or {}  # WTForms would take lazy labels for groups

    @property
    def column(self) -> str:
        """Wide enough for its longest word; a computed one breaks its lines."""
        longest = max((text_width(str(label)) for label in self.labels.values()), default=0)
        if longest <= NARROW:
            return super().column
        if self.computed:
            return f"{super().column} c-told"
        return f"{super().column} {'c-wide' if longest <= WIDE else 'c-widest'}"

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Takes the chosen value, or its label as a pasted row has it; nothing when none is chosen.

        What is not in the list is no answer: `compute` and `check` only ever see one that is.
        """
        text = valuelist[0].strip() if valuelist else ""
        if text and text not in self.labels:
            self.data = next((value for value, label in self.labels.items() if str(label) == text), None)
            if self.data is None:
                raise ValueError(str(_l("请从列表中选择")))
        else:
            self.data = text or None

    def pre_validate(self, form: Any) -> None:
        """Refuses what is not in the list any more."""
        if self.data not in self.labels:
            raise check.ValidationError(str(_l("请从列表中选择")))

    def describe(self) -> dict[str, Any]:
        """The choices."""
        return {"choices": self.labels}


class MultiChoice(Answer, wtforms.SelectMultipleField):
    """Any number of a list of `{value: label}`."""

    kind = "multi_choice"
    ask = CHOOSE

    def __init__(self, label: Any = "", choices: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(label, validate_choice=False, **kwargs)
        self._choices = self.labels = choices or {}  # WTForms would take lazy labels for groups

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Takes the chosen values in the order of the list."""
        chosen = set(valuelist)
        self.data = [value for value in self.labels if value in chosen]
        if chosen - set(self.labels) - {""}:
            raise ValueError(str(_l("请从列表中选择")))

    def describe(self) -> dict[str, Any]:
        """The choices."""
        return {"choices": self.labels}


class YesNo(Answer):
    """Yes or no; neither is preset."""

    kind = "yes_no"
    ask = CHOOSE

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Reads `yes` and `no`, also as a pasted row has them."""
        text = valuelist[0].strip().lower() if valuelist else ""
        self.data = {"yes": True, "no": False, "是": True, "否": False}.get(text)
        if text and self.data is None:
            raise ValueError(str(_l("请选择是或否")))

    def _value(self) -> str:
        return {True: "yes", False: "no"}.get(self.data, "")
