"""The gate's contact sensor on a GPIO pin: closed circuit, shut gate."""

from gpiozero import Button
from gpiozero.exc import GPIOZeroError

from edge_agent.ports import ButtonError


class GpioContact:
    """Wired between the pin and ground, closed while the gate is shut: a cut wire is an open gate.

    Raises:
        ButtonError: no such pin, or this machine has none.
    """

    def __init__(self, pin: str) -> None:
        try:
            self._contact = Button(pin)
        except (GPIOZeroError, OSError, ImportError) as error:
            msg = f"门磁引脚 {pin} 无法使用 (the gate contact's pin cannot be used): {error}"
            raise ButtonError(msg) from error

    def is_open(self) -> bool:
        return not self._contact.is_pressed

    def close(self) -> None:
        self._contact.close()
