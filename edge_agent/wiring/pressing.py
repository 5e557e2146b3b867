"""Which pins, or which keyboard, stand behind the alarm button."""

import logging
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TextIO

import uuid_utils
from gpiozero.exc import PinFactoryFallback

from contract.messages import AlertBody
from contract.scenarios import Kind, Scenario, Severity
from edge_agent.adapters.alarm_button import GpioAlarmButton, GpioGuardContact
from edge_agent.adapters.alarm_desk import AlarmDesk, Desking
from edge_agent.adapters.clock import SystemTime, boot_id, clock_state
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.adapters.requests import Requests
from edge_agent.adapters.signals import Signals
from edge_agent.adapters.siren import GpioSwitch
from edge_agent.adapters.voice.said import SaidBook
from edge_agent.adapters.voice.speaker import Listeners
from edge_agent.button import AlarmButton
from edge_agent.config import EdgeConfig
from edge_agent.config.button import ButtonConfig
from edge_agent.simulated import RecordingSwitch
from edge_agent.wiring.self_testing import SelfTesting, voice_trouble
from edge_agent.wiring.speaking import noting, open_speaker

LOG = logging.getLogger("huxiao.button")

KEY_HELD_S = 0.5


@contextmanager
def pressed_button(
    config: EdgeConfig, outbox: SqliteOutbox, *, simulate: bool
) -> Iterator[AlarmButton]:
    """Give the alarm button with its pins, or with a line on standard input for each press.

    Raises:
        ButtonError: a pin cannot be used.
    """
    with ExitStack() as opened, warnings.catch_warnings():
        warnings.simplefilter("ignore", PinFactoryFallback)  # the error that follows says enough
        time, wires = SystemTime(), config.button
        parts = _Parts([partial(voice_trouble, config.voice)])
        signals = _signals(config, outbox, opened, parts, simulate=simulate)
        desk = AlarmDesk(outbox, Requests(outbox, time))
        button = AlarmButton(signals, desk, partial(pressed_body, config), time, wires.times())
        opened.enter_context(closing(Desking(desk, button.hear)))
        if simulate:
            press_on_each_line(sys.stdin, button.push)
        else:
            _contacts(wires, button, opened, parts)
        parts.asked.append(lambda: sorted(button.faults))
        opened.enter_context(closing(SelfTesting(config, outbox, parts.trouble)))
        yield button


@dataclass(slots=True)
class _Parts:
    """Whom the self-test asks what is wrong, and what the voice has last said of itself."""

    asked: list[Callable[[], Sequence[str]]]
    voice: str = ""

    def hear(self, state: str) -> None:
        self.voice = state

    def add(self, line: GpioSwitch | GpioAlarmButton | GpioGuardContact) -> None:
        self.asked.append(lambda: [line.trouble()])

    def trouble(self) -> list[str]:
        """Give what is wrong now, in words."""
        said = [self.voice, *(one for ask in self.asked for one in ask())]
        return list(dict.fromkeys(filter(None, said)))


def _contacts(wires: ButtonConfig, button: AlarmButton, opened: ExitStack, parts: _Parts) -> None:
    contact = opened.enter_context(closing(GpioAlarmButton(wires.pin, button.push)))
    parts.add(contact)
    if wires.guard_pin is not None:
        guard = opened.enter_context(closing(GpioGuardContact(wires.guard_pin, button.guard)))
        parts.add(guard)


def _signals(
    config: EdgeConfig,
    outbox: SqliteOutbox,
    opened: ExitStack,
    parts: _Parts,
    *,
    simulate: bool,
) -> Signals:
    """Open siren, lamp and voice; what the voice said is noted with its alert."""
    wires = config.button
    book = opened.enter_context(closing(SaidBook(outbox, SystemTime(), config.voice.keep_days)))
    speaker = open_speaker(
        config.voice,
        config.data_dir / "voice",
        listeners=noting(book, Listeners(state=parts.hear)),
    )
    opened.enter_context(closing(speaker))
    if simulate:
        return Signals(
            _simulated(wires.siren_pin, "siren"), _simulated(wires.lamp_pin, "lamp"), speaker
        )
    siren = opened.enter_context(closing(GpioSwitch(wires.siren_pin)))
    lamp = opened.enter_context(closing(GpioSwitch(wires.lamp_pin)))
    parts.add(siren)
    parts.add(lamp)
    return Signals(siren, lamp, speaker)


def pressed_body(config: EdgeConfig) -> AlertBody:
    """Give the alert of a press, now: beyond the guards' means, it brings station and town."""
    return AlertBody(
        alert_id=str(uuid_utils.uuid7()),
        device_id=config.device_id,
        boot_id=boot_id(),
        scenario=Scenario.PERSON_OF_CONCERN,
        kind=Kind.BUTTON_PRESSED,
        severity=Severity.CRITICAL,
        occurred_at=SystemTime().now(),
        clock=clock_state(),
    )


def press_on_each_line(lines: TextIO, push: Callable[[bool], None]) -> threading.Thread:
    """Press the button, from a thread, for each line that is typed; no more once they end."""

    def follow() -> None:
        for _ in lines:
            push(True)
            time.sleep(KEY_HELD_S)
            push(False)

    thread = threading.Thread(target=follow, name="keyboard", daemon=True)
    thread.start()
    return thread


def _simulated(pin: str, name: str) -> RecordingSwitch:
    return RecordingSwitch(lambda to: LOG.warning("模拟 (simulated) %s %s: %s", name, pin, to))
