"""What goes to the encoder's process and what comes back: a line of JSON, then the bytes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from edge_agent.adapters.clips.shots import Shot
from edge_agent.core.boxes import Box
from edge_agent.core.heads import Person


@dataclass(frozen=True, slots=True)
class Order:
    """A clip to be made. `best`: which shot becomes the snapshot; `hides`: whether heads go."""

    shots: tuple[Shot, ...]
    shown: frozenset[int]
    most_bytes: int
    snapshot_bytes: int
    best: int | None = None
    hides: bool = True


@dataclass(frozen=True, slots=True)
class Made:
    """A clip, and the best picture of whom it is about, "" where it is about nobody."""

    clip: bytes
    snapshot: bytes = b""


def pack_order(order: Order, to: IO[bytes]) -> None:
    """Write an order."""
    head = {
        "shown": sorted(order.shown),
        "most_bytes": order.most_bytes,
        "snapshot_bytes": order.snapshot_bytes,
        "best": order.best,
        "hides": order.hides,
        "shots": [
            [shot.at, len(shot.jpeg), [[one.track_id, *_sides(one.box)] for one in shot.people]]
            for shot in order.shots
        ],
    }
    to.write(json.dumps(head).encode() + b"\n")
    for shot in order.shots:
        to.write(shot.jpeg)


def unpack_order(source: IO[bytes]) -> Order:
    """Read an order."""
    head = json.loads(source.readline())
    shots = [
        Shot(at, source.read(size), tuple(Person(row[0], Box(*row[1:])) for row in people))
        for at, size, people in head["shots"]
    ]
    return Order(
        tuple(shots),
        frozenset(head["shown"]),
        head["most_bytes"],
        head["snapshot_bytes"],
        head["best"],
        head["hides"],
    )


def pack_made(made: Made, to: IO[bytes]) -> None:
    """Write what was made."""
    to.write(json.dumps([len(made.clip), len(made.snapshot)]).encode() + b"\n")
    to.write(made.clip + made.snapshot)


def unpack_made(content: bytes) -> Made:
    """Read what was made.

    Raises:
        ValueError: cut short.
    """
    line, _, rest = content.partition(b"\n")
    sizes: Sequence[int] = json.loads(line)
    clip, snapshot = sizes
    if len(rest) != clip + snapshot:
        msg = "cut short"
        raise ValueError(msg)
    return Made(rest[:clip], rest[clip:])


def _sides(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom
