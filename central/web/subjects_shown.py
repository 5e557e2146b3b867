"""Whom a case is about, as far as whoever asks may know; a name that is shown is a kept look."""

from typing import Any

from central.adapters.store import board, pupils, subjects
from central.adapters.store.reach import parts
from central.core.access import Part
from central.core.disclosure import may_read
from central.core.local_time import ZONE, from_ms
from central.core.people import Actor
from central.core.pupils import age_band
from central.core.subjects import Certainty, Subject, may_know_name, may_verify
from central.incidents.about import TOLD_AGES
from central.web import here
from contract.scenarios import Scenario

Shown = list[dict[str, Any]]


def of_incident(incident_id: str) -> Shown:
    """Give whom a case is about, for whoever asks; the case is theirs to see already."""
    who = here.actor()
    with here.store().reading() as connection:
        incident = board.incident(connection, who, incident_id, here.now_ms())
        about = subjects.of_incident(connection, incident_id)
        if incident is None or not about:
            return []
        tasks = board.tasks(connection, who, [incident_id])
        units = {task["unit_code"] for task in tasks}
        scenario = Scenario(incident["scenario"])
        own = pupils.classes_of(connection, who.actor_id, who.unit_code)
        cases = {one.incident_id for one in about}
        known = {case: parts(connection, who, case) for case in cases}
    named = [one for one in about if may_know_name(who, scenario, one, units, own)]
    names = _names(who, incident, named)
    able = {one.subject_id for one in about if may_verify(who, scenario, one, units, own)}
    return [
        _shown(who, incident, one, names.get(one.pupil_id or ""), may=one.subject_id in able)
        | {"note": _note(who, one, known[one.incident_id], scenario)}
        for one in about
    ]


def _note(who: Actor, one: Subject, known: frozenset[Part], scenario: Scenario) -> str:
    """Give what was written when it was verified, to those who read what people write there."""
    is_theirs = may_read(one.found_by, one.finder_unit, known, who, scenario)
    return one.note if is_theirs else ""


def _names(
    who: Actor, incident: dict[str, Any], named: list[Subject]
) -> dict[str, tuple[str, str]]:
    """Open names and classes; a look that goes on is one look in the audit log."""
    roster = here.settings().roster
    if roster is None or not named:
        return {}
    now_ms, what = here.now_ms(), f"subjects {incident['number']}"
    is_new = here.desk().looks.is_new(who.actor_id, what, now_ms)
    opening = here.store().transaction if is_new else here.store().reading
    with opening() as connection:
        rows = pupils.several(connection, {one.pupil_id for one in named if one.pupil_id})
        living = [row for row in rows.values() if not row.is_gone]
        if is_new:
            found = roster.names(connection, living, who.actor_id, incident["number"], now_ms)
        else:
            found = {row.pupil_id: roster.name(row) for row in living}
        return {
            row.pupil_id: (found[row.pupil_id], roster.class_name(connection, row))
            for row in living
        }


def _shown(
    who: Actor, incident: dict[str, Any], one: Subject, named: tuple[str, str] | None, *, may: bool
) -> dict[str, Any]:
    kind = who.unit_code.partition(":")[0]
    hears_age = (
        kind in TOLD_AGES.get(Scenario(incident["scenario"]), frozenset()) or named is not None
    )
    year = from_ms(incident["occurred_at"]).astimezone(ZONE).year
    age = age_band(one.birth_year, year) if one.pupil_id and hears_age else None
    knows = named is not None
    return {
        "subject_id": one.subject_id,
        "pupil_id": one.pupil_id if knows else None,
        "is_pupil": one.pupil_id is not None,
        "entry_id": one.entry_id if knows or (may and one.pupil_id is None) else None,
        "how": one.how,
        "certainty": one.certainty,
        "similarity": one.similarity,
        "votes": one.votes,
        "frames": one.frames,
        "finding": one.finding,
        "found_by": one.found_by,
        "found_at": one.found_at,
        "name": named[0] if named else None,
        "class_name": named[1] if named else None,
        "unit_code": one.unit_code if knows else None,
        "age_zh": age[0] if age and one.certainty is not Certainty.REJECTED else None,
        "age_en": age[1] if age and one.certainty is not Certainty.REJECTED else None,
        "may_verify": may,
    }
