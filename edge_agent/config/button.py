"""The one-key alarm's wires."""

from typing import Annotated

from pydantic import Field

from contract.messages import Name
from edge_agent.config.basics import Seconds, Section
from edge_agent.core.press import (
    HOLD_S,
    REJOIN_S,
    SIREN_S,
    STUCK_S,
    UNANSWERED_S,
    ButtonTimes,
)
from edge_agent.core.self_test import DRILL_DAYS


class ButtonConfig(Section):
    """The one-key alarm's wires, by gpiozero's pin names."""

    pin: Name = Field(default="GPIO17", description="按钮引脚 / the button's pin")
    siren_pin: Name = Field(default="GPIO27", description="警笛引脚 / the siren's pin")
    lamp_pin: Name = Field(default="GPIO22", description="警灯引脚 / the lamp's pin")
    siren_s: Seconds = Field(default=SIREN_S, description="鸣笛秒数 / how long it sounds")
    guard_pin: Name | None = Field(
        default=None,
        description="常闭触点引脚,可发现断线 / its second contact's pin, closed at rest",
    )
    hold_s: Annotated[float, Field(ge=0.05, le=2.0)] = Field(
        default=HOLD_S, description="按住多久算报警 / held so long it is an alarm"
    )
    stuck_s: Seconds = Field(default=STUCK_S, description="按住多久算卡住 / so long it is stuck")
    rejoin_s: Seconds = Field(
        default=REJOIN_S,
        description="多久内再按算同一次 / again so soon it is the same",
    )
    unanswered_s: Seconds = Field(
        default=UNANSWERED_S, description="多久没有回音就请人拨打110 / unanswered so long: call 110"
    )
    self_test_hour: int = Field(
        default=6, ge=0, le=23, description="每日自检的整点 / the hour of the daily self-test"
    )
    drill_days: Annotated[float, Field(ge=1.0, le=366.0)] = Field(
        default=DRILL_DAYS, description="多少天内须演练一次 / a drill is due every so many days"
    )

    def times(self) -> ButtonTimes:
        """Give the times in the core's words."""
        return ButtonTimes(
            self.siren_s, self.hold_s, self.stuck_s, self.rejoin_s, self.unanswered_s
        )
