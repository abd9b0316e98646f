"""What everyone may know of the demo."""

DEMO_PASSWORD = "demo-2026"  # nosec B105 -- of made-up people, on the loopback address only
