"""Many open boards: `python -m tests.benchmarks.boards [BOARDS] [RATE] [SECONDS] [DATABASE_URL]`.

A district of 150 schools with its pages served as always (`huxiao-central web`), a process that
takes alerts in as ingest does, and boards of as many people as are asked for (200), each as a
browser holds one open: it listens to `/events` and asks for `/board` when it is told.

First a calm half minute with an alert a second: from the moment before an alert is stored to its
row on each board that may show it. Then a storm of RATE (50) alerts a second for SECONDS (60): how
long a whole page takes. When it is over, the last that each board was told of before it asked is
held against the last of all that its owner may know: a board that was told of less has missed one.
"""

import asyncio
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from central.adapters.clock import now_ms
from central.adapters.evidence_files import EvidenceFiles
from central.adapters.store import directory, sign_ins, timeline
from central.adapters.store.engine import open_store
from central.adapters.store.sign_ins import From
from central.reception import Reception
from central.web.door import COOKIE
from central.web.live import Change, Feed
from scripts.demonstration.district import District
from scripts.demonstration.processes import Processes, free_port, wait_for
from tests.benchmarks import district
from tests.integration.case_district import an_alert

CALM_S, SETTLES_S, STARTS_S = 30.0, 45.0, 60.0
BATCH_S = 0.1
ROW = re.compile(rb'<tr class="row[^"]*" id="incident-([^"]+)"')
BAR_MS = 300.0


@dataclass
class Board:
    """One open page."""

    username: str
    secret: str
    first_seen: dict[str, float] = field(default_factory=dict)
    took_ms: list[tuple[float, float]] = field(default_factory=list)
    """When it was asked, and how long the answer took."""
    told: int = 0
    """Of which line of all stories it was told before it last asked."""
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    failed: int = 0


def main() -> None:
    """Measure, and print a line for each bar."""
    if sys.argv[1:2] == ["--feed"]:
        _feed(sys.argv[2], sys.argv[3], float(sys.argv[4]), float(sys.argv[5]), int(sys.argv[6]))
        return
    count, rate, lasts_s = (
        float(word) if word else usual
        for word, usual in zip([*sys.argv[1:4], "", "", ""][:3], (200, 50, 60), strict=True)
    )
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        url = sys.argv[4] if len(sys.argv) > 4 else f"sqlite:///{folder}/central.db"
        data, port = folder / "data", free_port()
        District(data).central("init", "--db", url)
        boards = _settled(url, int(count))
        parts = Processes(folder)
        command: list[str | Path] = [
            "huxiao-central",
            "web",
            "--data",
            data,
            "--db",
            url,
            "--port",
            str(port),
        ]
        parts.start("web", command)
        try:
            wait_for("web", lambda: _answers(port), parts)
            asyncio.run(_measured(boards, port, url, folder, (rate, lasts_s)))
        finally:
            parts.stop()


def _answers(port: int) -> bool:
    time.sleep(0.2)
    try:
        asyncio.run(_asked("127.0.0.1", port, "/healthz", ""))
    except OSError:
        return False
    return True


def _settled(url: str, count: int) -> list[Board]:
    """Make the district, and somebody signed in for each board."""
    store = open_store(url)
    with store.transaction() as connection:
        district.settle(connection)
        boards = [_signed_in(connection, number) for number in range(count)]
    store.close()
    return boards


def _signed_in(connection: Connection, number: int) -> Board:
    """Of two hundred boards: four of the district's office, four of departments that have copies
    of most, every town and station, and the others of schools."""
    towns = [("water_warden", f"town:t{n:02d}") for n in range(1, district.TOWNS + 1)]
    stations = [("station_officer", f"station:p{n:02d}") for n in range(1, district.TOWNS + 1)]
    office = [("duty_officer", "edu")] * 4
    departments = [("unit_officer", one) for one in ("edu", "police", "water", "emergency")]
    first = [*office, *departments, *towns, *stations]
    school = ("school_safety_lead", f"school:s{number % district.SCHOOLS + 1:03d}")
    role, unit = first[number] if number < len(first) else school
    username, secret, at = f"board{number:03d}", f"secret-of-board-{number}", now_ms()
    directory.add_account(connection, {
        "username": username, "name": username, "password_hash": "", "role": role,
        "unit_code": unit, "email": f"{username}@demo.invalid", "created_at": 0,
    })  # fmt: skip
    sign_ins.start(connection, secret, username, at, at + 3_600_000, From("", ""))
    return Board(username, secret)


