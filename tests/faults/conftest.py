"""The desk of everybody and the mail server, for the tests of this folder."""

from tests.post_office import post
from tests.web.conftest import desk

__all__ = ["desk", "post"]
