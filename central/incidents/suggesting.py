"""What a person makes of a suggested merge, beside merging."""

from sqlalchemy import Connection

from central.adapters.store import incidents, linking, timeline
from central.adapters.store.timeline import Entry
from central.core.people import Actor
from central.core.refusals import MergeRefusedError
from central.incidents.merging import held_both, must_be_allowed


def dismiss(
    connection: Connection, actor: Actor, incident_id: str, other_id: str, now_ms: int
) -> None:
    """Turn a suggestion down, for both cases.

    Raises:
        UnknownTaskError, NotAllowedError, MergeRefusedError: nothing was changed.
    """
    one, other = held_both(connection, incident_id, other_id)
    must_be_allowed(connection, actor, one, other)
    found = [
        link.link_id
        for case in (one, other)
        for link in linking.of_case(connection, case.incident_id, "suggested")
        if {link.incident_id, link.other_id} == {incident_id, other_id}
    ]
    if not found:
        zh, en = "没有这条并案建议", "there is no such suggestion"
        raise MergeRefusedError(zh, en)
    linking.end(connection, found, actor.actor_id, now_ms)
    for case, with_ in ((one, other), (other, one)):
        words = f"不与 {with_.number} 并案"
        entry = Entry("dismissed", actor.actor_id, actor.name, words,
                      detail={"note_en": f"not merged with {with_.number}",
                              "other_id": with_.incident_id})  # fmt: skip
        timeline.tell(connection, case.incident_id, now_ms, entry)
        incidents.change(connection, case.incident_id)
