"""`huxiao-edge config`: is this config right, and what may stand in one?"""

import json
from pathlib import Path
from typing import Any

import click

from edge_agent.commands.exits import EXITS_HELP, Exit
from edge_agent.config import ConfigError, EdgeConfig, Problem, load_config


@click.group(epilog=EXITS_HELP)
def config() -> None:
    """检查设备配置,或导出它的 JSON Schema。 Check a device's config, or export its schema."""


@config.command(epilog=EXITS_HELP)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def check(file: Path, as_json: bool) -> None:
    """检查配置文件,一次列出全部错误。 Check FILE and list every mistake at once."""
    problems: tuple[Problem, ...] = ()
    try:
        found = load_config(file)
    except ConfigError as error:
        problems = error.problems
    if as_json:
        click.echo(json.dumps(_report(file, problems), ensure_ascii=False))
    elif problems:
        for problem in problems:
            click.echo(problem.in_words(), err=True)
    else:
        click.echo(_summary(file, found))
    raise SystemExit(Exit.USAGE if problems else Exit.OK)


@config.command()
def schema() -> None:
    """导出配置的 JSON Schema。 Print the config's JSON Schema."""
    click.echo(schema_text(), nl=False)


def schema_text() -> str:
    """Give the JSON Schema (draft 2020-12) as the text that `docs/wire/` keeps."""
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **EdgeConfig.model_json_schema(),
        "title": "huxiao edge config",
    }
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _report(file: Path, problems: tuple[Problem, ...]) -> dict[str, Any]:
    rows = [
        {
            "file": problem.file,
            "key": problem.key,
            "expected": problem.expected.en,
            "found": problem.found,
            "text": problem.in_words(),
        }
        for problem in problems
    ]
    return {"file": str(file), "ok": not problems, "problems": rows}


def _summary(file: Path, found: EdgeConfig) -> str:
    zones = sum(len(camera.zones) for camera in found.cameras)
    lines = sum(len(camera.lines) for camera in found.cameras)
    return (
        f"{file}: 配置正确 (ok) — {found.device_id}, {len(found.cameras)} 个摄像头 cameras,"
        f" {zones} 个区域 zones, {lines} 条警戒线 lines"
    )
