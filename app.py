"""The front door: `flask` and WSGI servers find the portal here."""

from portal.factory import create_app

app = create_app()
