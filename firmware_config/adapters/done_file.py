"""Which devices of a list are done: one line is added, and on disk, after each card."""

import csv
import os
from pathlib import Path

from firmware_config.core.batch import DONE


class DoneFile:
    """`devices.done.csv` beside `devices.csv`."""

    def __init__(self, batch: Path) -> None:
        self.path = batch.with_suffix(".done.csv")

    def device_ids(self) -> list[str]:
        """Give those that are done."""
        if not self.path.exists():
            return []
        with self.path.open(encoding="utf-8", newline="") as file:
            return [row["device_id"] for row in csv.DictReader(file) if row.get("sha256")]

    def add(self, row: dict[str, str]) -> None:
        """Add one."""
        is_new = not self.path.exists()
        with self.path.open("a", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, DONE)
            if is_new:
                writer.writeheader()
            writer.writerow(row)
            file.flush()
            os.fsync(file.fileno())
