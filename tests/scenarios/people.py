"""People of a district as they meet its API: each with a token of their own."""

from dataclasses import dataclass, field
from typing import Any

import httpx

Case = dict[str, Any]


@dataclass
class Someone:
    """A person of one unit. What is asked of the API and refused, raises with its answer."""

    username: str
    unit: str
    role: str
    client: httpx.Client = field(repr=False)

    def get(self, path: str, **query: Any) -> Any:
        """Read from the API."""
        return _good(self.client.get(path, params=query))

    def post(self, path: str, body: Any) -> Any:
        """Write to the API."""
        return _good(self.client.post(path, json=body))

    def cases(self, **query: Any) -> list[Case]:
        """Give the incidents that this person may see, the newest first."""
        return list(self.get("incidents", **query)["items"])

    def case(self, incident_id: str) -> Case:
        """Open one incident."""
        return dict(self.get(f"incidents/{incident_id}"))

    def sees(self, incident_id: str) -> bool:
        """Tell whether an incident is there for this person at all."""
        return self.client.get(f"incidents/{incident_id}").status_code == httpx.codes.OK

    def takes(self, incident_id: str, step: str, **more: Any) -> Case:
        """Take a step on this unit's own task."""
        if "task_id" not in more and "into" not in more:
            more["task_id"] = self.task(incident_id)["task_id"]
        return dict(self.post(f"incidents/{incident_id}/steps", {"step": step, **more}))

    def refused(self, incident_id: str, step: str, **more: Any) -> str:
        """Try a step that must be refused, and give what was said."""
        body = {"step": step, "task_id": self.task(incident_id)["task_id"], **more}
        answer = self.client.post(f"incidents/{incident_id}/steps", json=body)
        assert httpx.codes.is_client_error(answer.status_code), answer.text
        return answer.text

    def task(self, incident_id: str, unit: str | None = None) -> Case:
        """Give a unit's task, one's own unless named."""
        tasks = self.case(incident_id)["tasks"]
        mine = [task for task in tasks if task["unit_code"] == (unit or self.unit)]
        assert len(mine) == 1, f"{self.unit} has {len(mine)} tasks of {tasks}"
        return dict(mine[0])

    def subjects(self, incident_id: str) -> list[Case]:
        """Give whom a case is about, as far as this person may know."""
        return list(self.get(f"incidents/{incident_id}/subjects")["items"])

    def verifies(self, incident_id: str, finding: str, note: str = "") -> Case:
        """Say what was found about the only one whom a case is about."""
        (one,) = self.subjects(incident_id)
        path = f"incidents/{incident_id}/subjects/{one['subject_id']}/verify"
        return dict(self.post(path, {"finding": finding, "note": note})["items"][0])

    def does_its_part(self, incident_id: str, note: str, **report: Any) -> None:
        """Acknowledge, dispose and report back."""
        self.takes(incident_id, "acknowledge")
        self.takes(incident_id, "dispose", note=note)
        self.takes(incident_id, "report_back", note=note, **report)

    def checks_and_closes(self, incident_id: str, *units: str) -> Case:
        """Verify and close tasks of other units; give the incident as it is then."""
        for step in ("verify", "close"):
            for unit in units:
                task = self.task(incident_id, unit)
                self.takes(incident_id, step, task_id=task["task_id"])
        return self.case(incident_id)


def _good(answer: httpx.Response) -> Any:
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.text}"
    return answer.json()
