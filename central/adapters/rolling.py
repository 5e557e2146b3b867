"""Rolls releases out: orders group after group, pauses by itself, takes back."""

from typing import Any

from sqlalchemy import Connection, select
from uuid_utils import uuid7

from central.adapters.galleries.keys import GalleryKeys
from central.adapters.store import account_mails, audit, down, releases
from central.adapters.store.account_mails import Mail
from central.adapters.store.engine import Store
from central.adapters.store.tables import ACCOUNT, DEVICE
from central.core.local_time import from_ms
from central.core.people import Role
from central.core.refusals import CaseError
from central.core.rollouts import (
    NOT_BEGUN,
    ON_IT,
    ORDERED,
    Member,
    State,
    grouped,
    is_done,
    to_order,
    why_pause,
)
from contract.releases import ORDER_PURPOSE, ReleaseOrder
from contract.signing import signed
from contract.topics import Down

AGAIN_MS = 15 * 60 * 1000


class RolloutError(CaseError):
    """A roll-out that cannot begin or move like this."""


class Rolling:
    """Works on open roll-outs. Orders are signed with the key that devices know as central's."""

    def __init__(self, store: Store, keys: GalleryKeys) -> None:
        self._store = store
        self._keys = keys

    def start(self, version: str, device_ids: list[str], by: str, now_ms: int, **how: int) -> str:
        """Begin: `canaries` devices, then `share` per cent, then all; `soak_ms` between.

        Raises:
            RolloutError: no such release, no devices, or another roll-out is open for one of them.
        """
        with self._store.transaction() as connection:
            if releases.found(connection, version) is None:
                zh = f"没有这个版本：{version}"
                raise RolloutError(zh, f"no such release: {version}")
            busy = _busy(connection) & set(device_ids)
            if busy:
                names = "、".join(sorted(busy)[:5])
                zh = f"这些设备还在另一次更新中：{names}"
                raise RolloutError(zh, f"still in another roll-out: {names}")
            chosen = _ordered_by_calm(connection, device_ids)
            if not chosen:
                raise RolloutError("没有可以更新的设备", "no devices to update")  # noqa: EM101 - two languages
            row = {"rollout_id": str(uuid7()), "version": version, "state": State.RUNNING.value,
                   "most_failures": how["most_failures"], "soak_ms": how["soak_ms"],
                   "started_at": now_ms, "started_by": by, "changed_at": now_ms}  # fmt: skip
            groups = grouped(chosen, how["canaries"], how["share"])
            releases.start(connection, row, groups, now_ms)
            about = f"release:{version}"
            audit.append(connection, now_ms, by, "release.rollout", about, {"devices": len(chosen)})
        return str(row["rollout_id"])

    def pause(self, rollout_id: str, by: str, now_ms: int) -> None:
        """Order nobody further."""
        self._moved(rollout_id, State.RUNNING, State.PAUSED, by, now_ms)

    def resume(self, rollout_id: str, by: str, now_ms: int) -> None:
        """Go on; those that failed are not tried again."""
        self._moved(rollout_id, State.PAUSED, State.RUNNING, by, now_ms)

    def take_back(self, rollout_id: str, by: str, now_ms: int) -> None:
        """Let everybody return to what they had; who has not begun forgets the order.

        Raises:
            RolloutError: it is taken back already.
        """
        with self._store.transaction() as connection:
            row = _held(connection, rollout_id)
            if row.state == State.TAKEN_BACK:
                raise _stands(row.state)
            for one in releases.members(connection, rollout_id):
                if one.phase in NOT_BEGUN:
                    self._order(connection, row, one, "drop", one.phase, now_ms)
                elif one.phase in ON_IT:
                    self._order(connection, row, one, "return", one.phase, now_ms)
            releases.move(connection, rollout_id, State.TAKEN_BACK, "", now_ms)
            audit.append(connection, now_ms, by, "release.take_back", f"release:{row.version}")

    def look(self, now_ms: int) -> None:
        """Move each running roll-out on by what its devices have said since."""
        with self._store.reading() as connection:
            running = releases.rollouts(connection, [State.RUNNING.value])
            unheard = releases.unheard(connection, now_ms, AGAIN_MS)
        for row in running:
            with self._store.transaction() as connection:
                self._look_at(connection, row["rollout_id"], now_ms)
        for late in unheard:
            with self._store.transaction() as connection:
                action = _action(late.state, late.phase)
                self._send(connection, late, late.device_id, late.order_no, action, now_ms)
                releases.sent_again(connection, late.rollout_id, late.device_id, now_ms)

    def _look_at(self, connection: Connection, rollout_id: str, now_ms: int) -> None:
        row = _held(connection, rollout_id)
        if row.state != State.RUNNING:
            return
        members = releases.members(connection, rollout_id)
        if why := why_pause(members, row.most_failures):
            releases.move(connection, rollout_id, State.PAUSED, why, now_ms)
            audit.append(connection, now_ms, "central", "release.paused",
                         f"release:{row.version}", {"why": why})  # fmt: skip
            _tell(connection, row.version, why, now_ms)
            return
        chosen = set(to_order(members, now_ms, row.soak_ms))
        for one in members:
            if one.device_id in chosen:
                self._order(connection, row, one, "install", ORDERED, now_ms)
        if is_done(members):
            releases.move(connection, rollout_id, State.DONE, "", now_ms)

    def _order(
        self, connection: Connection, row: Any, one: Member, action: str, phase: str, now_ms: int
    ) -> None:
        number = releases.order(connection, row.rollout_id, one.device_id, phase, now_ms)
        self._send(connection, row, one.device_id, number, action, now_ms)

    def _send(
        self, connection: Connection, row: Any, device_id: str, number: int, action: str,
        now_ms: int,
    ) -> None:  # fmt: skip
        release = releases.found(connection, row.version)
        assert release is not None  # noqa: S101 - a foreign key says so
        order = ReleaseOrder.model_validate(
            {"device_id": device_id, "order": number, "action": action, "version": row.version,
             "seq": release.seq, "sha256": release.sha256, "size_bytes": release.size_bytes,
             "at": from_ms(now_ms)}
        )  # fmt: skip
        payload = signed(order.model_dump(mode="json"), self._keys.signing_key, ORDER_PURPOSE)
        down.put(connection, device_id, Down.RELEASE, payload.decode(), now_ms)

    def _moved(self, rollout_id: str, before: State, after: State, by: str, now_ms: int) -> None:
        with self._store.transaction() as connection:
            row = _held(connection, rollout_id)
            if row.state != before:
                raise _stands(row.state)
            why = "" if after is State.RUNNING else f"由 {by} 暂停 (paused by hand)"
            if after is State.RUNNING:
                releases.forgive(connection, rollout_id)
            releases.move(connection, rollout_id, after, why, now_ms)
            audit.append(connection, now_ms, by, f"release.{after.value}", f"release:{row.version}")


