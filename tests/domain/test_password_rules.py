"""What would soon be guessed is refused with the reason; sentences, and eight characters without any sense, are welcome."""

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from portal.domain.password_rules import OTHERWISE, OWN, READ, WHY, weakness, words_of
from portal.lib.i18n import both

COMMON = """password1 P@ssw0rd! qwerty123 1qaz2wsx abcd1234 a1234567 88888888 20010203 iloveyou woaini1314 trustno1
superman1 zxcvbnm1 abc123abc123 football michael1 qwer1234 asdf1234 letmein! 12qwaszx Password2026! 87654321 aaaaaaab
00000000 welcome1 dragon123 jennifer princess1 sunshine baseball! monkey123 111222333 asdfghjkl 13800138000
woaizhongguo zhangwei88 gongsi123 Mima1234!""".split()
GOOD = """correct-horse-battery Sommer-Regen-48 fre7-ksdf-8wer-x3kq 我爱北京天安门的日出 kupfer\u00a0kanne\u00a0blau 9Zt!vq2Lm x7Kq!v2L""".split(
    " "
)
OF_THE_PERSON = words_of("li.ming", "李明", "HH-0417", "华衡制造建设集团")


@pytest.mark.proves("S8")
@pytest.mark.parametrize("password", COMMON)
def test_common_ones_are_guessable(password: str) -> None:
    assert weakness(password)


@pytest.mark.proves("S8")
def test_the_three_thousand_commonest_are_guessable() -> None:
    commonest = FREQUENCY_LISTS["passwords"][:3000]
    assert len(set(commonest)) == 3000
    assert [one for one in commonest if not weakness(one)] == []


@pytest.mark.proves("S8")
@pytest.mark.parametrize("password", GOOD)
def test_others_are_not(password: str) -> None:
    assert not weakness(password)


@pytest.mark.proves("S8")
@pytest.mark.parametrize(
    "password",
    [
        "Li.Ming2026",
        "liming-88",
        "李明李明李明2026!",
        "HuaHeng2026",
        "hh-0417hh",
        "hhzzjsjt1",
        "华衡制造2026!",
    ],
)
def test_words_of_the_person_and_the_company_are_guessable(password: str) -> None:
    assert weakness(password, OF_THE_PERSON)


@pytest.mark.proves("S8")
def test_the_words_of_one_person_are_forgotten_for_the_next() -> None:
    assert weakness("Tanzhongxu26", words_of("谭仲旭")) is OWN
    assert weakness("Tanzhongxu26") is None


EXAMPLES = """qwertyuiop[ rfvbgtyhn aaaaaaaaa abcabcabc cdefghijk 20172019 19-8-1987 password iloveyou whatever passw0rd
upstream williams calder2026""".split()  # one for each reason, in their order


@pytest.mark.proves("S8")
@pytest.mark.parametrize(("password", "reason"), list(zip(EXAMPLES, WHY.values(), strict=True)))
def test_each_reason_is_said_in_both_languages(password: str, reason: object) -> None:
    assert weakness(password) is reason
    told = both(reason)
    assert told["zh"] != told["en"]


@pytest.mark.proves("S8")
@pytest.mark.parametrize("reason", [OWN, OTHERWISE])
def test_the_other_reasons_too(reason: object) -> None:
    told = both(reason)
    assert told["zh"] != told["en"]


@pytest.mark.proves("S8")
def test_long_ones_of_every_kind_are_looked_at_in_no_more_than_their_first_part() -> None:
    start = "fre7-ksdf-8wer-x3kq-hp5w-9tvm-r4cz"[:READ]
    assert len(start) == READ
    assert weakness("a" * READ + start)
    assert not weakness(start + "a" * 88)
