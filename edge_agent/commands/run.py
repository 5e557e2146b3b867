"""`huxiao-edge run`: one of a device's processes."""

import logging
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from edge_agent.adapters.ceiling import Ceiling, OverCeilingError
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.adapters.systemd import Watchdog
from edge_agent.commands.exits import EXITS_HELP, Exit
from edge_agent.config import ConfigError, EdgeConfig, load_config
from edge_agent.wiring.linking import Tidying, listed_models, made_link, opened_outbox, run_link
from edge_agent.wiring.running import keep_running, stopped_by_signals

# Each process loads only its own parts: the alarm button must not wait for, or fall with, a model.
# ruff: noqa: PLC0415

DEFAULT_CONFIG = Path("/etc/huxiao/device.toml")

LOG = logging.getLogger("huxiao.run")


@click.command(epilog=EXITS_HELP)
@click.argument("process", type=click.Choice(["watch", "button", "link", "page"]))
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    default=DEFAULT_CONFIG,
    envvar="HUXIAO_CONFIG",
    show_default=True,
    help="设备配置 the device's config",
)
@click.option(
    "--simulate",
    is_flag=True,
    help="无硬件演示:录像循环播放,回车键当按钮 no hardware: recordings loop, Enter is the button",
)
def run(process: str, config_file: Path, simulate: bool) -> None:
    """运行设备的一个进程,直到收到停止信号。 Run one process until told to stop.

    watch 看摄像头并喊话;link 与平台通信;button 一键报警按钮;page 本机页面(可选)。
    缺少摄像头、模型、声卡或网络时不会退出,而是说明原因并重试。

    What is missing (camera, model, speaker, broker) is said and tried again, never the end.
    """
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        config = load_config(config_file)
    except ConfigError as error:
        click.echo(str(error), err=True)
        raise SystemExit(Exit.USAGE) from None
    processes: dict[str, Once] = {
        "watch": partial(_watch, config_file),
        "link": partial(_link, config_file),
        "button": _button,
        "page": partial(_page, config_file),
    }
    once = processes[process]
    watchdog = Watchdog()
    with stopped_by_signals() as stop:
        watchdog.ready()
        LOG.info("启动 (starting) %s: %s", process, config.device_id)
        try:
            keep_running(process, lambda: once(config, stop, watchdog, simulate), stop, watchdog)
        except OverCeilingError as error:
            LOG.error("%s: %s", process, error)  # noqa: TRY400 - one line in words, no traceback
            raise SystemExit(Exit.MEMORY) from None
        finally:
            watchdog.stopping()
    LOG.info("已停止 (stopped) %s", process)


Once = Callable[[EdgeConfig, threading.Event, Watchdog, bool], bool]


def _watch(
    config_file: Path,
    config: EdgeConfig,
    stop: threading.Event,
    watchdog: Watchdog,
    simulate: bool,
) -> bool:
    """Watch until stopped; done also where every camera was a recording that has ended."""
    from edge_agent.wiring.reloading import Enough, Reloading
    from edge_agent.wiring.watching import watch_cameras

    reloading = Reloading(config_file, config)
    while True:
        enough = Enough(stop)
        with opened_outbox(reloading.config.data_dir) as outbox:
            pulses = watch_cameras(
                reloading.config,
                outbox,
                enough,
                simulate=simulate,
                alive=reloading.alive(_cared(reloading.config, outbox, watchdog, "watch"), enough),
            )
        if stop.is_set() or not enough.is_set():
            return stop.is_set() or all(pulse.end == "ended" for pulse in pulses.values())


def _link(
    config_file: Path,
    config: EdgeConfig,
    stop: threading.Event,
    watchdog: Watchdog,
    simulate: bool,
) -> bool:
    del simulate  # the link is real even where the camera is not
    with opened_outbox(config.data_dir) as outbox:
        outbox.sweep_files()
        tidying = Tidying(outbox, config.storage)

        cared = _cared(config, outbox, watchdog, "link")

        def round_over() -> None:
            cared()
            tidying.look()

        run_link(made_link(config, outbox, listed_models, config_file), stop, round_over)
    return True


def _button(config: EdgeConfig, stop: threading.Event, watchdog: Watchdog, simulate: bool) -> bool:
    from edge_agent.button import run as run_button
    from edge_agent.wiring.pressing import pressed_button

    with (
        opened_outbox(config.data_dir, late=True) as outbox,
        pressed_button(config, outbox, simulate=simulate) as button,
    ):
        calm = _cared(config, None, watchdog, "button", lambda: not button.is_raised)
        run_button(button, stop, calm)
    return True


def _page(
    config_file: Path,
    config: EdgeConfig,
    stop: threading.Event,
    watchdog: Watchdog,
    simulate: bool,
) -> bool:
    from edge_agent.wiring.paging import served_page

    del simulate  # the page shows what the other processes say
    with (
        opened_outbox(config.data_dir, late=True) as outbox,
        served_page(config_file, config) as address,
    ):
        LOG.info("本机页面 (local page): %s", address)
        cared = _cared(config, outbox, watchdog, "page")
        while not stop.wait(1.0):
            cared()
    return True


def _cared(
    config: EdgeConfig,
    outbox: SqliteOutbox | None,
    watchdog: Watchdog,
    process: str,
    may_end: Callable[[], bool] = lambda: True,
) -> Callable[[], None]:
    """Give what a process calls each round: it is alive, and not too large."""
    care = config.care
    ceiling = Ceiling(process, care.memory_soft_bytes, care.memory_hard_bytes, outbox, may_end)

    def round_over() -> None:
        watchdog.alive()
        ceiling.look()

    return round_over
