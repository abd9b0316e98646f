"""Purchasing: goods and books."""

from portal.web.rooms import room

bp = room("purchasing")
