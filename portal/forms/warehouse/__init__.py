"""The forms of the warehouse."""
