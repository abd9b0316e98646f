"""The forms of quality."""
