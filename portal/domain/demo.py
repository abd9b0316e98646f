"""What everyone may know of the demo."""

DEMO_PASSWORD = "demo-2026"
