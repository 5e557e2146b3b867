"""The school's one-key alarm on a GPIO pin."""

from collections.abc import Callable

from gpiozero import Button
from gpiozero.exc import GPIOZeroError

from edge_agent.ports import ButtonError


class GpioAlarmButton:
    """Reports the pin's edges, nothing more: what counts as an alarm is the core's to say.

    Wired between the pin and ground. `on_edge` is called from gpiozero's own thread.

    Raises:
        ButtonError: no such pin, or this machine has none.
    """

    def __init__(self, pin: str, on_edge: Callable[[bool], None]) -> None:
        try:
            self._button = Button(pin)
        except (GPIOZeroError, OSError, ImportError) as error:
            msg = f"按钮引脚 {pin} 无法使用 (the button's pin cannot be used): {error}"
            raise ButtonError(msg) from error
        self._pin, self._last = pin, False
        self._on_edge = on_edge
        self._button.when_pressed = lambda: self._tell(True)
        self._button.when_released = lambda: self._tell(False)
        if self._button.is_pressed:
            self._tell(True)  # held down since before we began: that counts, too

    def trouble(self) -> str:
        """Read the line: why its edges cannot be trusted, in words, or nothing. For any thread."""
        return _trouble(self._pin, self._button, lambda: self._last)

    def _tell(self, is_down: bool) -> None:
        self._last = is_down
        self._on_edge(is_down)

    def close(self) -> None:
        self._button.close()


class GpioGuardContact:
    """Reports the edges of the button's second contact, which is closed to ground at rest.

    `on_open` is called from gpiozero's own thread: pressed, or cut.

    Raises:
        ButtonError: no such pin, or this machine has none.
    """

    def __init__(self, pin: str, on_open: Callable[[bool], None]) -> None:
        try:
            self._button = Button(pin)
        except (GPIOZeroError, OSError, ImportError) as error:
            msg = f"按钮常闭触点引脚 {pin} 无法使用 (the second contact's pin): {error}"
            raise ButtonError(msg) from error
        self._pin, self._last = pin, False
        self._on_open = on_open
        self._button.when_pressed = lambda: self._tell(False)
        self._button.when_released = lambda: self._tell(True)
        if not self._button.is_pressed:
            self._tell(True)  # cut since before we began

    def trouble(self) -> str:
        """Read the line: why its edges cannot be trusted, in words, or nothing. For any thread."""
        return _trouble(self._pin, self._button, lambda: not self._last)

    def _tell(self, is_open: bool) -> None:
        self._last = is_open
        self._on_open(is_open)

    def close(self) -> None:
        self._button.close()


def _trouble(pin: str, contact: Button, told_pressed: Callable[[], bool]) -> str:
    """Compare the line with the last edge; an edge that comes just now is none."""
    before = told_pressed()
    try:
        is_pressed = bool(contact.is_pressed)
    except Exception as error:  # noqa: BLE001 - each library of pins has errors of its own
        return f"引脚 {pin} 无法读取 (the pin cannot be read): {error}"
    if is_pressed is before or told_pressed() is not before:
        return ""
    return f"引脚 {pin} 的变化没有报告 (the pin's edges are not reported)"
