"""Look things up; never write."""
