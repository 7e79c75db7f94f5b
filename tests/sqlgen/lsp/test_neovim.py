"""Neovim with the configuration that the README names, on the project of this repository."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CONFIGURATION = ROOT / "tools/sqlgen/lsp/editors/nvim.lua"
PYTHON = ROOT / ".venv/bin/python"

SCRIPT = """
vim.cmd("edit sql/categories.sql")
vim.cmd("%s/description/descripton/")
local arrived = vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end, 50)
local found = {}
for _, each in ipairs(vim.diagnostic.get(0)) do
  table.insert(found, { line = each.lnum + 1, message = each.message, source = each.source })
end
local file = io.open(vim.env.RESULT, "w")
file:write(vim.fn.json_encode({ arrived = arrived, found = found }))
file:close()
vim.cmd("qall!")
"""


def test_a_diagnostic_arrives_in_neovim(tmp_path: Path) -> None:
    neovim = shutil.which("nvim")
    if neovim is None:
        pytest.skip("nvim is not installed")
    if not PYTHON.exists():
        pytest.skip("the configuration starts the server with .venv/bin/python, which is not there")
    script, result = tmp_path / "test.lua", tmp_path / "result.json"
    script.write_text(SCRIPT)
    command = [neovim, "--headless", "--clean", "-i", "NONE", "-n", "-c", "filetype on"]
    command += ["-c", f"luafile {CONFIGURATION}", "-c", f"luafile {script}"]
    environment = {
        "RESULT": str(result),
        "HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
        "XDG_STATE_HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path),
    }
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert result.exists(), done.stdout + done.stderr
    answer = json.loads(result.read_text())
    assert answer["arrived"], done.stderr
    first = answer["found"][0]
    assert first["source"] == "sqlgen"
    assert "descripton" in first["message"]
    assert "did you mean 'description'?" in first["message"]
