"""What the verbs share: where the data is, how errors and results are said."""

import json
import logging
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

from central.adapters.certificates import LockedError
from central.adapters.store.directory import ExistsError, MissingError
from central.adapters.store.engine import StoreError
from central.config import ConfigError
from central.core.datum import DATUM_WORDS, Datum
from central.core.people import Role
from central.core.pupils import class_code_of
from central.core.refusals import MalformedDeviceError, UnfitDeviceError
from central.wiring import Central, open_central

P = ParamSpec("P")
R = TypeVar("R")

EXIT_REFUSED = 1  # it exists already, or something named does not exist
EXIT_CONFIG = 2  # settings or usage
EXIT_DATABASE = 3

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path),
    envvar="HUXIAO_DATA",
    default=Path("huxiao-data"),
    show_default=True,
    help="数据目录，也可用环境变量 HUXIAO_DATA / the data folder",
)
db_option = click.option(
    "--db", metavar="URL", envvar="HUXIAO_DB",
    help="数据库地址，缺省用数据目录里的 SQLite / the database, e.g. postgresql:///huxiao",
)  # fmt: skip
crs_option = click.option(
    "--crs",
    type=click.Choice([one.value for one in Datum]),
    default=Datum.WGS84.value,
    show_default=True,
    help="坐标的基准，自动换算成 WGS-84 / their datum, turned into WGS-84: "
    + "; ".join(f"{one.value} {DATUM_WORDS[one][0]}" for one in Datum),
)
json_option = click.option("--json", "as_json", is_flag=True, help="输出 JSON / print JSON")


def opened(verb: Callable[..., R]) -> Callable[..., R]:
    """Give a verb its district as first argument, from `--data` and `--db`."""

    @data_option
    @db_option
    @errors_in_words
    @wraps(verb)
    def with_central(*args: Any, data: Path, db: str | None, **kwargs: Any) -> R:
        central = open_central(data, db)
        try:
            return verb(central, *args, **kwargs)
        finally:
            central.store.close()

    return with_central


def errors_in_words(verb: Callable[P, R]) -> Callable[P, R]:
    """Turn what we foresee into one line and an exit code, never a traceback."""

    @wraps(verb)
    def said(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return verb(*args, **kwargs)
        except ConfigError as error:
            fail(str(error), EXIT_CONFIG)
        except StoreError as error:
            fail(str(error), EXIT_DATABASE)
        except (ExistsError, MissingError) as error:
            fail(str(error), EXIT_REFUSED)
        except LockedError as error:
            fail(str(error), EXIT_CONFIG)
        except UnfitDeviceError as error:
            code = EXIT_CONFIG if isinstance(error, MalformedDeviceError) else EXIT_REFUSED
            fail(f"{error.message_zh} / {error.message_en}", code)

    return said


def classes_taught(role: str, unit_code: str, written: Iterable[str]) -> list[str]:
    """Read the classes of a class teacher; nobody else has any."""
    codes = list(written)
    if codes and (role != Role.CLASS_TEACHER or not unit_code.startswith("school:")):
        fail("--class: 只用于学校的班主任 / for class teachers of a school only", EXIT_CONFIG)
    try:
        return sorted({class_code_of(code) for code in codes})
    except ValueError as error:
        fail(f"--class: {error}", EXIT_CONFIG)


def fail(text: str, code: int) -> NoReturn:
    """Say what is wrong and end."""
    click.echo(f"错误 error: {text}", err=True)
    sys.exit(code)


def show(result: dict[str, Any] | list[dict[str, Any]], text: str, *, as_json: bool) -> None:
    """Print a result for a program or for a person."""
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else text or "还没有 none yet")


def log_to_stderr() -> None:
    """One line for each thing worth knowing, with its time."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def central_of(data: Path, db: str | None) -> Central:
    """Open a district for a verb that keeps running."""
    return open_central(data, db)


def ready(data: Path, db: str | None) -> Central:
    """Open a district for a verb that keeps running, if its tables are of this version."""
    from central.adapters.store.migrating import is_current  # noqa: PLC0415 - few verbs need it

    central = central_of(data, db)
    if not is_current(central.store):
        fail("数据库版本不对，请运行 huxiao-central init / the database is of another version: "
             "run huxiao-central init", EXIT_DATABASE)  # fmt: skip
    return central


__all__ = [
    "Central",
    "central_of",
    "crs_option",
    "data_option",
    "db_option",
    "errors_in_words",
    "fail",
    "json_option",
    "log_to_stderr",
    "opened",
    "ready",
    "show",
]
