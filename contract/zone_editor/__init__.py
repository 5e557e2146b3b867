"""The browser's scripts with which zones are drawn, on the device's page and in the district.

Both pages give this folder out as `/static/drawing/`; what only one of them does (the live picture,
saving on the spot; the picture on request, sending down) is a script of its own beside its pages.
"""

from pathlib import Path

FOLDER = Path(__file__).parent / "scripts"
"""Where the scripts lie, as installed."""
