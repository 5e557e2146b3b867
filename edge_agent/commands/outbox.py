"""`huxiao-edge outbox`: what the device still keeps for central."""

import json
from pathlib import Path
from typing import Any

import click

from edge_agent.commands.exits import EXITS_HELP, Exit
from edge_agent.commands.run import DEFAULT_CONFIG
from edge_agent.config import ConfigError, load_config
from edge_agent.ports import OutboxError
from edge_agent.wiring.linking import has_outbox, opened_outbox


@click.group(epilog=EXITS_HELP)
def outbox() -> None:
    """待发箱:平台尚未确认的预警与图片。 What central has not confirmed yet.

    平台入库回执到达后才会删除;refused 表示平台拒收,留给人看。
    """


@outbox.command("list", epilog=EXITS_HELP)
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    default=DEFAULT_CONFIG,
    envvar="HUXIAO_CONFIG",
    show_default=True,
    help="设备配置 the device's config",
)
@click.option("--limit", default=100, show_default=True, help="最多几行 rows, newest first")
@click.option("--json", "as_json", is_flag=True, help="每行一个 JSON one JSON line each")
def list_(config_file: Path, limit: int, as_json: bool) -> None:
    """列出待发的预警,最新的在前。 List what waits, newest first."""
    try:
        data_dir = load_config(config_file).data_dir
        rows, depth, files = _kept(data_dir, limit)
    except ConfigError as error:
        click.echo(str(error), err=True)
        raise SystemExit(Exit.USAGE) from None
    except OutboxError as error:
        click.echo(str(error), err=True)
        raise SystemExit(Exit.OUTBOX) from None
    for row in map(_opened, rows):
        click.echo(json.dumps(row, ensure_ascii=False) if as_json else _line(row))
    if not as_json:
        click.echo(f"待发 {depth} 条,图片 {files} 张 ({depth} alerts, {files} files waiting)")


def _kept(data_dir: Path, limit: int) -> tuple[list[dict[str, Any]], int, int]:
    if not has_outbox(data_dir):
        return [], 0, 0
    with opened_outbox(data_dir) as box:
        return box.rows(limit), box.depth(), box.files_waiting()


def _opened(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "body": json.loads(row["body"])}


def _line(row: dict[str, Any]) -> str:
    body = row["body"]
    place = "/".join(str(body[key]) for key in ("camera_id", "zone_id") if body.get(key))
    sent = f"已发 {row['attempts']} 次" if row["attempts"] else "未发"
    reason = f" {row['reason']}" if row["reason"] else ""
    return (
        f"{row['seq']}  {row['state']}{reason}  {body['kind']}  {body['severity']}  {place}"
        f"  {row['created_at']}  {sent}  图片 {row['files']}"
    )