async def _measured(
    boards: list[Board], port: int, url: str, folder: Path, storm: tuple[float, float]
) -> None:
    listening = [asyncio.create_task(_listen(board, port)) for board in boards]
    await asyncio.wait_for(asyncio.gather(*(board.opened.wait() for board in boards)), STARTS_S)
    await asyncio.sleep(5)
    calm = await _fed(url, folder / "calm", 1.0, CALM_S, 1)
    await asyncio.sleep(2)
    _say_soon(boards, calm)
    for board in boards:
        board.took_ms.clear()
    pages = asyncio.create_task(_open_pages(boards, port, storm[1]))
    began = time.time()
    stored = await _fed(url, folder / "storm", storm[0], storm[1], 1_000_000)
    took = time.time() - began
    whole = await pages
    missed, over = _missed(url, boards), time.time()
    while missed and time.time() - over < SETTLES_S:
        await asyncio.sleep(1)
        missed = _missed(url, boards)
    settled_s = time.time() - over
    for task in listening:
        task.cancel()
    rate = len(stored) / storm[1]
    parts = [ms for board in boards for at, ms in board.took_ms if began <= at <= began + took]
    sys.stdout.write(f"storm: {len(stored)} alerts, {rate:.1f} a second, {len(boards)} boards\n")
    _say("whole page in the storm", whole)
    _say("part of a board in the storm", parts)
    failed = sum(board.failed for board in boards)
    mark = "ok  " if not missed and not failed else "FAIL"
    when = f"all told {settled_s:.0f} s after it"
    sys.stdout.write(f"{mark} boards that missed a change: {len(missed)} {missed[:5]}, "
                     f"{when}, answers that failed: {failed}\n")  # fmt: skip


async def _listen(board: Board, port: int) -> None:
    """Hold a board open: hear that something has changed, and ask."""
    while True:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(_request("/events", board.secret, accept="text/event-stream"))
        status = await reader.readline()
        if b" 200 " not in status:
            board.failed += 1
            writer.close()
            await asyncio.sleep(1)
            continue
        while line := await reader.readline():
            if line.startswith(b"id: "):
                told = int(line[4:])
            elif line.startswith(b"event: change"):
                board.opened.set()
                await _look(board, port)
                board.told = max(board.told, told)
        writer.close()


async def _look(board: Board, port: int) -> None:
    began = time.time()
    status, body = await _asked("127.0.0.1", port, "/board", board.secret)
    ended = time.time()
    board.failed += status != 200
    board.took_ms.append((began, (ended - began) * 1000))
    for found in ROW.findall(body):
        board.first_seen.setdefault(found.decode(), ended)


async def _open_pages(boards: Sequence[Board], port: int, lasts_s: float) -> list[float]:
    """Open a whole page every half second, as people who come and go do."""
    took, until, number = [], time.time() + lasts_s, 0
    while time.time() < until:
        began = time.time()
        await _asked("127.0.0.1", port, "/", boards[number % len(boards)].secret)
        took.append((time.time() - began) * 1000)
        number += 7
        await asyncio.sleep(max(0.0, 0.5 - (time.time() - began)))
    return took


def _missed(url: str, boards: Sequence[Board]) -> list[str]:
    """Give the boards that were not told of the last line that their owner may know."""
    store, late = open_store(url), []
    feed = Feed(store)
    with store.reading() as connection:
        lines = timeline.incidents_after(connection, 0)
        people = [sign_ins.find(connection, board.secret, now_ms()) for board in boards]
    changes = [Change(at, lines[at]) for at in sorted(lines)]
    for board, person in zip(boards, people, strict=True):
        known = feed.known(person.actor, changes) if person else []
        if not person or (known and known[-1].timeline_id > board.told):
            late.append(board.username)
    store.close()
    return late


