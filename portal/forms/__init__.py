"""The cabinet of forms: one class a form, one file a form, one folder a department."""
