"""Which passwords are too easy to guess: common words in their usual disguises, walks over the keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterable

SHORTEST, LONGEST = 8, 128
_DISGUISES = str.maketrans("@4310$5!7", "aaeiossit")
_KEYBOARD = (
    "`1234567890-=",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
)
_COMMON = frozenset(
    """
    qwaszx aa abc abcabc abcd abcdef access account adidas administrator admin administration alexander alexandra amanda
    america andrea andrew angel angela angels anthony apple arsenal asd asdf asdfasdf asdqwe asshole austin baby
    babygirl babylon banana barcelona baseball basketball batman beautiful benjamin bigdaddy bismillah blahblah
    blink brandon brandy brooklyn bubbles buster butterfly camaro cameron champion changeme changeit charles
    charlie charlotte cheese chelsea chester chicago chicken chocolate christian christopher coffee college
    company computer connect cookie corvette cowboys creative crystal daniel danielle database default department
    destiny diamond director dolphin dolphins dragon dragonball eagles easy einstein elephant elizabeth eminem
    employee enter estrella external faith family fender ferrari fishing florida flower flowers football forever
    formula forum freedom friend friends fuckme fuckoff fuckyou gandalf garfield gateway george gfhjkm ginger
    goldfish google guest guitar hallo hammer hannah happy harley heaven hello helloworld help hockey hello hunter
    iceman iloveu iloveyou infinity internet intranet isabella jackson jasmine jennifer jessica jesus johnson
    jonathan jordan joseph justin katherine killer kristina kisses ladybug letmein leopard liberty lincoln liverpool
    login london lovelove lovely loveme loveyou madison manager manchester marina mario marlboro master matrix
    matthew maverick melissa mercedes merlin metallica michael michelle midnight mickey monday money monica monkey
    monster morgan mother motorola mountain mustang myspace naruto natasha newyork nicholas nicole ninja nirvana
    nothing office online orange overlord panther pass passw passwd password passpass passwort patricia patrick
    peaches peanut pepper phoenix pokemon police portal power princess purple q qaz qazwsx qq qqq qwe qweasd
    qweasdzxc qwer qwert qwerty qwertyuiop qwertz rachel rainbow ranger rebecca redskins redsox richard robert
    rockyou root samantha samsung samuel scooter secret secure security server shadow sierra silver simple sister
    slipknot smokey snoopy snowball soccer something sophie spiderman spring starwars startrek stephanie steven
    success summer sunflower sunshine superman superstar support swordfish system tech temp temporary test tester
    testing thomas thunder tigger tinkerbell tomcat trustno trustnoi turtle unknown user vanessa victoria vincent
    virginia wang warcraft welcome whatever wilson william windows winner winter wizard wolverine woaini woainima
    woaiwojia woaini woaizhongguo woshishui xiaoming xiaohong yamaha yankees yellow zhang zhangwei zaqwsx zaqxsw
    zhongguo zxc zxcv zxcvbn zxcvbnm aini aiwo beijing shanghai guangzhou shenzhen gongsi mima nihao caonima laopo
    laogong baobao baobei meinv wodemima jintian tianshi yuangong huaheng
    """.split()
)


def guessable(password: str, own_words: Iterable[str] = ()) -> bool:
    """Whether a short list of guesses would soon reach it; `own_words` are the person's login and name."""
    lowered = password.casefold()
    if len(set(lowered)) < 5 or lowered.isdecimal() or _repeats(lowered) or _walks(lowered):
        return True
    if any(len(word) >= 3 and word.casefold() in lowered for word in own_words):
        return True
    core = _core(lowered)
    return not _COMMON.isdisjoint((core, core.translate(_DISGUISES), _core(lowered.translate(_DISGUISES))))


def _core(text: str) -> str:
    """The text without the digits and signs that people hang on to a word; nothing left is common too."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text) or "q"


def _repeats(text: str) -> bool:
    """Whether it is one short piece said over and over."""
    return re.fullmatch(r"(.{1,6})\1+.?", text) is not None


def _walks(text: str) -> bool:
    """Whether it is made of a few walks along the keyboard or the alphabet, forward or back."""
    rows = [*_KEYBOARD, *(row[::-1] for row in _KEYBOARD)]
    steps = sum(any(text[at : at + 2] in row for row in rows) for at in range(len(text) - 1))
    return steps >= 0.75 * (len(text) - 1)
