"""A place's QR code, as a drawing that prints at any size."""

from io import BytesIO

import segno


def drawn(address: str) -> bytes:
    """Give an SVG of an address, with a quarter of it to spare for dirt and rain."""
    out = BytesIO()
    segno.make(address, error="q", micro=False).save(
        out, kind="svg", scale=8, border=4, xmldecl=False, nl=False, omitsize=True
    )
    return out.getvalue()
