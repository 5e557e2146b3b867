"""Sends what is due: claimed in one transaction, handed over in none, recorded in another."""

from central.dispatching.desk import send_due
from central.dispatching.questions import ask
from central.dispatching.running import Sending

__all__ = ["Sending", "ask", "send_due"]
