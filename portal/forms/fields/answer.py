"""What all field types share: when they apply, whether an answer is demanded, how it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import wtforms

from portal.domain.conditions import Condition
from portal.forms.kinds import KINDS
from portal.lib.i18n import _l

REQUIRED = _l("请填写“%(label)s”")
CHOOSE = _l("请选择“%(label)s”")


class Answer(wtforms.Field):
    """What all field types share."""

    kind = "text"
    ask: Any = REQUIRED
    data: Any
    raw_data: Any
    errors: Any
    process_errors: list[Any]

    def __init__(
        self,
        label: Any = "",
        *,
        required: bool = True,
        when: Condition | None = None,
        required_when: Condition | None = None,
        computed: bool = False,
        help: Any = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(label=label, description=help, **kwargs)
        self.required = required
        self.when = when
        self.required_when = required_when
        self.computed = computed

    @property
    def column(self) -> str:
        """How a table lays out a column of it: classes of the style sheet."""
        return f"c-{self.kind}"

    @property
    def blank(self) -> bool:
        """Whether no answer is given."""
        return self.data in (None, "", [], ())

    def applies(self, form: Any) -> bool:
        """Whether the field is visible under the answers given."""
        return self.when is None or self.when.holds(form.known())

    def demanded(self, form: Any) -> bool:
        """Whether an answer must be given under the answers given."""
        if self.required_when is not None:
            return self.required_when.holds(form.known())
        return self.required

    def clear(self) -> None:
        """Forgets what was given."""
        self.data = None
        self.raw_data = None
        self.process_errors = []

    def validate(self, form: Any, extra_validators: Iterable[Any] = ()) -> bool:
        """Runs the checks that apply; a hidden field is cleared, a computed one accepted."""
        self.errors = []
        if not self.applies(form):
            self.clear()
            return True
        if self.computed:
            return True
        if self.blank and not self.process_errors:
            if self.demanded(form):
                self.errors = [str(self.ask) % {"label": self.label.text}]
            return not self.errors
        super().validate(form, tuple(extra_validators))
        self.errors = list(self.errors)[:1]
        return not self.errors

    def dump(self) -> Any:
        """The answer as JSON; None if not given."""
        return None if self.blank else KINDS[self.kind].dump(self.data)

    def describe(self) -> dict[str, Any]:
        """What the frozen definition adds for this type."""
        return {}
