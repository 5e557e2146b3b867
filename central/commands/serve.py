"""`huxiao-central serve` and `web`: pages, with ingest and worker beside them or without."""

import gc
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from central.adapters.clock import now_ms
from central.adapters.evidence_files import EvidenceFiles
from central.commands.options import (
    Central,
    central_of,
    data_option,
    db_option,
    errors_in_words,
    log_to_stderr,
    ready,
)
from central.core.four_hundred import Coaching
from central.core.sham import ShamLimits
from central.web.app import create_app
from central.web.settings import DispositionSettings, ViidSettings, WebSettings

LOG = logging.getLogger("huxiao.central")

Part = Callable[[Central, threading.Event], None]

host_option = click.option("--host", help="网页监听的地址 / where the page listens")
port_option = click.option("--port", type=int, help="网页端口 / the page's port")


@click.command()
@data_option
@db_option
@host_option
@port_option
@errors_in_words
def serve(data: Path, db: str | None, host: str | None, port: int | None) -> None:
    """网页、接收、后台三合一,适合一台机器。 Pages, ingest and worker in one process.

    Ctrl-C 停止。 Ctrl-C stops it.
    """
    parts: list[Part] = [Central.run_ingest, Central.run_worker, Central.run_machine_door]
    _Served(ready(data, db), data, db, parts, host, port).run()


@click.command()
@data_option
@db_option
@host_option
@port_option
@errors_in_words
def web(data: Path, db: str | None, host: str | None, port: int | None) -> None:
    """只开网页和 API。 Pages and API only.

    可与 ingest、worker 分开运行。 Beside ingest and worker on the same database.
    """
    _Served(ready(data, db), data, db, [Central.run_machine_door], host, port).run()


class _Served(BaseApplication):  # type: ignore[misc]
    """gunicorn with one threaded worker, in which the other parts run beside the pages."""

    def __init__(
        self,
        central: Central,
        data: Path,
        db: str | None,
        parts: list[Part],
        host: str | None,
        port: int | None,
    ) -> None:
        section = central.config.web
        self._listen = f"{host or section.host}:{port or section.port}"
        self._threads = section.threads
        self._where = (data, db)
        self._parts = parts
        self._stop = threading.Event()
        self._running: list[threading.Thread] = []
        central.store.close()  # the worker process opens its own
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn what we want of it."""
        settings: dict[str, Any] = {
            "bind": self._listen,
            "workers": 1,
            "worker_class": "gthread",
            "threads": self._threads,
            "graceful_timeout": 5,
            "timeout": 120,
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_worker_init": self._start_parts,
            "worker_exit": self._stop_parts,
        }
        for name, value in settings.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the pages, in the worker process."""
        log_to_stderr()
        self._central = central_of(*self._where)
        return create_app(self._central.store, settings_of(self._central))

    def _start_parts(self, _worker: Any) -> None:
        gc.collect()
        gc.freeze()  # what is loaded by now stays: no page waits for a look through all of it
        for part in self._parts:
            thread = threading.Thread(target=part, args=(self._central, self._stop), daemon=True)
            thread.start()
            self._running.append(thread)
        LOG.info("网页已打开 (serving) http://%s", self._listen)

    def _stop_parts(self, _server: Any, _worker: Any) -> None:
        self._stop.set()
        for thread in self._running:
            thread.join(timeout=10)


def settings_of(central: Central) -> WebSettings:
    """Give the pages what they need of the district's settings."""
    config, public_url = central.config, central.config.web.public_url
    live = central.live_playbooks()
    return WebSettings(
        secret_key=central.data.secret_file.read_bytes(),
        evidence=central.files,
        secure_cookies=public_url.startswith("https://"),
        now_ms=now_ms,
        public_url=public_url,
        hooks=central.hooks(),
        keeper=central.keeper(),
        roster=central.roster(),
        playbooks=live(),
        live=live,
        data=central.data,
        channels=central.channels(),
        coaching=Coaching(**config.coaching.model_dump()),
        most_listeners=config.web.threads - max(2, config.web.threads // 8),
        sham=ShamLimits(config.statistics.sham_handled_s, config.statistics.sham_note_chars),
        dispositions=DispositionSettings(
            {one.name: one.signing_key for one in config.dispositions.authorities},
            config.dispositions.categories,
        ),
        viid=ViidSettings(**config.viid.model_dump()) if config.viid else None,
        vault=central.vault(),
        must_have_second=central.config.sign_in.must_have_second,
        oidc=central.oidc(),
        limits=central.report_limits(),
        replies=central.replies(),
        care=central.care(),
        forms=central.forms,
        backups=central.backups(),
        kept_days=central.kept_days(),
        base_map=central.data.base_map,
        bounds=central.config.map.area,
        registrar=central.registrar(),
        rolling=central.rolling(),
        scans=EvidenceFiles(central.data.scans),
        proxies=central.config.web.proxies,
    )
