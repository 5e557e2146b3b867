"""Which entry of a gallery a face is nearest to, and whether it is near enough."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from edge_agent.core.faces import SURE, Embedding, Scale
from edge_agent.core.votes import Ballot

EntryKind = Literal["pupil", "watchlist"]


def _no_templates() -> NDArray[np.float32]:
    return np.zeros((0, 128), np.float32)


@dataclass(frozen=True, slots=True)
class TemplateSet:
    """What a device may match against: an entry's id and kind for each row of the matrix."""

    entry_ids: tuple[str, ...] = ()
    kinds: tuple[EntryKind, ...] = ()
    matrix: NDArray[np.float32] = field(default_factory=_no_templates)
    revision: int = 0

    def kind_of(self, entry_id: str) -> EntryKind:
        """Tell whether an entry is a pupil or on a watchlist."""
        return self.kinds[self.entry_ids.index(entry_id)]


@dataclass(frozen=True, slots=True)
class Nearness:
    """When the nearest entry counts: similar enough, and clearly nearer than the next."""

    scale: Scale
    min_similarity: float = SURE
    margin: float = 0.05
    """The next entry must be this much farther, in distance: twins and doubles name nobody."""

    def ballot(self, embedding: Embedding, templates: TemplateSet) -> Ballot:
        """Say what one good frame says."""
        if not templates.entry_ids:
            return Ballot(None)
        distances = np.linalg.norm(templates.matrix - embedding, axis=1)
        nearest = int(np.argmin(distances))
        distance = float(distances[nearest])
        similarity = self.scale.similarity(distance)
        others = np.delete(distances, nearest)
        is_clear = not others.size or float(others.min()) - distance >= self.margin
        if similarity < self.min_similarity or not is_clear:
            return Ballot(None, similarity)
        return Ballot(templates.entry_ids[nearest], similarity)
