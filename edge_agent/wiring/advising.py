"""From what central proposes to the device's config, where the installer accepts."""

from dataclasses import dataclass

from contract.messages import Suggestion
from edge_agent.adapters.drawings import DrawingError, DrawingFile
from edge_agent.adapters.suggestions import SuggestionBook


@dataclass(frozen=True, slots=True)
class InstallersAdvice:
    """The suggestions that wait, and what becomes of them."""

    book: SuggestionBook
    drawings: DrawingFile

    def waiting(self) -> list[Suggestion]:
        """Give what nobody has answered."""
        return self.book.waiting()

    def accept(self, suggestion_id: str) -> None:
        """Write it into the config, then note the answer.

        Raises:
            KeyError: answered already, or never made.
            ConfigError, DrawingError: it does not fit; it stays waiting.
        """
        one = self._found(suggestion_id)
        if one.remedy == "mask":
            self.drawings.add_mask(one.camera_id, one.mask)
        elif one.min_score is None:
            msg = "建议里没有门槛值 (the suggestion names no threshold)"
            raise DrawingError(msg)
        else:
            self.drawings.set_min_score(one.camera_id, one.min_score)
        self.book.settle(suggestion_id, "accepted")

    def reject(self, suggestion_id: str) -> None:
        """Note that it was not wanted.

        Raises:
            KeyError: answered already, or never made.
        """
        self.book.settle(self._found(suggestion_id).suggestion_id, "rejected")

    def _found(self, suggestion_id: str) -> Suggestion:
        return {one.suggestion_id: one for one in self.waiting()}[suggestion_id]
