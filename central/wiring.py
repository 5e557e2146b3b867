"""The one place that knows which adapter stands behind which port."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler

from central.adapters import calendars
from central.adapters.backup.keeping import HOUR_MS, Backups
from central.adapters.broker import Broker, BrokerAddress
from central.adapters.care.keeping import CareStore
from central.adapters.certificates import CENTRAL, Authority
from central.adapters.clock import now_ms
from central.adapters.evidence_files import EvidenceFiles
from central.adapters.galleries.keeping import Keeper
from central.adapters.galleries.keys import GalleryKeys
from central.adapters.identities import (
    alarm,
    authorities_of,
    authority_of,
    registrar_of,
    trusted_of,
)
from central.adapters.linking import Linker
from central.adapters.live_playbooks import LivePlaybooks
from central.adapters.notifiers.configured import configured
from central.adapters.oidc import Provider, provider_of
from central.adapters.own_certificates import OwnCertificates
from central.adapters.person_keys import PersonKeys
from central.adapters.playbooks import in_force
from central.adapters.registrar import Registrar
from central.adapters.registry.consenting import Consenting
from central.adapters.registry.counting import Counting
from central.adapters.registry.filling import Filler
from central.adapters.registry.roster import Roster
from central.adapters.registry.roster_jobs import RosterJobs
from central.adapters.release_files import ReleaseFiles
from central.adapters.revoking import Revoking
from central.adapters.rolling import Rolling
from central.adapters.signed_letters import SignedLetters
from central.adapters.store.adding import Figures
from central.adapters.store.engine import Store, open_store
from central.adapters.tls_server import serve_machines
from central.adapters.vault import Vault
from central.config import CentralConfig, DataDir, load_config, quiet
from central.core.playbook import Playbook
from central.core.reporting import Limits
from central.curfews import watch
from central.deadlines import sweep
from central.dispatching import Sending, ask
from central.incidents.caring import CareDesk
from central.incidents.replying import erase_due as forget_replies
from central.ingest import Ingest
from central.mailing import send_account_mails
from central.ports import Channel, TakesReceipts
from central.reception import Reception
from central.retention import DAY_MS, Retention, Terms, end_what_time_ends
from central.silences import Silences
from central.watching import Watch, send_bulletins
from central.web.machine_door import MachineDesk, machine_app

LOG = logging.getLogger("huxiao.central")

TICK_S = 1


@dataclass(frozen=True)
class Central:
    """A district's settings, folder and database, opened once a process."""

    data: DataDir
    config: CentralConfig
    store: Store

    @property
    def files(self) -> EvidenceFiles:
        """Where pictures and clips lie."""
        return EvidenceFiles(self.data.evidence)

    @property
    def forms(self) -> EvidenceFiles:
        """Where signed forms lie, locked, and photographs of signs."""
        return EvidenceFiles(self.data.forms)

    def kept_days(self) -> dict[str, int]:
        """Give for how long things are kept, by the name of the setting."""
        return self.config.retention.model_dump() | {"reply_days": self.config.reports.reply_days}

    def backups(self, folder: Path | None = None, passphrase_file: Path | None = None) -> Backups:
        """Give what makes and tries backups, as set up or as said."""
        section = self.config.backup
        where = folder or (self.data.path / section.folder if section.folder else None)
        said = passphrase_file.read_text("utf-8").strip() if passphrase_file else ""
        url = self.store.engine.url.render_as_string(hide_password=False)
        return Backups(
            self.store, self.data, url, where, said or section.passphrase, section.keep,
            section.every_hours * HOUR_MS,
        )  # fmt: skip

    def consenting(self) -> Consenting:
        """Give what keeps the registry of consents."""
        return Consenting(self.keeper(), self.forms)

    def authority(self) -> Authority:
        """Give the certificate authority, for adding and revoking devices.

        Raises:
            LockedError, ConfigError: its key is locked, and nothing opens it.
        """
        return authority_of(self.data, self.config)

    @property
    def releases(self) -> ReleaseFiles:
        """Where bundles of the devices' software lie."""
        return ReleaseFiles(self.data.releases)

    def rolling(self) -> Rolling:
        """Give what rolls releases out."""
        return Rolling(self.store, self.gallery_keys())

    def revoking(self) -> Revoking:
        """Give what makes revocations felt."""
        return Revoking(
            self.store, self.data.broker, self.config.broker,
            lambda: authorities_of(self.data, self.config),
        )  # fmt: skip

    def registrar(self) -> Registrar:
        """Give what hands out claims and certificates."""
        return registrar_of(self.data, self.config, self.gallery_keys())

    def gallery_keys(self) -> GalleryKeys:
        """Give the keys of the galleries, made where the folder is new."""
        return GalleryKeys(self.data.galleries).prepare()

    def keeper(self) -> Keeper:
        """Give what enrols and erases."""
        return Keeper(self.gallery_keys())

    def roster(self) -> Roster:
        """Give what keeps pupils."""
        return Roster(self.gallery_keys())

    def roster_jobs(self) -> RosterJobs:
        """Give what imports rosters in the background."""
        return RosterJobs(self.store, self.roster(), self.vault())

    def vault(self) -> Vault:
        """Give what keeps second factors and names one-time links."""
        return Vault.in_file(self.data.vault_file)

    def linker(self) -> Linker:
        """Give what puts one-time links into letters."""
        hours = self.config.sign_in.link_hours
        return Linker(self.store, self.vault(), self.config.web.public_url, hours)

    def oidc(self) -> Provider | None:
        """Give the district's identity provider.

        Raises:
            ConfigError: it has no address to come back to, or its secret's file is not there.
        """
        return provider_of(self.config.oidc, self.data.path, self.config.web.public_url)

    def replies(self) -> PersonKeys:
        """Give the keys of the numbers to answer to, made where the folder is new."""
        return PersonKeys(self.data.replies).prepare()

    def care(self) -> CareStore:
        """Give the store of mind care, made where it is new."""
        url = self.config.care.database or f"sqlite:///{self.data.path / 'care.db'}"
        return CareStore(open_store(url), PersonKeys(self.data.care_keys)).prepare()

    def report_limits(self) -> Limits:
        """Give how much anybody may report."""
        section = self.config.reports
        return Limits(
            opened_by_address_in_hour=section.opened_by_address_in_hour,
            opened_at_site_in_hour=section.opened_at_site_in_hour,
            sent_by_address_in_hour=section.sent_by_address_in_hour,
            sent_by_address_in_day=section.sent_by_address_in_day,
            asked_by_address_in_hour=section.asked_by_address_in_hour,
        )

    def playbooks(self) -> tuple[Playbook, ...]:
        """Give the playbooks in force, told through the channels that the district has.

        Raises:
            PlaybookError: with all mistakes of all files.
        """
        channels = self.channels()
        return tuple(one.through(channels) for one in in_force(self.data.playbooks))

    def live_playbooks(self) -> LivePlaybooks:
        """Give the playbooks in force, which a page may change meanwhile.

        Raises:
            PlaybookError: with all mistakes of all files.
        """
        return LivePlaybooks(self.data.playbooks, tuple(self.channels()))

    def channels(self) -> Mapping[str, Channel]:
        """Give the configured ways to reach people."""
        return configured(self.config)

    def hooks(self) -> Mapping[str, tuple[str, TakesReceipts]]:
        """Give those providers that post receipts to us, by their name, with their channel's."""
        return {
            channel.provider: (name, channel)
            for name, channel in self.channels().items()
            if isinstance(channel, TakesReceipts)
        }

    def run_ingest(self, stop: Event) -> None:
        """Listen to devices until told to stop."""
        address = BrokerAddress(
            self.config.broker.central_host, self.config.broker.port, CENTRAL, self.data.broker
        )
        broker = Broker(address)
        ingest = Ingest(
            self.store, broker, self._reception(), now_ms,
            SignedLetters(self.gallery_keys()),
        )  # fmt: skip
        broker.start()
        try:
            ingest.run(stop)
        finally:
            broker.stop()

    def _reception(self) -> Reception:
        return Reception(self.files, self.live_playbooks(), trusted_of(self.data))

    def run_machine_door(self, stop: Event) -> None:
        """Let devices come for their certificates until told to stop."""
        desk = MachineDesk(self.store, self.registrar(), now_ms, alarm, self.releases)
        host = "127.0.0.1" if self.config.broker.is_local else ""
        where = (host, self.config.devices.port)
        serve_machines(machine_app(desk), where, self.data.broker, stop)

    def run_worker(self, stop: Event) -> None:
        """Watch deadlines and send notifications until told to stop."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        scheduler = BackgroundScheduler(timezone=UTC)
        channels = self.channels()
        keeper, roster, replies = self.keeper(), self.roster(), self.replies()
        imports, consenting = self.roster_jobs(), self.consenting()
        counting, copies = Counting(self.store), self.backups()
        playbooks = self.live_playbooks()
        care = self.care()
        revoking, rolling = self.revoking(), self.rolling()
        own = OwnCertificates(
            self.data.broker, self.config.broker,
            lambda: authorities_of(self.data, self.config),
        )  # fmt: skip
        filler = Filler(roster)
        section = self.config.retention
        old = Retention(self.store, self.files, Terms(**section.model_dump()))
        ahead = Watch(self.store, playbooks, tuple(channels), self.config.duty)
        figures = Figures(self.store)
        silent_ms = self.config.fleet.silent_minutes * 60_000
        silent = Silences(self.store, playbooks(), silent_ms)
        work: dict[str, Callable[[], object]] = {
            "deadlines": lambda: sweep(self.store, now_ms()),
            "receipts": lambda: ask(self.store, channels, now_ms(), filler),
            "account mails": lambda: send_account_mails(
                self.store, channels.get("email"), now_ms()
            ),
            "retention": lambda: old.look(now_ms()),
            "curfews": lambda: watch(self.store, playbooks(), now_ms()),
            "ends": lambda: end_what_time_ends(self.store, keeper, now_ms()),
            "care": lambda: CareDesk(self.store, care, now_ms(), playbooks()).settle(),
            "replies": lambda: forget_replies(
                self.store, replies, now_ms() - self.config.reports.reply_days * DAY_MS, now_ms()
            ),
            "galleries": lambda: keeper.tend(self.store, now_ms()),
            "watch": lambda: ahead.look(now_ms()),
            "silences": lambda: silent.look(now_ms()),
            "bulletins": lambda: send_bulletins(self.store, channels, now_ms()),
            "releases": lambda: rolling.look(now_ms()),
            "own certificates": lambda: own.look(now_ms()),
            "revoked": lambda: revoking.settle(now_ms()),
            "roster": lambda: roster.erase(self.store, now_ms()),
            "consents": lambda: consenting.tend(self.store, now_ms()),
            "backups": lambda: copies.work(now_ms()),
            "holding": lambda: counting.look(now_ms()),
            "imports": lambda: imports.work(now_ms, stop.is_set),
            "statistics": lambda: figures.look(now_ms()),
        }
        for name, job in work.items():
            scheduler.add_job(
                _loudly(name, job), "interval", seconds=TICK_S, id=name,
                max_instances=1, coalesce=True, misfire_grace_time=None,
            )  # fmt: skip
        scheduler.start()
        invite = self.linker().into
        hours = quiet.rules(self.config.quiet_hours)
        Sending(self.store, channels, now_ms, hours, invite, filler).run(stop)
        scheduler.shutdown(wait=True)


def open_central(folder: Path, database_url: str | None = None) -> Central:
    """Open a district's data folder.

    Raises:
        ConfigError, StoreError: with what to do.
    """
    data = DataDir(folder)
    config = load_config(data)
    url = database_url or config.database.url or data.default_database
    calendars.follow(data.path)
    return Central(data, config, open_store(url))


def _loudly(name: str, job: Callable[[], object]) -> Callable[[], None]:
    """A tick that fails is recorded, and the next one comes all the same."""

    def tick() -> None:
        try:
            job()
        except Exception:
            LOG.exception("定时任务 %s 出错，下一次照常 (a tick failed, the next will come)", name)

    return tick
