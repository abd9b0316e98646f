"""The forms of design."""
