"""What axe-core finds on a page that keeps somebody from using it."""

from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# A link in text is told by more than its colour. Else a colour that differs enough would do, and to compare
# them takes longer than most rules.
_SCRIPT: Final = (
    Axe().axe_script
    + """
axe.configure({ rules: [{ id: "link-in-text-block", any: ["link-in-text-block-style"] }] });
"""
)
# A change of theme fades; what counts is where it ends. Says whether axe-core is there.
_SETTLE: Final = """
() => {
    getComputedStyle(document.body).color;
    document.getAnimations().forEach((animation) => animation.finish());
    return "axe" in window;
}
"""
# What is on the page, and where.
_SHAPE: Final = """
() => {
    const place = ({ x, y, width, height }) => [x, y, width, height];
    const looked = [...document.querySelectorAll("*")]
        .map((element) => [element.checkVisibility(), place(element.getBoundingClientRect())]);
    return JSON.stringify(looked) + document.documentElement.outerHTML;
}
"""
_COLOURS: Final = {"type": "tag", "values": ["cat.color"]}
_NOT_AAA: Final = {"color-contrast-enhanced": {"enabled": False}}  # nor is it where all rules are looked at
# What else axe-core says is long, and nobody reads it.
_RUN: Final = "async ([within, options]) => (await axe.run(within ?? document, options)).violations"


def hard_to_use(page: Page, *, contrast: bool = True, within: str = "") -> list[str]:
    """Return a line for each element that breaks a rule of axe-core.

    Args:
        contrast: look at colours, which takes longer than all the other rules together.
        within: a selector of the part that is looked at, where that is not the whole page.
    """
    return _broken(page, within, rules={"color-contrast": {"enabled": contrast}})


def hard_to_use_in_either_theme(page: Page, *, within: str = "") -> list[str]:
    """Return what breaks a rule in the light or in the dark theme, and leave the page light."""
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    dark, shape = hard_to_use(page, within=within), page.evaluate(_SHAPE)
    page.emulate_media(color_scheme="light")
    page.evaluate(_SETTLE)
    if page.evaluate(_SHAPE) == shape:  # only rules about colours can have another result
        light = _broken(page, within, runOnly=_COLOURS, rules=_NOT_AAA)
    else:
        light = hard_to_use(page, within=within)
    return [f"{page.url} dark: {line}" for line in dark] + [f"{page.url} light: {line}" for line in light]


def _broken(page: Page, within: str, **options: Any) -> list[str]:
    # Style sheets are those of the page: nothing is loaded a second time. Selectors, which nobody reads, are
    # a quarter of the work.
    options |= {"resultTypes": ["violations"], "preload": False, "selectors": False}
    if not page.evaluate(_SETTLE):
        page.evaluate(_SCRIPT)
    found = page.evaluate(_RUN, [within or None, options])
    return [f"{one['id']}: {_told(node)}" for one in found for node in one["nodes"]]


def _told(node: dict[str, Any]) -> str:
    why = "; ".join(check["message"] for kind in ("any", "all", "none") for check in node[kind])
    return f"{node['html'][:120]} ({why})"
