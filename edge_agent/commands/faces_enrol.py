"""`huxiao-edge faces enrol`: at a school's station, with consent, from three to five photos."""

import json
import sys
from collections.abc import Generator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import click
from pydantic import ValidationError

from contract.enrolment import Enrolment
from contract.gallery import Likeness
from contract.scenarios import Scenario
from contract.sealing import as_text
from edge_agent.adapters.sources.photo import photo
from edge_agent.commands.exits import EXITS_HELP, Exit
from edge_agent.config import ConfigError, load_config
from edge_agent.core.faces import Embedding
from edge_agent.ports import GalleryError, Image, ModelError, SourceError
from edge_agent.wiring.enrolling import (
    LEAST,
    MOST,
    EnrolError,
    Look,
    enrolment_key,
    looked_at,
    new_entry_id,
    open_station,
    posted,
    sealed_enrolment,
    template_from,
    weights_of,
    well_apart,
)
from edge_agent.wiring.recognising import READERS
from edge_agent.wiring.seeing import newest, open_source

PURPOSES = [Scenario.DROWNING_RISK, Scenario.VENUE_MINOR, Scenario.PERSON_OF_CONCERN]
BRING = """没有同意,不能登记。请带来 (no consent, no template; bring):
  1. 单独的书面同意书及其编号 --consent (the written consent and its number)
  2. 未满十四周岁:监护人签字 --guardian-consent (under 14: the guardian's signature)
  3. 要喊名字:监护人另行同意 --may-be-named (to be named aloud: the guardian agrees to that too)
不登记的孩子照样受到提醒,只是不喊名字。
  (Whoever is not enrolled is warned all the same, without a name.)"""
BASIS = (
    "布控须写明 (a watchlist entry needs):"
    " --disposition-id --action --approver --legal-basis --site"
)

_path = click.Path(dir_okay=False, path_type=Path)


@click.command(epilog=EXITS_HELP)
@click.argument("photos", nargs=-1, type=click.Path(path_type=Path))
@click.option("--camera", help="用摄像头拍,代替照片 / a camera instead of photos")
@click.option("--purpose", type=click.Choice([p.value for p in PURPOSES]), required=True,
              help="用途 / what for")  # fmt: skip
@click.option("--unit", "unit_code", required=True, help="单位编号 / unit, e.g. school:shiyan")
@click.option("--authority", required=True, help="登记的负责人或单位 / who answers for it")
@click.option("--expires", required=True, help="有效期至,年-月-日 / last day, YYYY-MM-DD")
@click.option("--consent", default="", help="同意书编号 / the consent's reference")
@click.option("--guardian-consent", is_flag=True, help="监护人已同意 / the guardian has agreed")
@click.option("--birth-year", type=int, help="出生年份 / year of birth")
@click.option("--may-be-named", is_flag=True, help="同意喊名字 / may be named aloud")
@click.option("--name", default="", help="姓名,仅在同意喊名字时 / only if named")
@click.option("--class", "class_name", default="", help="班级,同上 / class, the same")
@click.option("--reading", default="", help="姓名拼音 / how the name is read: zeng1 xiao3 ming2")
@click.option("--site", "site_ids", multiple=True, help="另加场所,可重复 / a place beside its own")
@click.option("--disposition-id", help="布控:编号 / watchlist: the authority's number")
@click.option("--action", help="布控:学校应做什么 / what the school should do")
@click.option("--urgency", type=click.Choice(["info", "warning", "critical"]), default="warning",
              show_default=True, help="布控:紧急程度 / how urgent")  # fmt: skip
@click.option("--approver", help="布控:批准人 / who approved")
@click.option("--legal-basis", help="布控:法律依据 / on what legal basis")
@click.option("--entry-id", help="编号,缺省随机 / its id, random unless given")
@click.option("--backend", type=click.Choice(list(READERS)), default="sface", show_default=True,
              help="识别后端 / which recogniser")  # fmt: skip
@click.option("--config", "config_file", type=_path, help="设备配置,其中有平台公钥 / device config")
@click.option("--key", "key_file", type=_path, help="平台登记公钥 / central's key, enrolment.pub")
@click.option("--out", type=_path, help="写入加密文件 / write the sealed file here")
@click.option("--post", "url", help="直接提交 / hand it to https://…/api/v1/enrolments")
@click.option("--token-file", type=_path, help="API 令牌文件 / file with the API token")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / print JSON")
def enrol(photos: tuple[Path, ...], **given: Any) -> None:
    """登记一个人:3 到 5 张照片,须有同意。 Enrol somebody: 3 to 5 photos, with consent.

    照片只在内存里看一眼,从不保存。结果只有平台能打开。
    Photos are looked at in memory and never kept. Only central opens what comes of it.
    """
    try:
        key = enrolment_key(_key_file(given))
        fields = _fields(given)
        _check_ground(given)
        template = _template(photos, given)
        enrolment = sealed_enrolment(_likeness(template, given), fields, key)
        _hand_over(enrolment, given)
    except (EnrolError, GalleryError) as error:
        _fail(str(error), Exit.CHECKS_FAILED)
    except ValidationError as error:
        lines = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        _fail("; ".join(lines), Exit.USAGE)
    except ConfigError as error:
        _fail(str(error), Exit.USAGE)
    except ModelError as error:
        _fail(str(error), Exit.MODEL)
    except SourceError as error:
        _fail(str(error), Exit.CAMERA)