async def _asked(host: str, port: int, address: str, secret: str) -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(_request(address, secret))
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1] if head else 0), body


def _request(address: str, secret: str, accept: str = "text/html") -> bytes:
    return (
        f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\n"
        f"Cookie: {COOKIE}={secret}\r\nConnection: close\r\n\r\n"
    ).encode()


async def _fed(
    url: str, file: Path, rate: float, lasts_s: float, first: int
) -> list[tuple[str, float]]:
    """Let another process take alerts in; give each case with when its alert came."""
    words = [sys.executable, "-m", "tests.benchmarks.boards", "--feed", url, str(file), str(rate),
             str(lasts_s), str(first)]  # fmt: skip
    process = await asyncio.create_subprocess_exec(*words)
    if await process.wait():
        raise subprocess.CalledProcessError(process.returncode or 1, words)
    return _read(file)


def _read(file: Path) -> list[tuple[str, float]]:
    lines = map(json.loads, file.read_text("utf-8").splitlines())
    return [(str(found), float(at)) for found, at in lines]


def _feed(url: str, file: str, rate: float, lasts_s: float, first: int) -> None:
    """Take alerts in, those of a tenth of a second in one transaction, as ingest does."""
    store, place = open_store(url), Path(file)
    reception = Reception(EvidenceFiles(place.with_suffix(".evidence")))
    devices = [(f"{kind}-{kind[0]}{number:03d}", kind)
               for kind, count in (("gate", district.SCHOOLS), ("water", district.PONDS))
               for number in range(1, count + 1)]  # fmt: skip
    began, seq = time.time(), 0
    with place.open("w", encoding="utf-8") as told:
        while (now := time.time()) - began < lasts_s:
            due = int((now - began) * rate) - seq
            with store.transaction() as connection:
                for _ in range(due):
                    found = _take(reception, connection, devices, first + seq)
                    seq += 1
                    told.write(json.dumps([found, now]) + "\n")
            time.sleep(max(0.0, BATCH_S - (time.time() - now)))
    store.close()


def _take(
    reception: Reception, connection: Connection, devices: Sequence[tuple[str, str]], seq: int
) -> str:
    device_id, kind = devices[seq * 37 % len(devices)]
    changes = {"device_id": device_id, "zone_id": f"z{seq}", "alert_id": f"bench-{seq}"}
    if kind == "gate":
        changes |= {"scenario": "campus_four_100", "kind": "gate_open"}
    alert = an_alert(seq, now_ms(), **changes)
    topic = f"huxiao/v1/{device_id}/up/alert"
    verdict = reception.take(connection, topic, alert.model_dump_json().encode(), now_ms())
    return str(verdict.incident_id)


def _say_soon(boards: Sequence[Board], calm: Sequence[tuple[str, float]]) -> None:
    """Say how soon each new case stood on each board that came to show it."""
    soon = [(at - stored) * 1000 for board in boards for one, stored in calm
            if (at := board.first_seen.get(one))]  # fmt: skip
    _say("alert at ingest -> row on a board", soon)


def _say(what: str, took: list[float]) -> None:
    found = sorted(took)
    if not found:
        sys.stdout.write(f"FAIL {what}: nothing\n")
        return
    at = {p: found[min(len(found) - 1, int(len(found) * p / 100))] for p in (50, 95, 99)}
    mark = "ok  " if at[95] <= BAR_MS else "SLOW"
    sys.stdout.write(
        f"{mark} {what}: n {len(found)}, p50 {at[50]:.0f} ms, p95 {at[95]:.0f} ms, "
        f"p99 {at[99]:.0f} ms, most {found[-1]:.0f} ms\n"
    )


if __name__ == "__main__":
    main()
