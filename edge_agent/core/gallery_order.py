"""In which order a gallery's updates may be taken: never twice, never backwards, never a gap."""

from dataclasses import dataclass, replace


class OutOfOrderError(Exception):
    """An update that may not be taken now; `is_old`: it was taken, or could have been, before."""

    def __init__(self, message: str, *, is_old: bool = False) -> None:
        super().__init__(message)
        self.is_old = is_old


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a gallery stands.

    `revision`: what it holds, 0 where nothing. `newest`: the highest it ever took; a gallery that
    was wiped does not go back behind it. `begun`: the revision that last began anew.
    """

    revision: int = 0
    newest: int = 0
    begun: int = 0

    def after(self, revision: int, follows: int) -> "Standing":
        """Give the standing once an update is taken.

        Raises:
            OutOfOrderError: a repetition, something older, or something is missing in between.
        """
        if revision <= max(self.newest, follows):
            msg = f"revision {revision} follows {follows}; {self.newest} has been here"
            raise OutOfOrderError(msg, is_old=True)
        if follows not in {0, self.revision}:
            msg = f"revision {revision} follows {follows}, this gallery holds {self.revision}"
            raise OutOfOrderError(msg)
        return Standing(revision, revision, revision if follows == 0 else self.begun)

    def wiped(self) -> "Standing":
        """Give the standing of an empty gallery that remembers how far it was."""
        return replace(self, revision=0, begun=0)
