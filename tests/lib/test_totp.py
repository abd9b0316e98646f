"""One-time passwords by the clock, held against the vectors of RFC 6238 and against what a phone may be off."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from portal.lib import totp, under_key

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238: the digits 1 to 0, twice
NOW = datetime(2026, 5, 12, 2, 0, 10, tzinfo=UTC)
STEP = timedelta(seconds=totp.SECONDS)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_vectors_of_the_standard(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert totp.code(SECRET, totp.step(at)) == code
    assert totp.matching_step(SECRET, code, at=at, after=-1) == seconds // 30


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phone_may_be_off_by_a_step(steps: int, good: bool) -> None:
    typed = totp.code(SECRET, totp.step(NOW + steps * STEP))
    assert (totp.matching_step(SECRET, typed, at=NOW, after=-1) is not None) == good


def test_a_step_that_is_over_counts_no_more() -> None:
    here = totp.step(NOW)
    assert totp.matching_step(SECRET, totp.code(SECRET, here), at=NOW, after=here) is None
    assert totp.matching_step(SECRET, totp.code(SECRET, here - 1), at=NOW, after=here) is None
    assert totp.matching_step(SECRET, totp.code(SECRET, here + 1), at=NOW, after=here) == here + 1


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "²²²²²²", "-12345", " 12345"]
)
def test_what_is_no_code(typed: str) -> None:
    assert totp.matching_step(SECRET, typed, at=NOW, after=-1) is None


def test_secrets_are_new_each_time() -> None:
    assert len({totp.new_secret() for _time in range(50)}) == 50
    assert len(totp.new_secret()) == 32


def test_the_address_says_who_and_where() -> None:
    address = urlsplit(totp.address(SECRET, login="zhao.min", issuer="华衡: 集团"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == "/华衡: 集团:zhao.min"
    asked = parse_qs(address.query)
    assert (asked["secret"], asked["issuer"]) == ([SECRET], ["华衡: 集团"])


def test_what_is_kept_opens_for_its_purpose_and_keys_only() -> None:
    locked = under_key.lock("text", ["old" * 20], "this")
    assert "text" not in locked
    assert under_key.unlock(locked, ["new" * 20, "old" * 20], "this") == "text"
    for keys, about in ((["new" * 20], "this"), (["old" * 20], "that")):
        with pytest.raises(under_key.Locked):
            under_key.unlock(locked, keys, about)
    with pytest.raises(under_key.Locked):
        under_key.unlock(locked[:-4] + "AAA=", ["old" * 20], "this")
    with pytest.raises(under_key.Locked):
        under_key.unlock("", ["old" * 20], "this")
