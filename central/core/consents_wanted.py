"""What a roster's row may say of consents: which, on which form, since and until when."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, model_validator

from central.core.local_time import ZONE, from_ms

_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")


def _day(value: object) -> object:
    """Read a day as people and sheets write it."""
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    text = str(value).strip()
    if not text:
        return None
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=ZONE).date()
        except ValueError:
            continue
    msg = "日期应写作 2026-09-01 / a day is written 2026-09-01"
    raise ValueError(msg)


def _yes(value: object) -> object:
    said = str("" if value is None else value).strip().lower()
    known = {"是": True, "同意": True, "y": True, "yes": True, "true": True, "1": True,
             "": False, "否": False, "不同意": False, "n": False, "no": False, "false": False,
             "0": False}  # fmt: skip
    if said not in known:
        msg = "请填 是 或 否 / yes or no"
        raise ValueError(msg)
    return known[said]


def _text(value: object) -> object:
    return "" if value is None else str(value).strip()


Yes = Annotated[bool, BeforeValidator(_yes)]
Day = Annotated[date | None, BeforeValidator(_day)]


_NOTHING: dict[str, JsonValue] = {
    "properties": {name: {"const": False} for name in ("match_water", "match_venue", "named_aloud")}
}
_ITS_FORM: dict[str, JsonValue] = {
    "required": ["form", "given_on"],
    "properties": {"form": {"pattern": r"\S"}, "given_on": {"type": "string"}},
}


class ConsentsWanted(BaseModel):
    """Consents on one signed form, given by the guardian. What is not said stays as it is."""

    model_config = ConfigDict(
        frozen=True, extra="forbid",
        json_schema_extra={"if": _NOTHING, "then": {}, "else": _ITS_FORM},
    )  # fmt: skip

    match_water: Yes = False
    match_venue: Yes = False
    named_aloud: Yes = False
    form: Annotated[str, BeforeValidator(_text), Field(max_length=64)] = ""
    given_on: Day = None
    expires_on: Day = None

    @property
    def has_any(self) -> bool:
        """Tell whether anything is agreed to."""
        return self.match_water or self.match_venue or self.named_aloud

    @model_validator(mode="after")
    def _has_its_form(self) -> "ConsentsWanted":
        if self.has_any and not (self.form and self.given_on):
            msg = "同意须写明同意书编号和同意日期 / a consent needs its form's reference and day"
            raise ValueError(msg)
        return self


def today_of(now_ms: int) -> date:
    """Give the district's day."""
    return from_ms(now_ms).astimezone(ZONE).date()
