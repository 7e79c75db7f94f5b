"""The pictures of the page of the running API."""

import os
import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import sync_playwright

from tools.stack.browser import find_browser
from tools.stack.errors import Unusable

FOLDER = Path(__file__).parent
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTH, HEIGHT = 1280, 820


def take() -> int:
    """Write `page-light.png` and `page-dark.png`; 1 if there is no browser."""
    try:
        found = find_browser()
    except Unusable as why:
        print(f"pictures: no Chromium: {why.message}", file=sys.stderr)
        return 1
    address = f"http://127.0.0.1:{os.environ.get('PORT') or 3000}/"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.path, env=dict(found.env), args=["--no-sandbox", "--hide-scrollbars"]
        )
        for scheme in SCHEMES:
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=scheme)
            page.goto(address)
            page.get_by_text("Live", exact=True).wait_for()
            page.screenshot(path=FOLDER / f"page-{scheme}.png")
        browser.close()
    return 0
