"""`huxiao-edge doctor`: what is wrong with this device, and what to do about it."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from edge_agent.commands.exits import EXITS_HELP, Exit
from edge_agent.commands.run import DEFAULT_CONFIG
from edge_agent.config import ConfigError, EdgeConfig, load_config
from edge_agent.core.checks import Finding, worst
from edge_agent.wiring.checking.alarm import check_alarm
from edge_agent.wiring.checking.gallery import check_gallery
from edge_agent.wiring.checking.machine import (
    check_clock,
    check_disk,
    check_outbox,
    check_python,
)
from edge_agent.wiring.checking.network import check_broker, check_certificates
from edge_agent.wiring.checking.senses import check_cameras, check_models
from edge_agent.wiring.checking.voice import check_voice
from edge_agent.wiring.checking.wear import check_signal, check_wear
from edge_agent.wiring.noticing import told_by_processes

MARKS = {"ok": "[正常]", "warn": "[注意]", "fail": "[失败]"}


@click.command(epilog=EXITS_HELP)
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    default=DEFAULT_CONFIG,
    envvar="HUXIAO_CONFIG",
    show_default=True,
    help="设备配置 the device's config",
)
@click.option("--json", "as_json", is_flag=True, help="每行一个 JSON one JSON line each")
def doctor(config_file: Path, as_json: bool) -> None:
    """逐项检查设备,并说明怎么办。 Check everything, and say what to do.

    有任何一项失败时退出码为 1。 Exit code 1 when any check fails.
    """
    findings = []
    for finding in _found(config_file):
        click.echo(json.dumps(asdict(finding), ensure_ascii=False) if as_json else _line(finding))
        findings.append(finding)
    raise SystemExit(Exit.CHECKS_FAILED if worst(findings) == "fail" else Exit.OK)


def _found(config_file: Path) -> Iterator[Finding]:
    yield from check_python()
    yield from check_clock()
    yield from check_models()
    try:
        config = load_config(config_file)
    except ConfigError as error:
        for problem in error.problems:
            yield Finding("config", "fail", problem.in_words(), "huxiao-edge config check")
        return
    said = f"{config_file}: {config.device_id} ({config.profile})"
    yield Finding("config", "ok", said)
    yield from _of_config(config)


def _of_config(config: EdgeConfig) -> Iterator[Finding]:
    yield from check_disk(config)
    yield from check_wear()
    yield from check_signal()
    yield from check_outbox(config)
    yield from check_voice(config)
    yield from check_alarm(config)
    yield from check_cameras(config)
    yield from told_by_processes(config)
    yield from check_gallery(config)
    yield from check_certificates(config)
    yield from check_broker(config)


def _line(finding: Finding) -> str:
    advice = f"  → {finding.advice}" if finding.advice else ""
    return f"{MARKS[finding.state]} {finding.check}: {finding.said}{advice}"
