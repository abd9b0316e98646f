"""The intranet portal: forms, sign-off, records and procedures of one company."""
