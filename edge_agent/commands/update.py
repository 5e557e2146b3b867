"""`huxiao-edge update`: releases on this device."""

import json
import logging
from pathlib import Path
from typing import NoReturn

import click

from contract.releases import ReleaseError
from edge_agent.commands.exits import EXITS_HELP, Exit
from edge_agent.commands.run import DEFAULT_CONFIG
from edge_agent.config import ConfigError, load_config
from edge_agent.ports import GalleryError, OutboxError
from edge_agent.wiring.update_hands import device_order, device_updater

config_option = click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    default=DEFAULT_CONFIG,
    envvar="HUXIAO_CONFIG",
    show_default=True,
    help="设备配置 the device's config",
)


@click.group(epilog=EXITS_HELP)
def update() -> None:
    """软件更新:签名的包、试运行、自动退回。 Signed bundles, a trial, and back by itself.

    不合格的包不装;新版本先试运行五分钟,不正常就自动退回原版本。
    """


@update.command(epilog=EXITS_HELP)
@config_option
def turn(config_file: Path) -> None:
    """看一次:平台有无更新指令,试运行是否正常。由定时器每分钟运行。 Look once, as the timer does."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        config = load_config(config_file)
        with device_updater(config) as updater:
            report = updater.turn(device_order(config))
    except (ConfigError, GalleryError, OutboxError, OSError) as error:
        _end(str(error), Exit.USAGE)
    except ReleaseError as error:
        _end(str(error), Exit.CHECKS_FAILED)
    click.echo(report.model_dump_json() if report else "{}")


@update.command(epilog=EXITS_HELP)
@click.argument("bundle", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@config_option
def install(bundle: Path, config_file: Path) -> None:
    """安装带来的更新包:核对签名后试运行。 Install a bundle that was brought here.

    不看值守时段:由在场的人决定。 Guarded hours do not count: whoever stands here decides.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        with device_updater(load_config(config_file)) as updater:
            report = updater.install(bundle)
    except (ConfigError, GalleryError, OutboxError, OSError) as error:
        _end(str(error), Exit.USAGE)
    except ReleaseError as error:
        _end(str(error), Exit.CHECKS_FAILED)
    click.echo(f"{report.version} 开始试运行,五分钟正常即确认,否则自动退回 (on trial)")


@update.command(epilog=EXITS_HELP)
@config_option
def status(config_file: Path) -> None:
    """显示在用版本、试运行和最近的更新结果。 Show what runs, what is on trial, the last result.

    也列出失败过、不再尝试的版本。 Versions that failed here are listed, too.
    """
    try:
        with device_updater(load_config(config_file)) as updater:
            click.echo(json.dumps(updater.status(), ensure_ascii=False))
    except (ConfigError, GalleryError, OutboxError, OSError, ReleaseError) as error:
        _end(str(error), Exit.USAGE)


def _end(text: str, code: Exit) -> NoReturn:
    click.echo(f"错误 error: {text}", err=True)
    raise SystemExit(code)
