"""GeoJSON, read feature by feature: a FeatureCollection, or one feature a line (RFC 8142)."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from shapely.errors import ShapelyError
from shapely.geometry import shape

from central.adapters.maps.drawing import Drawn, Heard, MapError, must_be_here
from central.core.landscape import look_of, name_of

CHUNK = 1 << 20
MOST_OF_ONE = 64 << 20
"""Characters of one feature: a file that is broken is not read to its end first."""
_FEATURES = re.compile(r'"features"\s*:\s*\[')
_BETWEEN = " \t\r\n,\x1e"


def read(file: Path, heard: Heard) -> Iterator[Drawn]:
    """Give what a base map shows of a file.

    Raises:
        MapError: not GeoJSON, or no degrees; with the feature's number.
    """
    with file.open(encoding="utf-8") as opened:
        try:
            for number, feature in enumerate(_features(opened, heard, file.name), start=1):
                if (
                    drawn := _drawn(feature, f"{file.name}: 第 {number} 个要素 feature")
                ) is not None:
                    yield drawn
        except UnicodeDecodeError as error:
            msg = f"{file.name}: 不是 UTF-8 文本 / not UTF-8 text: {error.reason}"
            raise MapError(msg) from None


def _features(opened: TextIO, heard: Heard, name: str) -> Iterator[Any]:
    buffer = _more(opened, heard)
    head = _FEATURES.search(buffer)
    buffer = buffer[head.end() :] if head else buffer
    decoder = json.JSONDecoder()
    while True:
        buffer = buffer.lstrip(_BETWEEN)
        if head and buffer.startswith("]"):
            return
        try:
            feature, end = decoder.raw_decode(buffer)
        except json.JSONDecodeError as error:
            more = _more(opened, heard) if len(buffer) < MOST_OF_ONE else ""
            if not more:
                if not buffer.strip(_BETWEEN) and not head:
                    return
                msg = (f"{name}: 不是完整的 GeoJSON（第一处错误：{error.msg}）/ not whole GeoJSON: "
                       f"{error.msg}")  # fmt: skip
                raise MapError(msg) from None
            buffer += more
            continue
        buffer = buffer[end:]
        yield feature


def _more(opened: TextIO, heard: Heard) -> str:
    text = opened.read(CHUNK)
    heard(len(text.encode()))
    return text


def _drawn(feature: Any, where: str) -> Drawn | None:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        msg = f"{where}: 应为 Feature / a Feature is wanted"
        raise MapError(msg)
    tags = {str(key): str(value) for key, value in (feature.get("properties") or {}).items()
            if value is not None}  # fmt: skip
    look, geometry = look_of(tags), feature.get("geometry")
    if look is None or not geometry:
        return None
    try:
        found = shape(geometry)
    except (ShapelyError, ValueError, TypeError, KeyError, LookupError, AttributeError) as error:
        msg = f"{where}: 几何图形有误 / its geometry is wrong: {error}"
        raise MapError(msg) from None
    if found.is_empty:
        return None
    must_be_here(found, where)
    return Drawn(look, name_of(tags), found)
