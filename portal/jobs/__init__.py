"""Work besides the requests: prints, messages, reminders, escalations."""
