"""The alarm button's real process for tests: pressed by a line, its siren read from its log."""

import re
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tests.integration.whole_line import Line
from tests.servers.mosquitto import wait_until

SWITCHED = re.compile(r"^(\S+ \S+) .*siren \S+: on", re.MULTILINE)
APART_S = 1.0
"""A press by the keyboard lasts half of it; with the `rejoin_s` below the next is a new alarm."""
SETTINGS = """
[voice]
enabled = false

[button]
siren_s = 0.3
rejoin_s = 0.1
self_test_hour = 0
"""


class Button:
    """The button's process; a line on its standard input is a press."""

    def __init__(self, config: Path, limits: Sequence[str] = ()) -> None:
        command = [*limits, "huxiao-edge", "run", "button", "--simulate", "--config", str(config)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT)
        self.log: list[str] = []
        self.took: list[float] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.log.extend(line.decode() for line in self.process.stdout)

    def press(self) -> None:
        """Press, and wait for the siren; how long it took is kept."""
        before, began = len(self.sounded()), time.monotonic()
        pressed = datetime.now()  # noqa: DTZ005 - the log's own clock
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        wait_until(lambda: len(self.sounded()) > before, 10, "the siren")
        self.took.append((self.sounded()[before] - pressed).total_seconds())
        wait_until(lambda: time.monotonic() - began > APART_S, 5, "the button to be let go")

    def sounded(self) -> list[datetime]:
        """Give when the siren was switched on."""
        found = SWITCHED.findall("".join(self.log))
        return [datetime.strptime(at, "%Y-%m-%d %H:%M:%S,%f") for at in found]  # noqa: DTZ007 - as above

    def says(self, words: str) -> bool:
        """Tell whether its log has these words."""
        return words in "".join(self.log)

    def stop(self) -> None:
        """Stop it as the system does."""
        self.process.terminate()
        self.process.wait(30)
        for end in (self.process.stdin, self.process.stdout):
            assert end is not None
            end.close()


@contextmanager
def button(line: Line, limits: Sequence[str] = ()) -> Iterator[Button]:
    """Run the button until the end of the block; `limits` are the first words of its command."""
    made = Button(line.config, limits)
    try:
        wait_until(lambda: made.says("ready"), 30, "the button")
        yield made
        print("press to siren, ms:", [round(1000 * took) for took in made.took])  # noqa: T201 - for who asks with -s
    finally:
        made.stop()


def become_a_gate(line: Line, more: str = "") -> None:
    """Make the line's device a gate with a button, and nothing else."""
    kept = line.config.read_text(encoding="utf-8")
    start = kept.index("[broker]")
    broker = kept[start : kept.index("\n[", start)]
    head = f'data_dir = "state"\ndevice_id = "{line.config.parent.name}"\nprofile = "gate"\n\n'
    line.config.write_text(head + broker + SETTINGS + more, encoding="utf-8")


def arrive(line: Line, many: int) -> None:
    """Wait until so many alarms are at central; none may be there twice."""
    wanted = "select count(*) from alert where kind = 'button_pressed' and phase = 'start'"
    wait_until(lambda: line.rows(wanted) == [(many,)], 90, f"{many} alarms at central")
    assert line.rows("select count(*) - count(distinct alert_id) from alert") == [(0,)]
