"""Which passwords would soon be guessed, as the library zxcvbn counts guesses, and why.

It knows the 30,000 commonest passwords that are published, words and names in their usual disguises, dates, repeats,
sequences and walks over the keyboard; here it learns common Chinese words in pinyin and the words of a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from threading import Lock
from typing import Any

from portal.lib.i18n import _l
from portal.lib.pinyin import initials, needle, syllables

SHORTEST, LONGEST = 8, 128
READ = 32  # characters that are looked at; the time grows much faster than their number
ENOUGH = 10**8  # guesses: those that eight characters without any sense in them take
PINYIN = """
    woaini nihao mima woaizhongguo zhongguo woshishui wodemima woaiwojia woainima baobao baobei laopo laogong meinv
    jintian tianshi tiantian beijing shanghai guangzhou shenzhen gongsi yuangong caonima aini aiwo xiaoming xiaohong
    zhangwei wangwei wangfang lina zhangmin liuyang
""".split()  # commonest first
OWN: object = _l("它含有您的姓名、登录名、工号或公司的名称")
OTHERWISE: object = _l("组成它的词和数字很常见")
WHY: dict[str, object] = {
    "Straight rows of keys are easy to guess.": _l("它是键盘上相邻的一串键"),
    "Short keyboard patterns are easy to guess.": _l("它沿着键盘的键位走"),
    'Repeats like "aaa" are easy to guess.': _l("它重复同一个字符"),
    'Repeats like "abcabcabc" are only slightly harder to guess than "abc".': _l("它重复同一段字符"),
    'Sequences like "abc" or "6543" are easy to guess.': _l("它是按顺序排列的字母或数字"),
    "Recent years are easy to guess.": _l("它主要是一个年份"),
    "Dates are often easy to guess.": _l("它主要是一个日期"),
    "This is a top-10 common password.": _l("它是全世界最常用的十个密码之一"),
    "This is a top-100 common password.": _l("它是全世界最常用的一百个密码之一"),
    "This is a very common password.": _l("它是很多人在用的密码"),
    "This is similar to a commonly used password.": _l("它和很多人在用的密码差不多"),
    "A word by itself is easy to guess.": _l("它只是一个单词"),
    "Names and surnames by themselves are easy to guess.": _l("它只是一个名字或姓氏"),
    "Common names and surnames are easy to guess.": _l("它主要是常见的名字或姓氏"),
}
_one_at_a_time = Lock()  # zxcvbn keeps the words of a person where every thread finds them


def weakness(password: str, own_words: Iterable[str] = ()) -> object | None:
    """Why a password would soon be guessed, as part of a sentence; None for one that would not."""
    with _one_at_a_time:
        found: dict[str, Any] = _guesser()(password[:READ], user_inputs=own_words)
    if found["guesses"] >= ENOUGH:
        return None
    if any(part.get("dictionary_name") == "user_inputs" for part in found["sequence"]):
        return OWN
    return WHY.get(found["feedback"]["warning"], OTHERWISE)


@cache
def _guesser() -> Callable[..., Any]:
    """The library, which has learned what it lacks; asked for under the lock."""
    from zxcvbn import zxcvbn  # its lists of words take 13 MB, and passwords are seldom chosen
    from zxcvbn.matching import add_frequency_lists

    add_frequency_lists({"pinyin": PINYIN})
    guesser: Callable[..., Any] = zxcvbn
    return guesser


def words_of(*texts: str) -> list[str]:
    """What names of a person or a company may become in a password: each stretch of them, also in pinyin, and first letters."""
    found = dict.fromkeys(text.casefold() for text in texts)
    for text in texts:
        characters = [one for one in needle(text) if not one.isascii()]
        found |= dict.fromkeys(_stretches(characters, 2) + _stretches(syllables(text), 3))
        found[initials(text)] = None
    return list(filter(None, found))


def _stretches(parts: list[str], shortest: int) -> list[str]:
    """Every stretch of the parts that has enough characters."""
    ends = range(1, len(parts) + 1)
    stretches = ("".join(parts[start:end]) for end in ends for start in range(end))
    return [one for one in stretches if len(one) >= shortest]
