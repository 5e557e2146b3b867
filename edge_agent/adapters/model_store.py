"""Where the weights lie, and whether they are the ones that we measured."""

import hashlib
import os
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from edge_agent.ports import ModelError

_BESIDE_THE_CODE = Path(__file__).resolve().parents[2] / "models"
_INSTALLED = Path(sys.prefix) / "share" / "huxiao" / "models"
LIST = "models.toml"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One row of `models.toml`, with the folder it was found in."""

    name: str
    path: Path
    sha256: str
    min_score: float | None


def folder() -> Path:
    """Give the folder of the weights: `HUXIAO_MODELS`, the checkout's, or the installation's.

    Raises:
        ModelError: there is none.
    """
    wished = os.environ.get("HUXIAO_MODELS")
    places = [Path(wished)] if wished else [_BESIDE_THE_CODE, _INSTALLED]
    for place in places:
        if (place / LIST).is_file():
            return place
    tried = ", ".join(map(str, places))
    msg = f"没有找到模型目录(设置 HUXIAO_MODELS)no folder with {LIST}, looked in: {tried}"
    raise ModelError(msg)


def listed() -> dict[str, ModelFile]:
    """Give every model by its name.

    Raises:
        ModelError: no folder, or a list that cannot be read.
    """
    place = folder()
    try:
        rows: list[dict[str, Any]] = tomllib.loads((place / LIST).read_text("utf-8"))["models"]
        return {
            row["name"]: ModelFile(
                row["name"], place / row["file"], row["sha256"], row.get("min_score")
            )
            for row in rows
        }
    except (KeyError, tomllib.TOMLDecodeError) as error:
        msg = f"{place / LIST}: 无法读取 cannot be read: {error!r}"
        raise ModelError(msg) from error


def checked(name: str) -> ModelFile:
    """Give a model whose file is there and is the one in the list.

    Raises:
        ModelError: unknown, missing, or of another sha256; the text says how to mend it.
    """
    models = listed()
    if name not in models:
        msg = f"没有模型 no model {name!r}; 有 there are: {', '.join(models)}"
        raise ModelError(msg)
    model = models[name]
    if not model.path.is_file():
        msg = f"缺少模型文件 missing: {model.path}; 重新生成 make it: scripts/build-models"
        raise ModelError(msg)
    stamp = model.path.stat()
    found = _sha256(model.path, stamp.st_size, stamp.st_mtime_ns)
    if found != model.sha256:
        msg = (f"模型文件已损坏或被替换 damaged or replaced: {model.path} "
               f"(sha256 {found[:12]}…, 应为 expected {model.sha256[:12]}…)")  # fmt: skip
        raise ModelError(msg)
    return model


@cache
def _sha256(path: Path, _size: int, _changed_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
