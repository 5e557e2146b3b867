"""Progress for people, on one line with rate and time left, or for programs, twice a second."""

import sys
import time

import click

from firmware_config.commands.exits import say_json
from firmware_config.core.pace import Pace, clock_words

TITLES = {
    "probe": "检查容量 probing",
    "write": "写入 writing",
    "verify": "读回核对 checking",
    "settings": "写入设置 settings",
}
EVERY_S = 0.5
COUNTED = frozenset({"probe", "settings"})
MIB = 1024**2


class Shown:
    """Hears of every block, shows it now and then."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._phase = ""
        self._pace = Pace(0.0, 0.0)
        self._shown_at = 0.0

    def __call__(self, phase: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        is_new, is_last = phase != self._phase, done == total
        if is_new:
            if self._phase and not self._as_json:
                click.echo(err=True)
            self._phase, self._pace, self._shown_at = phase, Pace(now, now), 0.0
        if now - self._shown_at < EVERY_S and not (is_new or is_last):
            return
        self._pace = self._pace.seen(done, now)
        self._shown_at = now
        if self._as_json:
            say_json("progress", phase=phase, done=done, total=total)
        elif sys.stderr.isatty() or is_last:
            click.echo(f"\r{self._line(done, total):<78}", nl=False, err=True)

    def end(self) -> None:
        """Go on below."""
        if self._phase and not self._as_json:
            click.echo(err=True)

    def _line(self, done: int, total: int | None) -> str:
        title = TITLES[self._phase]
        if self._phase in COUNTED:
            return f"{title} {done}/{total}"
        share = f" / {total / MIB:.0f} MiB ({100 * done // total} %)" if total else " MiB"
        left = self._pace.left_s(total)
        wait = f",还要 {clock_words(left)} left" if left else ""
        return f"{title} {done / MIB:.0f}{share},{self._pace.rate / MIB:.1f} MiB/s{wait}"
