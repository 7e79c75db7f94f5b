"""The picture of sql/stock.sql in Neovim, with the configuration that tools/sqlgen/README.md names.

Neovim runs in a terminal of fixed size that tmux emulates. The colours of the screen become an SVG.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

FOLDER = Path(__file__).parent
CHECKOUT = FOLDER.parents[1]
PICTURE = FOLDER / "editor.svg"
CONFIGURATION = "tools/sqlgen/lsp/editors/nvim.lua"
SCRIPT = "tools/pictures/editor.lua"
WIDTH, HEIGHT = 104, 29
SECONDS = 60

_THEME = TerminalTheme((27, 32, 41), (216, 222, 233), [(76, 86, 106)] * 8)
"""The colours of the window; Neovim sets all others itself."""

_SVG = """\
<svg viewBox="0 0 {terminal_width} {terminal_height}" xmlns="http://www.w3.org/2000/svg" role="img">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width; }}
{styles}
</style>
<defs>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""
"""As the template of rich, but with the fonts of the reader: a picture in a page loads none."""


def take() -> int:
    """Write `editor.svg`; 1 if Neovim or tmux is not installed, or the editor does not get ready."""
    missing = [name for name in ("nvim", "tmux") if shutil.which(name) is None]
    if missing:
        print(f"pictures: {' and '.join(missing)} not found: packages neovim and tmux", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        screen = _screen(Path(folder))
    if screen is None:
        print(f"pictures: no diagnostic or no hover in Neovim after {SECONDS} seconds", file=sys.stderr)
        return 1
    console = Console(width=WIDTH, record=True, file=StringIO())
    console.print(Text.from_ansi(screen.rstrip("\n"), no_wrap=True, end=""), crop=False)
    svg = console.export_svg(title="sql/stock.sql", theme=_THEME, code_format=_SVG, unique_id="editor")
    PICTURE.write_text("\n".join(line.rstrip() for line in svg.splitlines()) + "\n", encoding="utf-8")
    return 0


def _screen(folder: Path) -> str | None:
    """Return the screen of Neovim with its colours as escape sequences; None if it does not get ready."""
    ready = folder / "ready"
    tmux = ["tmux", "-S", str(folder / "socket"), "-f", os.devnull]
    editor = ["nvim", "--clean", "-i", "NONE", "-n", "-c", "syntax on", "-c", "filetype on"]
    editor += ["-c", f"luafile {CONFIGURATION}", "-c", f"luafile {SCRIPT}"]
    size = ["-x", str(WIDTH), "-y", str(HEIGHT + 1)]  # the last line is the status of tmux
    subprocess.run(
        [*tmux, "new-session", "-d", *size, "-e", f"READY={ready}", *editor], cwd=CHECKOUT, check=True
    )
    try:
        if not _is_ready(ready):
            return None
        capture = [*tmux, "capture-pane", "-e", "-p", "-N"]
        return subprocess.run(capture, check=True, capture_output=True, text=True).stdout
    finally:
        subprocess.run([*tmux, "kill-server"], check=True)


def _is_ready(ready: Path) -> bool:
    """Wait until the script has written its result, and Neovim has drawn the screen after it."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        if ready.exists() and (result := ready.read_text()):
            time.sleep(1)
            return result == "shown"
        time.sleep(0.1)
    return False
