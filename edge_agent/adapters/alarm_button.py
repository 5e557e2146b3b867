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
        self._button.when_pressed = lambda: on_edge(True)
        self._button.when_released = lambda: on_edge(False)
        if self._button.is_pressed:
            on_edge(True)  # held down since before we began: that counts, too

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
        self._button.when_pressed = lambda: on_open(False)
        self._button.when_released = lambda: on_open(True)
        if not self._button.is_pressed:
            on_open(True)  # cut since before we began

    def close(self) -> None:
        self._button.close()