def _key_file(given: dict[str, Any]) -> Path:
    if given["key_file"] is not None:
        return Path(given["key_file"])
    if given["config_file"] is not None:
        found = load_config(given["config_file"]).gallery.enrolment_key_file
        if found is not None:
            return found
    msg = "需要平台登记公钥:--key enrolment.pub,或 --config 其中写明 (central's key is needed)"
    raise EnrolError(msg)


def _check_ground(given: dict[str, Any]) -> None:
    """Refuse before a photo is looked at."""
    if given["purpose"] == Scenario.PERSON_OF_CONCERN:
        needed = ("disposition_id", "action", "approver", "legal_basis", "site_ids")
        if not all(given[name] for name in needed):
            raise EnrolError(BASIS)
        return
    of_age = given["birth_year"] and datetime.now(UTC).year - given["birth_year"] > 14  # noqa: PLR2004 - as central says
    if not given["consent"] or not (given["guardian_consent"] or of_age):
        raise EnrolError(BRING)
    if given["may_be_named"] and not given["guardian_consent"]:
        raise EnrolError(BRING)
    if (given["name"] or given["class_name"]) and not given["may_be_named"]:
        msg = "没有同意喊名字,不要填写姓名和班级 (no name or class without --may-be-named)"
        raise EnrolError(msg)


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    is_watched = given["purpose"] == Scenario.PERSON_OF_CONCERN
    disposition = {
        name: given[name]
        for name in ("disposition_id", "action", "urgency", "approver", "legal_basis")
    }
    plain = ("purpose", "unit_code", "site_ids", "authority", "consent", "guardian_consent",
             "birth_year")  # fmt: skip
    return {name: given[name] for name in plain} | {
        "entry_id": given["entry_id"] or new_entry_id(),
        "kind": "watchlist" if is_watched else "pupil",
        "expires_at": _end_of(given["expires"]),
        "disposition": disposition if is_watched else None,
    }


def _end_of(day: str) -> str:
    """Give the end of a day by this station's clock, in UTC."""
    try:
        at = datetime.fromisoformat(day).replace(hour=0, minute=0).astimezone() + timedelta(days=1)
    except (ValueError, OverflowError):
        msg = f"日期应为 年-月-日 (expected YYYY-MM-DD): {day!r}"
        raise EnrolError(msg) from None
    return at.astimezone(UTC).isoformat()


def _template(photos: tuple[Path, ...], given: dict[str, Any]) -> Embedding:
    if bool(photos) == bool(given["camera"]):
        msg = f"请给出 {LEAST} 到 {MOST} 张照片,或 --camera (photos, or a camera)"
        raise EnrolError(msg)
    studio = open_station(given["backend"])
    pictures = _from_camera(given["camera"]) if given["camera"] else _from_files(photos)
    looks: list[Look] = []
    with closing(pictures):
        for look in looked_at(studio, pictures):
            click.echo(look.in_words, err=True)
            looks.append(look)
            if sum(one.embedding is not None for one in looks) == MOST:
                break
    return template_from(studio, looks)


def _from_files(photos: tuple[Path, ...]) -> Generator[tuple[str, Image], None, None]:
    for path in photos:
        yield str(path), photo(path)


def _from_camera(source: str) -> Generator[tuple[str, Image], None, None]:
    click.echo("请正对镜头 (look into the camera)", err=True)
    opened = open_source(source)
    with closing(opened):
        yield from well_apart(newest(opened))


def _likeness(template: Embedding, given: dict[str, Any]) -> Likeness:
    return Likeness(
        template=as_text(template.astype("<f4").tobytes()),
        backend=given["backend"],
        model_sha256=weights_of(given["backend"]),
        may_be_named=given["may_be_named"],
        name=given["name"],
        class_name=given["class_name"],
        reading=given["reading"],
    )


def _hand_over(enrolment: Enrolment, given: dict[str, Any]) -> None:
    said: dict[str, Any] = {"entry_id": enrolment.entry_id}
    if given["url"]:
        if given["token_file"] is None:
            msg = "提交需要 --token-file (a token is needed)"
            raise EnrolError(msg)
        token = Path(given["token_file"]).read_text(encoding="utf-8").strip()
        said |= posted(enrolment, given["url"], token)
    else:
        out = given["out"] or Path(f"{enrolment.entry_id}.enrolment.json")
        out.write_text(enrolment.model_dump_json(indent=2) + "\n", encoding="utf-8")
        said["file"] = str(out)
    if given["as_json"]:
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    where = "已提交平台 handed to central" if given["url"] else f"已写入 written: {said['file']}"
    click.echo(f"{where};编号 entry_id: {enrolment.entry_id};照片未保存 no photo kept")


def _fail(text: str, code: Exit) -> NoReturn:
    click.echo(f"错误 error: {text}", err=True)
    sys.exit(code)
