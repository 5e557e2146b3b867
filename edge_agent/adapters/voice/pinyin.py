"""Chinese text as pinyin with tone numbers: what espeak-ng reads rightly (its Hanzi voices do not).

Digits are read out as Chinese numbers, capitals by their letters; punctuation makes the pauses.
The dictionaries are loaded when first used, and 55 MB large: see `reader`.
"""

import re
from collections.abc import Mapping

from edge_agent.adapters.voice.readings import LETTERS, SURNAMES
from edge_agent.adapters.voice.script import Script

_PAUSES = str.maketrans(
    {
        "，": ", ", "。": ". ", "！": "! ", "？": "? ", "；": "; ", "：": ": ", "、": ", ",
        "（": ", ", "）": ", ", "(": ", ", ")": ", ", "“": " ", "”": " ", "《": " ", "》": " ",
    }
)  # fmt: skip
_DIGITS = "零一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
_NUMBER = re.compile(r"\d+")
_YEAR = re.compile(r"(\d{4})(?=[年级届])")
_DECIMAL = re.compile(r"(\d+)\.(\d+)")
_NUMBER_IN_BRACKETS = re.compile(r"[(（](\d+)[)）]")  # as in 三年级(2)班: no pause there
_CAPITALS = re.compile(r"(?<![A-Za-z])[A-Z]+(?![a-z])")
_UNSPEAKABLE = re.compile(r"[^a-zA-Z0-9ü,.!?;: ]+")
_NONE: Mapping[str, str] = {}


def to_pinyin(text: str, readings: Mapping[str, str] = _NONE) -> str:
    """Turn `请离开` into `qing3 li2 kai1`; `readings` has the pinyin of words read otherwise."""
    known = {word: reading for word, reading in readings.items() if word}
    if not known:
        return _tidy(_read(text))
    longest_first = sorted(known, key=len, reverse=True)
    pieces = re.split(f"({'|'.join(map(re.escape, longest_first))})", text)
    return _tidy(" ".join(known.get(piece) or _read(piece) for piece in pieces))


def name_pinyin(name: str, readings: Mapping[str, str] = _NONE) -> str:
    """Read a person's name: the site's `readings` first, then what its surname is known to be."""
    if name in readings:
        return _tidy(readings[name])
    for length in (2, 1):
        surname, rest = name[:length], name[length:]
        reading = readings.get(surname) or SURNAMES.get(surname)
        if reading and rest:
            return _tidy(f"{reading} {to_pinyin(rest, readings)}")
    return to_pinyin(name, readings)


def pinyin_of(script: Script) -> str:
    """Give the pinyin of a script, its name read as a name."""
    readings = dict(script.readings)
    if script.name and script.name not in readings:
        readings[script.name] = name_pinyin(script.name, readings)
    return to_pinyin(script.text, readings)


def _read(text: str) -> str:
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - 55 MB, for whoever really reads

    bare = _NUMBER_IN_BRACKETS.sub(r"\1", text)
    bare = _YEAR.sub(lambda found: _one_by_one(found[1]), bare)
    bare = _DECIMAL.sub(lambda found: f"{_in_chinese(found[1])}点{_one_by_one(found[2])}", bare)
    bare = _NUMBER.sub(lambda found: _in_chinese(found[0]), bare)
    bare = _CAPITALS.sub(lambda found: f" {' '.join(LETTERS[one] for one in found[0])} ", bare)
    parts = lazy_pinyin(bare, style=Style.TONE3, neutral_tone_with_five=True, v_to_u=False)
    return " ".join(part.translate(_PAUSES) for part in parts)


def _tidy(pinyin: str) -> str:
    """Leave out what no voice can say, and let each pause follow its word."""
    spaced = re.sub(r"\s+", " ", _UNSPEAKABLE.sub(" ", pinyin))
    return re.sub(r"\s*([,.!?;:])\s*", r"\1 ", spaced).strip()


def _one_by_one(digits: str) -> str:
    return "".join(_DIGITS[int(digit)] for digit in digits)


def _in_chinese(digits: str) -> str:
    """Read a short number as a number, a long one (a telephone's) digit by digit."""
    if len(digits) > len(_UNITS) or (digits.startswith("0") and digits != "0"):
        return _one_by_one(digits)
    if digits == "0":
        return _DIGITS[0]
    places = len(digits)
    read = "".join(
        _DIGITS[int(digit)] + (_UNITS[places - 1 - i] if digit != "0" else "")
        for i, digit in enumerate(digits)
    )
    read = re.sub("零+", "零", read).rstrip("零")
    return read.removeprefix("一") if read.startswith("一十") else read