def _action(state: str, phase: str) -> str:
    if state != State.TAKEN_BACK:
        return "install"
    return "return" if phase in ON_IT else "drop"


def _held(connection: Connection, rollout_id: str) -> Any:
    row = releases.held(connection, rollout_id)
    if row is None:
        raise RolloutError("没有这次更新", "no such roll-out")  # noqa: EM101 - two languages
    return row


def _stands(state: str) -> RolloutError:
    return RolloutError(f"这次更新已是“{state}”", f"this roll-out is {state} already")


def _busy(connection: Connection) -> set[str]:
    busy: set[str] = set()
    for row in releases.rollouts(connection, releases.OPEN_STATES):
        busy |= {one.device_id for one in releases.members(connection, row["rollout_id"])}
    return busy


def _ordered_by_calm(connection: Connection, device_ids: list[str]) -> list[str]:
    """Put those that are there first: a canary that is away would keep everybody waiting."""
    columns = DEVICE.c
    query = (
        select(columns.device_id)
        .where(columns.device_id.in_(device_ids), columns.is_revoked.is_(False))
        .where(columns.profile != "door")
        .order_by(columns.is_online.desc(), columns.device_id)
    )
    return list(connection.execute(query).scalars())


def _tell(connection: Connection, version: str, why: str, now_ms: int) -> None:
    text = (
        f"设备软件 {version} 的更新已自动暂停：{why}。已装好的设备照常运行；"
        "请在“软件更新”页查看原因，再决定继续或收回。\n\n"
        f"The roll-out of {version} has paused by itself: {why}. Devices that have it go on "
        "running; see the page of releases, then resume or take it back.\n"
    )
    subject = f"【护校安园】设备更新已暂停 roll-out paused: {version}"
    columns = ACCOUNT.c
    admins = select(columns.username).where(
        columns.role == Role.DISTRICT_ADMIN.value, columns.is_active
    )
    for username in connection.execute(admins).scalars().all():
        account_mails.put(connection, Mail(username, subject, text), now_ms)
