"""What everyone may know of the demo."""

DEMO_PASSWORD = "demo-2026"  # noqa: S105 -- printed on the demo's own sign-in page
