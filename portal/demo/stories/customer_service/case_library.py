"""Stories of the case library."""

from __future__ import annotations

from portal.demo.story import Story

STORIES: dict[str, Story] = {}
