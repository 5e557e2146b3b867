"""The loud thing and the light beside it, on GPIO pins."""

from gpiozero import LED
from gpiozero.exc import GPIOZeroError

from edge_agent.ports import ButtonError


class GpioSwitch:
    """Something that is on or off: a siren's or a lamp's relay.

    Raises:
        ButtonError: no such pin, or this machine has none.
    """

    def __init__(self, pin: str) -> None:
        try:
            self._relay = LED(pin)
        except (GPIOZeroError, OSError, ImportError) as error:
            msg = f"警笛或警灯引脚 {pin} 无法使用 (pin cannot be used): {error}"
            raise ButtonError(msg) from error

    def on(self) -> None:
        self._relay.on()

    def off(self) -> None:
        self._relay.off()

    def blink(self) -> None:
        self._relay.blink(on_time=0.5, off_time=0.5)

    def close(self) -> None:
        self._relay.close()
