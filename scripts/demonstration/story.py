"""`--check`: play everybody's part through the API until one incident is closed, and tell it."""

import json
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from scripts.demonstration.district import DEVICE_ID, PEOPLE, District, Person
from scripts.demonstration.processes import DemoError, Processes, wait_for

DUTY, TOWN, SCHOOL = PEOPLE


@dataclass(frozen=True)
class Api:
    """Central's API as one person sees it."""

    address: str
    token: str

    def get(self, path: str) -> Any:
        """Read a resource."""
        return self._call(Request(f"{self.address}/api/v1{path}"))  # noqa: S310 - our own http address

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Send a JSON body."""
        request = Request(  # noqa: S310 - our own http address
            f"{self.address}/api/v1{path}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        return self._call(request)

    def _call(self, request: Request) -> Any:
        request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urlopen(request, timeout=30) as answer:  # noqa: S310 - our own http address
                return json.load(answer)
        except HTTPError as error:
            msg = f"{request.full_url}: {error.code} {error.read().decode('utf-8', 'replace')}"
            raise DemoError(msg) from error


@dataclass
class Story:
    """What happened when, in milliseconds of one clock."""

    parts: Processes
    moments: list[tuple[float, str]]

    def note(self, what: str, at: float | None = None) -> None:
        """Remember a moment, `at` in seconds since 1970."""
        self.moments.append((time.time() if at is None else at, what))

    def wait(self, what: str, ready: Callable[[], bool], within_s: float = 90.0) -> None:
        """Wait for something that the line must bring about."""
        wait_for(what, ready, self.parts, within_s)

    def lines(self) -> list[str]:
        """Tell the moments in order, each with the time since the first and since the last."""
        told = sorted(self.moments)
        start = before = told[0][0]
        found = []
        for at, what in told:
            found.append(f"{(at - start) * 1000:9.0f} ms  (+{(at - before) * 1000:6.0f})  {what}")
            before = at
        return found


def seconds(stamp: str) -> float:
    """Turn a time of the API into seconds since 1970."""
    return datetime.fromisoformat(stamp).timestamp()


def play(district: District, address: str, parts: Processes, folders: dict[str, Path]) -> Story:
    """See one incident from the frame to the close."""
    story = Story(parts, [])
    api = {person: Api(address, district.token(person)) for person in PEOPLE}
    story.wait("事件 an incident", lambda: bool(api[DUTY].get("/incidents")["items"]))
    incident = api[DUTY].get(
        f"/incidents/{api[DUTY].get('/incidents')['items'][-1]['incident_id']}"
    )
    incident_id = incident["incident_id"]
    _tell_of_the_device(story, incident, folders)
    story.wait("通知发出 notifications", lambda: _told(api[DUTY], incident_id))
    _steps(story, api, incident_id)
    story.wait("通知发完 notifications", lambda: _told(api[DUTY], incident_id))
    for sent in api[DUTY].get(f"/notifications?incident_id={incident_id}")["items"]:
        if sent["sent_at"]:
            story.note(f"通知 {sent['channel']} → {sent['recipient']}: {sent['state']}"
                       f" ({sent['answer'][:60]})", seconds(sent["sent_at"]))  # fmt: skip
    outbox = folders["device"] / "state" / "outbox.db"
    story.wait(
        "设备收到回执 receipt on the device", lambda: "closed" in receipts(outbox, incident_id)
    )
    for status, at in receipts(outbox, incident_id).items():
        story.note(f"设备收到回执 device has the receipt: {status}", at)
    return story


def _tell_of_the_device(story: Story, incident: dict[str, Any], folders: dict[str, Path]) -> None:
    first = incident["alerts"][0]
    story.note(f"画面 frame: {first['kind']} {first['zone_id']}", seconds(first["occurred_at"]))
    story.wait("喊话 a warning", lambda: any(folders["said"].glob("*.wav")))
    spoken = min(path.stat().st_mtime for path in folders["said"].glob("*.wav"))
    story.note("喊话 spoken warning begins", spoken)
    story.note(f"入库 stored at central: {incident['number']}", seconds(first["received_at"]))


def _steps(story: Story, api: dict[Person, Api], incident_id: str) -> None:
    by_unit = {person.unit: person for person in PEOPLE}
    path = f"/incidents/{incident_id}"
    for step, note in (
        ("acknowledge", ""),
        ("dispose", "已到现场,劝离水边"),
        ("report_back", "两名学生已离开水边,已通知学校开展安全教育"),
    ):
        for task in api[DUTY].get(path)["tasks"]:
            person = by_unit[task["unit_code"]]
            body = {"task_id": task["task_id"], "step": step, "note": note}
            api[person].post(f"{path}/steps", body)
            story.note(f"{step} · {person.name}")
    for step in ("verify", "close"):
        for task in api[DUTY].get(path)["tasks"]:
            body = {"task_id": task["task_id"], "step": step, "note": "现场照片与反馈一致"}
            api[DUTY].post(f"{path}/steps", body)
            story.note(f"{step} · {DUTY.name} · {task['unit_code']}")
    if (status := api[DUTY].get(path)["status"]) != "closed":
        msg = f"事件没有办结 the incident is {status}, not closed"
        raise DemoError(msg)


def _told(duty: Api, incident_id: str) -> bool:
    items = duty.get(f"/notifications?incident_id={incident_id}")["items"]
    waiting = {"pending", "sending"}
    return bool(items) and not any(item["state"] in waiting for item in items)


def receipts(outbox: Path, incident_id: str) -> dict[str, float]:
    """Read from the device's own file which receipts have come, and when."""
    with sqlite3.connect(f"file:{outbox}?mode=ro", uri=True) as db:
        rows = db.execute(
            "select status, min(received_at) from receipt where incident_id = ? group by status",
            [incident_id],
        ).fetchall()
    return dict(rows)


__all__ = ["DEVICE_ID", "Api", "Story", "play", "receipts"]
