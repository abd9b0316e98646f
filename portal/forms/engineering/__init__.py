"""The forms of engineering."""
