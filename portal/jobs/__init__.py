"""Work besides the requests: prints, reminders, escalations."""
