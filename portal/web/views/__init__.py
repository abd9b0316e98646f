"""Views that all six departments share; their blueprints put them under the department's address."""
