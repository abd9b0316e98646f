"""The rules of the house, free of web, database and clock."""
