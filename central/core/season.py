"""The months of a year in which a district looks after its waters most: 防溺水重点期."""

from dataclasses import dataclass

from central.core.naming import Words


@dataclass(frozen=True, slots=True)
class Season:
    """From one month of the year until another, both included; it may go over New Year."""

    first: int = 1
    last: int = 12

    @property
    def is_whole(self) -> bool:
        """Tell whether it leaves no month out."""
        return (self.last + 1 - self.first) % 12 == 0

    def holds(self, month: int) -> bool:
        """Tell whether a month like `202607` lies in it."""
        return (month % 100 - self.first) % 12 <= (self.last - self.first) % 12

    @property
    def words(self) -> Words:
        """Say it: 5月至9月."""
        if self.first == self.last:
            return f"{self.first}月", _ENGLISH[self.first - 1]
        return (
            f"{self.first}月至{self.last}月",
            f"{_ENGLISH[self.first - 1]} to {_ENGLISH[self.last - 1]}",
        )


WHOLE_YEAR = Season()

_ENGLISH = ("January", "February", "March", "April", "May", "June", "July", "August",
            "September", "October", "November", "December")  # fmt: skip
