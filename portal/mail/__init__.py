"""Messages to people outside the portal: letters by SMTP, lines to group robots."""
