"""What axe-core finds on a page that keeps somebody from using it."""

from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_AXE: Final = Axe()
# A change of theme fades; what counts is where it ends.
_SETTLE: Final = """
() => {
    getComputedStyle(document.body).color;
    document.getAnimations().forEach((animation) => animation.finish());
}
"""


def hard_to_use(page: Page, *, contrast: bool = True, within: str = "") -> list[str]:
    """Return a line for each element that breaks a rule of axe-core.

    Args:
        contrast: look at colours, which takes longer than all the other rules together.
        within: a selector of the part that is looked at, where that is not the whole page.
    """
    page.evaluate(_SETTLE)
    # Style sheets are those of the page: nothing is loaded a second time.
    options: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}
    options["rules"] = {"color-contrast": {"enabled": contrast}}
    found = _AXE.run(page, context=within or None, options=options).response["violations"]
    return [f"{one['id']}: {_told(node)}" for one in found for node in one["nodes"]]


def hard_to_use_in_either_theme(page: Page, *, within: str = "") -> list[str]:
    """Return what breaks a rule in the light or in the dark theme, and leave the page light."""
    found = []
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        found += [f"{page.url} {scheme}: {line}" for line in hard_to_use(page, within=within)]
    return found


def _told(node: dict[str, Any]) -> str:
    why = "; ".join(check["message"] for kind in ("any", "all", "none") for check in node[kind])
    return f"{node['html'][:120]} ({why})"
