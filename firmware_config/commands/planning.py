"""From what an installer gives to what goes onto a card: every mistake is said before any write."""

import os
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from pydantic import SecretStr, ValidationError

from contract.claims import Ticket, TicketError, ticket_of
from firmware_config.adapters.parts import board, in_words, profile
from firmware_config.core.device import CardPlan, Network, Wifi, first_config, mismatch
from firmware_config.core.profiles import ProfileName
from firmware_config.ports import Exit, FlashError

WIFI_KEY = "HUXIAO_WIFI_KEY"
DEVICE_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,62}$")
Command = TypeVar("Command", bound=Callable[..., Any])

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class Asked:
    """One device as the installer names it."""

    device_id: str
    profile: str
    board: str
    ticket: Ticket
    site_name: str = ""
    config: Path | None = None
    address: str | None = None
    gateway: str | None = None
    dns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Common:
    """What all cards of a day have in common."""

    wifi_ssid: str | None
    wifi_key_file: Path | None
    wifi_country: str
    wifi_hidden: bool
    ssh_keys: tuple[Path, ...]


def network_options(command: Command) -> Command:
    """Give a verb the options of `Common`."""
    for option in reversed(
        [
            click.option("--wifi-ssid", help="无线网络名称 wireless network"),
            click.option(
                "--wifi-key-file", type=_file, help=f"无线密码文件,或环境变量 {WIFI_KEY} its key"
            ),
            click.option("--wifi-country", default="CN", show_default=True, help="国家 country"),
            click.option("--wifi-hidden", is_flag=True, help="隐藏的网络 a hidden network"),
            click.option(
                "--ssh-key", "ssh_keys", type=_file, multiple=True, help="安装人员公钥 public key"
            ),
        ]
    ):
        command = option(command)
    return command


def sum_option(command: Command) -> Command:
    """Give a verb `--sha256`; what cannot be one is refused before the disk is asked about."""
    said = "镜像文件应有的校验和 what the image file must sum to"
    return click.option("--sha256", callback=_sum, help=said)(command)


def _sum(_context: click.Context, _option: click.Parameter, said: str | None) -> str | None:
    if said is not None and not re.fullmatch(r"[0-9a-fA-F]{64}", said):
        msg = "要 64 个十六进制字符 (64 hexadecimal digits)"
        raise click.BadParameter(msg)
    return said


def read_ticket(file: Path) -> Ticket:
    """Read a claim: central's JSON file, or the line of its label.

    Raises:
        FlashError: neither.
    """
    try:
        return ticket_of(_text(file))
    except TicketError as error:
        advice = "区里 (the district): huxiao-central device claim DEVICE --out claim.json"
        raise FlashError(Exit.USAGE, f"{file}: {error}", advice) from error


def made_plan(asked: Asked, common: Common) -> CardPlan:
    """Decide everything.

    Raises:
        FlashError: says each mistake.
    """
    if not DEVICE_ID.match(asked.device_id):
        said = f"{asked.device_id!r}: 设备编号只用小写字母、数字、连字符 (use a-z, 0-9, -)"
        raise FlashError(Exit.USAGE, said)
    kind, on = profile(asked.profile), board(asked.board)
    wrong = mismatch(kind, on)
    if wrong:
        raise FlashError(Exit.USAGE, wrong)
    return CardPlan(
        device_id=asked.device_id,
        site_name=asked.site_name,
        ticket=asked.ticket,
        profile=kind,
        board=on,
        network=_network(asked, common),
        config_toml=_config(asked, kind.name),
        ssh_keys=tuple(_key(one) for one in common.ssh_keys),
        flashed_at=datetime.now(UTC),
    )


def for_card(plan: CardPlan) -> CardPlan:
    """Give the plan back if its board takes a card.

    Raises:
        FlashError: it does not.
    """
    if plan.board.way != "card":
        said = f"{plan.board.title} 不用存储卡 (takes no card)"
        raise FlashError(Exit.USAGE, said, "huxiao-flash jetson")
    return plan


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise FlashError(Exit.USAGE, f"{file}: 不是 UTF-8 文本 (no UTF-8 text)") from None
    except OSError as error:
        said = f"{file}: 读不出 (cannot be read): {error.strerror}"
        raise FlashError(Exit.USAGE, said) from error


def _network(asked: Asked, common: Common) -> Network:
    try:
        wifi = None
        if common.wifi_ssid:
            wifi = Wifi(
                ssid=common.wifi_ssid,
                key=SecretStr(_wifi_key(common)),
                country=common.wifi_country,
                is_hidden=common.wifi_hidden,
            )
        return Network(address=asked.address, gateway=asked.gateway, dns=asked.dns, wifi=wifi)
    except ValidationError as error:
        raise FlashError(Exit.USAGE, f"网络设置 network: {in_words(error)}") from None


def _wifi_key(common: Common) -> str:
    if common.wifi_key_file is not None:
        return _text(common.wifi_key_file)
    key = os.environ.get(WIFI_KEY)
    if not key:
        advice = f"--wifi-key-file FILE,或环境变量 {WIFI_KEY} (never on the command line)"
        raise FlashError(Exit.USAGE, "没有给无线密码 (the wireless key is missing)", advice)
    return key


def _key(file: Path) -> str:
    text = _text(file)
    if "PRIVATE KEY" in text or not re.match(r"^(ssh|ecdsa|sk)-\S+ \S+", text) or "\n" in text:
        said = f"{file} 不是公钥 (no public key)"
        raise FlashError(Exit.USAGE, said, "要 .pub 文件 (the .pub file is wanted)")
    return text


def _config(asked: Asked, kind: ProfileName) -> str:
    if asked.config is None:
        return first_config(asked.device_id, kind, asked.site_name, asked.ticket.url)
    text = _text(asked.config) + "\n"
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FlashError(Exit.USAGE, f"{asked.config}: {error}") from None
    for key, wanted in (("device_id", asked.device_id), ("profile", kind)):
        if said.get(key) != wanted:
            wrong = f"{asked.config}: {key} 是 {said.get(key)!r},应为 {wanted!r} (differs)"
            raise FlashError(Exit.USAGE, wrong)
    return text
