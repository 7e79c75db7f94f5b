"""Chromium for the tests of the page, and what a test asks it: console errors, contrast, pictures, axe."""

import asyncio
import base64
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page, Request, async_playwright

from tests.waiting import PATIENCE_S
from tools.stack.browser import find_browser
from tools.stack.errors import Unusable
from tools.stack.layout import STACK

Scheme = Literal["light", "dark"]

AXE = "axe-core@4.14.1"

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
COMPARE = (Path(__file__).parent / "compare.js").read_text(encoding="utf-8")


@asynccontextmanager
async def launched() -> AsyncGenerator[Browser]:
    """Start Chromium. Skips the test if none can be had."""
    try:
        found = find_browser()
    except Unusable as why:
        pytest.skip(f"there is no Chromium, and none can be fetched: {why.message}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=found.path,
            env=dict(found.env),
            args=["--no-sandbox", "--hide-scrollbars", "--force-color-profile=srgb"],
        )
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Tab:
    """A page of the browser. `problems` has everything that the console or the network complained about."""

    page: Page
    base: str
    problems: list[str] = field(default_factory=list[str])

    async def open(self, path: str = "/") -> None:
        answer = await self.page.goto(self.base + path)
        assert answer is not None
        assert answer.ok, path

    async def is_live(self) -> None:
        """Wait until events come."""
        await self.until('document.getElementById("status").textContent === "Live"')

    async def until(self, condition: str) -> None:
        """Wait until a condition in JavaScript is true.

        The policy of the page forbids `wait_for_function`, which evaluates the condition inside the page.
        """
        async with asyncio.timeout(PATIENCE_S):
            while not await self.page.evaluate(condition):  # noqa: ASYNC110 - only the browser knows
                await asyncio.sleep(0.05)

    async def text(self, selector: str) -> str:
        return await self.page.inner_text(selector)

    async def rows(self, part: str) -> list[list[str]]:
        """The cells of each row of a table, without those that are drawn."""
        script = """part => [...document.querySelectorAll(`#${part} tbody tr`)].map(
            row => [...row.querySelectorAll("td:not(.drawn)")].map(cell => cell.textContent))"""
        found: list[list[str]] = await self.page.evaluate(script, part)
        return found

    async def low_contrasts(self) -> list[str]:
        """Texts that WCAG AA finds too faint on their ground."""
        found: list[str] = await self.page.evaluate(CONTRAST)
        return found


@asynccontextmanager
async def tab(browser: Browser, base: str, width: int = 1280, **options: Any) -> AsyncGenerator[Tab]:
    """Open a tab, and close it when the block ends. Fails if there was a problem that the test did not clear."""
    context = await browser.new_context(viewport={"width": width, "height": 900}, **options)
    page = await context.new_page()
    opened = Tab(page, base)
    page.on(
        "console", lambda message: opened.problems.append(message.text) if message.type != "log" else None
    )
    page.on("pageerror", lambda error: opened.problems.append(str(error)))

    def seen(request: Request) -> None:
        if not request.url.startswith(base):
            opened.problems.append(f"asks another server: {request.url}")

    page.on("request", seen)
    try:
        yield opened
    finally:
        await context.close()
    assert opened.problems == []


def axe_source() -> str:
    """The script of axe-core, from npm at the first use. Skips the test if it cannot be fetched."""
    folder = STACK / "axe"
    script = folder / "node_modules/axe-core/axe.min.js"
    if not script.exists():
        command = [
            "npm",
            "install",
            "--silent",
            "--no-save",
            "--ignore-scripts",
            "--prefix",
            str(folder),
            AXE,
        ]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=60)
        except (OSError, subprocess.SubprocessError) as error:
            pytest.skip(f"{AXE} cannot be fetched from npm: {error}")
    return script.read_text(encoding="utf-8")


async def serious_findings(page: Page) -> list[str]:
    """The rules of axe that the document breaks, with the first element of each."""
    await page.evaluate(axe_source())
    findings: Any = await page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{each['id']}: {each['help']}: {each['nodes'][0]['html']}"
        for each in findings["violations"]
        if each["impact"] in {"serious", "critical"}
    ]


async def share_of_other_pixels(browser: Browser, one: bytes, other: bytes) -> float:
    """The share of pixels that are others in two PNGs; 1.0 if the pictures have other sizes. The browser compares."""
    context = await browser.new_context()
    try:
        page = await context.new_page()
        pictures = [base64.b64encode(each).decode() for each in (one, other)]
        share: float = await page.evaluate(COMPARE, pictures)
        return share
    finally:
        await context.close()
