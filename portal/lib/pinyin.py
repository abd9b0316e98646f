"""Chinese text spelt in Latin letters, so that people can be found by typing zhangsan or zs."""

import os
import re

from portal.lib.text import fold

# Readings by phrase would take 50 MB, and names are found by every reading of their first character.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")

# Surnames that begin with another letter than the dictionary's first reading of the character.
_SURNAMES = {
    "仇": "q",
    "区": "o",
    "单": "s",
    "曾": "z",
    "查": "z",
    "种": "c",
    "翟": "z",
    "覃": "q",
    "解": "x",
    "尉迟": "y",
}

_LONGEST = 60  # letters of a spelling that anybody would type


def initials(name: str) -> str:
    """Return a person's name as first letters (张三丰 gives zsf), Latin letters and digits kept."""
    plain = needle(name)
    letters = _first_letters(_spell(plain))
    first = _SURNAMES.get(plain[:2]) or _SURNAMES.get(plain[:1], letters[:1])
    return first + letters[1:]


def spellings(text: str) -> str:
    """Return a search key: the text itself, its full pinyin and its first letters, separated by spaces.

    Every reading of the first Chinese character is spelt, since a surname is often read in its own way.
    Look it up with `search_key LIKE '%' || needle(typed) || '%'`.
    """
    plain = needle(text)
    words = [fold(text).strip(), plain]
    letters = []
    for syllables in _readings(plain):
        words.append("".join(syllables))
        letters.append(_first_letters(syllables))
    return " ".join(dict.fromkeys(filter(None, words + letters)))


def spelt_words(text: str) -> list[str]:
    """Return the words of an index by whose beginnings a name is found: from each syllable on, spelt and by first letters."""
    found: list[str] = []
    for read in _readings(needle(text)):
        letters = _first_letters(read)
        for at, syllable in enumerate(read):
            if syllable.isascii():
                found += ["".join(read[at:])[:_LONGEST], letters[at:]]
    return list(dict.fromkeys(found))


def syllables(text: str) -> list[str]:
    """Return how a text is read, syllable by syllable; a run of Latin letters or digits is one."""
    plain = "".join(one if one.isalnum() else " " for one in fold(text)).replace("ü", "v")
    found: list[str] = []
    for run in re.findall(r"[a-z0-9]+|[^a-z0-9 ]+", plain):
        found += [run] if run.isascii() else _spell(run)
    return [one for one in found if one.isascii()]


def needle(typed: str) -> str:
    """Return what a person typed as it stands in a search key; empty when there is nothing to look up."""
    return "".join(filter(str.isalnum, fold(typed))).replace("ü", "v")


def _spell(plain: str) -> list[str]:
    """One syllable for each character; a character without pinyin spells itself."""
    from pypinyin import lazy_pinyin  # its table of readings takes 12 MB, and a page needs none

    parts = lazy_pinyin(plain, errors="\n".join)  # the break keeps a run without pinyin in single characters
    return [syllable for part in parts for syllable in part.split("\n")]


def _readings(plain: str) -> list[list[str]]:
    """The text spelt once for each reading of its first Chinese character, the likeliest first."""
    from pypinyin import Style, pinyin  # as above

    syllables = _spell(plain)
    first = next((at for at, char in enumerate(plain) if syllables[at] != char), None)
    if first is None:
        return [syllables]
    others = pinyin(plain[first], style=Style.NORMAL, heteronym=True)[0]
    heads = dict.fromkeys([syllables[first], *others])
    return [[*syllables[:first], head, *syllables[first + 1 :]] for head in heads]


def _first_letters(syllables: list[str]) -> str:
    return "".join(syllable[:1] for syllable in syllables)
