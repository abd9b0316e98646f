"""Stories of the service system."""

from __future__ import annotations

from portal.demo.story import Story

STORIES: dict[str, Story] = {}
