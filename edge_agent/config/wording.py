"""What pydantic found wrong, in the words of somebody who installs cameras."""

from typing import NamedTuple

from pydantic_core import ErrorDetails

MAX_FOUND = 80


class Wording(NamedTuple):
    """The same short phrase in Chinese and in English."""

    zh: str
    en: str


_WORDINGS = {
    "missing": Wording("必填项", "a value, it has no default"),
    "extra_forbidden": Wording("已知的键", "a known key"),
    "string_type": Wording("文本", "text in quotes"),
    "int_type": Wording("整数", "a whole number"),
    "int_from_float": Wording("整数", "a whole number"),
    "float_type": Wording("数字", "a number"),
    "bool_type": Wording("true 或 false", "true or false"),
    "finite_number": Wording("有限的数字", "a finite number"),
    "tuple_type": Wording("列表 [...]", "a list [...]"),
    "path_type": Wording("文件路径", "a path in quotes"),
    "model_type": Wording("一节 [...] 表", "a section (table)"),
    "dict_type": Wording("一节 [...] 表", "a section (table)"),
    "greater_than": Wording("大于 {gt} 的数", "more than {gt}"),
    "greater_than_equal": Wording("不小于 {ge} 的数", "at least {ge}"),
    "less_than": Wording("小于 {lt} 的数", "less than {lt}"),
    "less_than_equal": Wording("不大于 {le} 的数", "at most {le}"),
    "string_too_short": Wording("至少 {min_length} 个字", "at least {min_length} characters"),
    "string_too_long": Wording("至多 {max_length} 个字", "at most {max_length} characters"),
    "string_pattern_mismatch": Wording("符合 {pattern} 的文本", "text like {pattern}"),
    "too_short": Wording("至少 {min_length} 项", "at least {min_length} of them"),
    "too_long": Wording("至多 {max_length} 项", "at most {max_length} of them"),
    "literal_error": Wording("{expected} 之一", "one of {expected}"),
    "polygon_crosses_itself": Wording("边不相交的多边形", "a polygon whose edges do not cross"),
    "polygon_is_empty": Wording("围住一块地面的多边形", "a polygon that encloses some ground"),
    "time_parsing": Wording("时刻,如 07:30", "a time like 07:30"),
    "time_type": Wording("时刻,如 07:30", "a time like 07:30"),
    "time_has_zone": Wording("当地时刻,如 07:30", "a time of the site's own clock, like 07:30"),
    "unknown_placeholder": Wording("只含占位符 {listed}", "no placeholders but {listed}"),
    "not_pinyin": Wording("带声调数字的拼音,如 chan2 yu2", "pinyin with tones, like chan2 yu2"),
    "page_in_the_open": Wording("true,除非 host 为 127.0.0.1", "true, unless host is 127.0.0.1"),
    "line_is_a_point": Wording("两个不同的端点", "two different ends"),
}


def wording_of(detail: ErrorDetails) -> Wording:
    """Say what was expected; for what we have no words for, in pydantic's own."""
    wording = _WORDINGS.get(detail["type"], Wording(detail["msg"], detail["msg"]))
    context = {name: _tidy(value) for name, value in detail.get("ctx", {}).items()}
    return Wording(wording.zh.format_map(context), wording.en.format_map(context))


def is_echo(detail: ErrorDetails) -> bool:
    """Tell whether a list is called too short only for want of an item that is wrong itself."""
    if detail["type"] != "too_short":
        return False
    return len(detail["input"]) >= int(detail["ctx"]["min_length"])


def found_in_words(detail: ErrorDetails) -> str:
    """Say what was found instead, cut where it is long."""
    if detail["type"] == "missing":
        return "没有填写 (nothing)"
    if detail["type"] in {"too_short", "too_long"}:
        return f"{len(detail['input'])} 项"
    if detail["type"] == "extra_forbidden":
        return f"未知的键 (unknown key) {detail['loc'][-1]!r}"
    found = repr(detail["input"])
    return found if len(found) <= MAX_FOUND else f"{found[: MAX_FOUND - 1]}…"


def _tidy(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value
