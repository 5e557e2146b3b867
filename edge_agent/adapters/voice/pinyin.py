"""Chinese text as pinyin with tone numbers: what espeak-ng reads rightly (its Hanzi voices do not).

Digits are read out as Chinese numbers; punctuation stays, since it makes the pauses.
"""

import re

from pypinyin import Style, lazy_pinyin

_PAUSES = str.maketrans(
    {
        "，": ", ", "。": ". ", "！": "! ", "？": "? ", "；": "; ", "：": ": ", "、": ", ",
        "（": ", ", "）": ", ", "(": ", ", ")": ", ", "“": " ", "”": " ", "《": " ", "》": " ",
    }
)  # fmt: skip
_DIGITS = "零一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
_NUMBER = re.compile(r"\d+")
_NUMBER_IN_BRACKETS = re.compile(r"[(（](\d+)[)）]")  # as in 三年级(2)班: no pause there


def to_pinyin(text: str) -> str:
    """Turn `请离开` into `qing3 li2 kai1`; letters that are no Chinese stay as they are."""
    bare = _NUMBER_IN_BRACKETS.sub(r"\1", text)
    spoken = _NUMBER.sub(lambda match: _in_chinese(match[0]), bare)
    parts = lazy_pinyin(spoken, style=Style.TONE3, neutral_tone_with_five=True, v_to_u=False)
    joined = " ".join(part.translate(_PAUSES) for part in parts)
    return re.sub(r"\s*([,.!?;:])\s*", r"\1 ", re.sub(r"\s+", " ", joined)).strip()


def _in_chinese(digits: str) -> str:
    """Read a short number as a number, a long one (a telephone's) digit by digit."""
    if len(digits) > len(_UNITS) or (digits.startswith("0") and digits != "0"):
        return "".join(_DIGITS[int(digit)] for digit in digits)
    if digits == "0":
        return _DIGITS[0]
    places = len(digits)
    read = "".join(
        _DIGITS[int(digit)] + (_UNITS[places - 1 - i] if digit != "0" else "")
        for i, digit in enumerate(digits)
    )
    read = re.sub("零+", "零", read).rstrip("零")
    return read.removeprefix("一") if read.startswith("一十") else read
