"""`huxiao-edge faces list|forget`: what this device may match, and to forget somebody here."""

import json
import sys
from pathlib import Path
from typing import NoReturn

import click

from contract.gallery import GalleryEntry
from edge_agent.commands.exits import EXITS_HELP, Exit
from edge_agent.config import ConfigError, EdgeConfig, load_config
from edge_agent.ports import GalleryError
from edge_agent.wiring.galleries import open_gallery
from edge_agent.wiring.gallery_delivery import gallery_file

_config_option = click.option(
    "--config", "config_file", type=click.Path(path_type=Path), envvar="HUXIAO_CONFIG",
    default=Path("/etc/huxiao/device.toml"), show_default=True, help="设备配置 / device config",
)  # fmt: skip


@click.command(name="list", epilog=EXITS_HELP)
@_config_option
@click.option("--json", "as_json", is_flag=True, help="每行一个 JSON / one JSON object a line")
def list_entries(config_file: Path, *, as_json: bool) -> None:
    """列出本设备的人脸库,不含姓名。 List this device's gallery, without names."""
    config = _loaded(config_file)
    try:
        entries = open_gallery(config).entries()
    except GalleryError as error:
        _fail(str(error))
    for entry in entries:
        shown = _shown(entry)
        click.echo(json.dumps(shown) if as_json else "  ".join(map(str, shown.values())))
    if not entries and not as_json:
        click.echo("人脸库是空的 (the gallery is empty)")


@click.command(epilog=EXITS_HELP)
@click.argument("entry_id")
@_config_option
def forget(entry_id: str, config_file: Path) -> None:
    """在本设备上销毁一条的密钥。 Destroy the key of one entry on this device.

    平台上没有注销的话,下次全量下发时会再来:请同时在平台注销。
    Unless it is withdrawn at central too, a new delivery brings it back.
    """
    try:
        found = gallery_file(_loaded(config_file)).forget(entry_id)
    except GalleryError as error:
        _fail(str(error))
    if not found:
        _fail(f"没有这一条 (no such entry): {entry_id}")
    click.echo(f"已销毁 destroyed here: {entry_id};请同时在平台注销 withdraw it at central too")


def _shown(entry: GalleryEntry) -> dict[str, object]:
    return {
        "entry_id": entry.entry_id,
        "kind": entry.kind,
        "purpose": entry.purpose.value,
        "backend": entry.backend,
        "may_be_named": entry.may_be_named,
        "expires_at": entry.expires_at.isoformat(),
    }


def _loaded(path: Path) -> EdgeConfig:
    try:
        return load_config(path)
    except ConfigError as error:
        click.echo(str(error), err=True)
        sys.exit(Exit.USAGE)


def _fail(text: str) -> NoReturn:
    click.echo(f"错误 error: {text}", err=True)
    sys.exit(Exit.CHECKS_FAILED)
