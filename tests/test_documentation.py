"""The pages of the repository name files and recipes that exist."""

import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
PAGES = subprocess.run(
    ["git", "ls-files", "--", "*.md"], cwd=CHECKOUT, check=True, capture_output=True, text=True
).stdout.split()
RECIPES = set(
    re.findall(r"^([a-z][a-z-]*)(?: .*)?:(?: |$)", (CHECKOUT / "Justfile").read_text(), re.MULTILINE)
)


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_to_a_file(page: str) -> None:
    text = (CHECKOUT / page).read_text()
    links: list[str] = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|srcset)="([^"]+)"', text)
    paths = [urlsplit(link).path for link in links if not urlsplit(link).scheme]
    assert [path for path in paths if path and not (CHECKOUT / page).parent.joinpath(path).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_recipe_that_a_page_names_exists(page: str) -> None:
    named = re.findall(r"(?:^|`|\bjust )just ([a-z][a-z-]*)", (CHECKOUT / page).read_text(), re.MULTILINE)
    assert set(named) <= RECIPES


def test_the_readme_lists_every_recipe() -> None:
    table = (CHECKOUT / "README.md").read_text().partition("## Recipes")[2].partition("## ")[0]
    assert RECIPES - {"default", "venv"} <= set(re.findall(r"`([a-z][a-z-]*)[^`]*`", table))
