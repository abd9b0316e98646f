"""The made-up company that the demo shows and the tests work with."""
