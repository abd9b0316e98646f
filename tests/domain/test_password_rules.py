"""Common passwords are refused in their usual disguises, sentences are welcome."""

import pytest

from portal.domain.password_rules import guessable

COMMON = """password1 P@ssw0rd! qwerty123 1qaz2wsx abcd1234 a1234567 88888888 20010203 iloveyou woaini1314 trustno1
superman1 zxcvbnm1 abc123abc123 football michael1 qwer1234 asdf1234 letmein! 12qwaszx Password2026! 87654321 aaaaaaab
00000000 welcome1 dragon123 jennifer princess1 sunshine baseball! monkey123 111222333 asdfghjkl 13800138000""".split()
GOOD = """correct-horse-battery Sommer-Regen-48 fre7-ksdf-8wer-x3kq 我爱北京天安门的日出 kupfer\u00a0kanne\u00a0blau 9Zt!vq2Lm""".split(
    " "
)


@pytest.mark.proves("S8")
@pytest.mark.parametrize("password", COMMON)
def test_common_ones_are_guessable(password: str) -> None:
    assert guessable(password)


@pytest.mark.proves("S8")
@pytest.mark.parametrize("password", GOOD)
def test_others_are_not(password: str) -> None:
    assert not guessable(password)


@pytest.mark.proves("S8")
def test_own_login_is_guessable() -> None:
    assert guessable("2026-Buyer-geheim", ("buyer",))
    assert not guessable("2026-Buyer-geheim", ("auditor",))
