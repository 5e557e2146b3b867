"""Where what a child's key locks is bound to, so that no box can be put in another's place."""

import json

from central.adapters.galleries.keys import lock, unlock


def key_id(pupil_id: str) -> str:
    """Give the name of a pupil's key, and the place to which the locked name is bound."""
    return f"pupil:{pupil_id}"


def guardian_place(guardian_id: str) -> str:
    """Give the place to which a guardian's contact is bound."""
    return f"guardian:{guardian_id}"


def locked(key: bytes, content: dict[str, str], place: str) -> bytes:
    """Lock small texts."""
    return lock(key, json.dumps(content, ensure_ascii=False).encode(), place)


def unlocked(key: bytes, box: bytes, place: str) -> dict[str, str]:
    """Open them.

    Raises:
        KeyGoneError: another key, another place, or damaged.
    """
    return dict(json.loads(unlock(key, box, place)))
