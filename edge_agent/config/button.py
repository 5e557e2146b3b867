"""The one-key alarm's wires."""

from pydantic import Field

from contract.messages import Name
from edge_agent.config.basics import Seconds, Section


class ButtonConfig(Section):
    """The one-key alarm's wires, by gpiozero's pin names."""

    pin: Name = Field(default="GPIO17", description="按钮引脚 / the button's pin")
    siren_pin: Name = Field(default="GPIO27", description="警笛引脚 / the siren's pin")
    lamp_pin: Name = Field(default="GPIO22", description="警灯引脚 / the lamp's pin")
    siren_s: Seconds = Field(default=10.0, description="鸣笛秒数 / how long it sounds")
