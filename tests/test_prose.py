"""The check of the prose reports phrases with their file, line and replacement."""

import subprocess
from pathlib import Path

import pytest

from tools import prose

DOCSTRING = '''"""Whether a page is kept.

It is looked up
anew, for all
that.
"""

# Somebody writes `anew` here,
# and leaves the page alone.
text = "anew"  # the page stands here
'''


def found(name: str, text: str) -> list[tuple[int, str]]:
    return [(hit.line, hit.phrase) for hit in prose.hits(Path(name), text)]


def test_docstrings_and_comments_of_python_are_read_and_strings_and_code_are_not() -> None:
    assert found("page.py", DOCSTRING) == [
        (1, "Whether"), (4, "anew"), (4, "for all that"), (8, "Somebody"), (10, "stands"),
    ]  # fmt: skip


def test_markdown_is_read_without_its_code() -> None:
    text = "Read it\n\n```sh\necho anew\n```\n\nand `anew`, then anew.\n"

    assert found("page.md", text) == [(7, "anew")]


@pytest.mark.parametrize("name", ["query.sql", "script.lua"])
def test_comments_after_dashes_are_read(name: str) -> None:
    assert found(name, "-- name: anew_one :one\nSELECT 'anew' -- anew\n") == [(1, "anew"), (2, "anew")][1:]


@pytest.mark.parametrize("name", ["Justfile", ".env.example", "pyproject.toml", "docker-compose.yml", "run"])
def test_comments_after_a_hash_are_read_also_across_lines(name: str) -> None:
    assert found(name, "a: anew\n# for all\n# that\nb: c # anew\n") == [(2, "for all that"), (4, "anew")]


def test_a_sentence_does_not_begin_with_a_relative_clause_but_a_question_may() -> None:
    text = "# What is read is kept. What is it?\n# It says what is read. What counts, stays.\n"

    assert found("page.py", text) == [(1, "What"), (2, "What")]


def test_a_hit_says_where_it_is_and_what_to_write() -> None:
    [hit] = prose.hits(Path("docs/page.md"), "Do it\nanew.\n")

    assert str(hit) == "docs/page.md:2: 'anew': write 'again'"


def test_the_files_of_the_checkout_are_read_also_before_they_are_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("ignored.md\n")
    for name in ("page.md", "ignored.md", "generated/page.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("# anew\n")
    monkeypatch.chdir(tmp_path)

    assert prose.main([]) == 1
    assert capsys.readouterr().out == "page.md:1: 'anew': write 'again'\nprose: 1 phrases to replace\n"
    assert prose.main(["--count", "page.md"]) == 1
    assert capsys.readouterr().out == "    1 .\nprose: 1 phrases to replace\n"
    (tmp_path / "page.md").write_text("# again\n")
    assert prose.main([]) == 0
