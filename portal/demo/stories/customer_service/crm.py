"""Stories of sales: prospects, quotations, orders, payments."""

from __future__ import annotations

from portal.demo.story import Story

STORIES: dict[str, Story] = {}
