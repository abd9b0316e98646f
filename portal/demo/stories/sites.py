"""Stories of this section's forms."""

from __future__ import annotations

from portal.demo.story import Story

STORIES: dict[str, Story] = {}
