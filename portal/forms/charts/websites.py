"""Charts of this section."""

from __future__ import annotations

from portal.forms.charts.chart import Chart

WEBSITES: tuple[Chart, ...] = ()
