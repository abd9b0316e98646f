"""The mail server and the robots' services for the tests of this folder."""

from tests.post_office import post, services

__all__ = ["post", "services"]
