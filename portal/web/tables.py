"""Cells of long tables, prepared so that the template has little left to do for each."""

from __future__ import annotations

from markupsafe import Markup

from portal.forms.columns import Column

Cell = tuple[Markup, str, str]  # attributes of the cell, its text, the class or address of the text


def attributes(column: Column) -> Markup:
    """Class and label of a column's cells; the label is shown where rows become cards."""
    look = Markup(' class="{}"').format(column.look) if column.look else Markup("")
    return look + Markup(' data-label="{}"').format(column.title)
