"""The forms of customer service."""
