"""A page as a strict reader looks at it: axe's rules, no foreign requests, nothing inline."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

VENDORED = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OF_COLOUR = ("color-contrast", "link-in-text-block")
"""The rules that a change of colours alone can break."""

LOOK = """async (run) => {
  const found = await window.axe.run(document, {resultTypes: ["violations"], runOnly: run});
  return found.violations.flatMap((one) =>
    one.nodes.map((node) => `${one.id}: ${node.target.join(" ")}`));
}"""

INLINE = tuple(re.compile(one, re.IGNORECASE) for one in (
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>",
    r"<[^>]+\s(?:style|on[a-z]+)\s*=",
    r"<style\b",
))  # fmt: skip


@cache
def _axe() -> str:
    return VENDORED.read_text("utf-8")


def teach(page: Page) -> None:
    """Bring axe into the page at hand; a page's policy does not hold for whoever drives it."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(_axe())


def troubles(page: Page, *, only_colours: bool = False) -> list[str]:
    """Give what axe finds: the rule and the element."""
    teach(page)
    run: dict[str, Any] = {"type": "tag", "values": list(RULES)}
    if only_colours:
        run = {"type": "rule", "values": list(OF_COLOUR)}
    return list(page.evaluate(LOOK, run))


def inline(html: str) -> list[str]:
    """Give scripts, styles and handlers that stand in the HTML itself."""
    return [one[0][:120] for find in INLINE for one in find.finditer(html)]


def sticks_out(page: Page) -> bool:
    """Tell whether a page is wider than its window."""
    return bool(page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    ))  # fmt: skip
