"""The address that a phone opens, and its picture."""

from __future__ import annotations

import segno

from movescreen.errors import SettingsError
from movescreen.web.config import WebConfig, is_loopback


def phone_address(config: WebConfig, seen_as: str) -> str:
    """Return under which address a phone reaches the app, the one that the asking page was opened under where it can be.

    Parameters
    ----------
    seen_as
        Host name that the asking page was opened under.

    Raises
    ------
    SettingsError
        When phones are not let in.
    """
    if not config.phones:
        raise SettingsError(
            "phones cannot reach this computer now", "end movescreen, and start it with: movescreen serve --phones"
        )
    same = (url for url in config.phones if not is_loopback(seen_as) and url.startswith(f"https://{seen_as}:"))
    return next(same, config.phones[0])


def draw_code(url: str) -> str:
    """Return a QR code as SVG, dark on white with the border that scanners need."""
    text: str = segno.make(url, error="m").svg_inline(scale=6, border=4, light="#fff", omitsize=True)
    return text
