"""Checks the prose of the repository against a list of words: docstrings, comments and Markdown.

    python -m tools.prose [PATH ...]    print each hit as `file:line: 'anew': write 'again'`; exit 1 if there is one
    python -m tools.prose --count       print the number of hits in each folder instead

The prose is for engineers of any first language, so each entry is a word or phrase that a reader has to look
up or read twice, with the plain words for it. Text in backticks and fenced code blocks is not checked, and neither are
files that a tool writes. Paths are relative to the current folder, which must be in the git checkout.
"""

import argparse
import ast
import io
import re
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Rule:
    """A phrase not to write, as a regular expression, and what to write in its place."""

    pattern: re.Pattern[str]
    write: str


@dataclass(frozen=True)
class Block:
    """A docstring, a run of comment lines, or a Markdown page. `line` is that of its first character."""

    kind: str  # "docstring", "comment" or "page"
    line: int
    text: str


@dataclass(frozen=True)
class Hit:
    """A phrase found in a file."""

    path: Path
    line: int
    phrase: str
    write: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: '{self.phrase}': write {self.write}"


def _rules(entries: dict[str, str]) -> list[Rule]:
    # A space in a pattern also matches a line break: lines are stripped before the search.
    return [
        Rule(re.compile(pattern.replace(" ", r"\s"), re.IGNORECASE), write)
        for pattern, write in entries.items()
    ]


# Anywhere in the text.
WORDS = _rules(
    {
        r"\banew\b": "'again'",
        r"\bfor all that\b": "'although' or 'despite'",
        r"\bnor (will|is|are|does|do|has|have|can|may|must)\b": "'and ... not'",
        r"\b(lest|thereof|therein|thereby|whence|wherein|hereby|hence|upon|unto)\b": "a plain connective",
        r"\bthe like\b|\b(its|their) like\b": "the other cases by name, or 'similar ...'",
        r"\bwho(so)?ever\b": "which process, reader or engineer",
        r"\b(some|no|any|every)body\b": "which process, client or engineer",
        r"\b(he|him|his|himself)\b": "'it', or the name of the process",
        r"\bwhatever\b": "'any' or 'regardless of'",
        r"\bhowever (it|they|he|a|the|many|much|often|deep|long)\b": "'no matter how'",
        r"\bin the way\b": "'blocks' or 'prevents'",
        r"\bworth nothing\b": "'invalid'",
        r"\btold of\b": "'notified of'",
        r"\b(is|are|was|were|be) told\b": "'receives', 'is given' or 'is reported'",
        r"\b(hold|holds|held|holding)\b[^.;:]{0,40}?\bagainst\b": "'verify' or 'compare with'",
        r"\bheld to\b|\bholds? \w+( \w+)? to (it|them|that)\b": "'must match' or 'enforces'",
        r"\bmend(s|ed|ing)?\b": "'fix' or 'repair'",
        r"\bfor ever\b": "'forever', or the time in figures",
        r"\bnothing but\b": "'only'",
        r"\balone\b": "'only'",
        r"\bat hand\b": "'available', or leave it out",
        r"\ball the same\b": "'anyway' or 'still'",
        r"\balike\b": "'the same' or 'both'",
        r"\bbut for\b": "'except for'",
        r"\bbesides\b": "'in addition to'",
        r"\bby way of\b": "'through'",
        r"\bby itself\b": "'automatically', 'on its own' or 'separately'",
        r"\bof ours\b": "'our own', or leave it out",
        r"\binsides\b": "'internals'",
        r"'s business\b|s' business\b": "'is left to ...'",
        r"\b(goes|go|went|going) on\b": "'continues'",
        r"(?<![-\w])(stand|stands|stood)\b(?!-)": "'is', 'represents' or 'replaces'",
        r"\bvouch(es|ed)?\b": "'guarantees'",
        r"\btaken for\b": "'treated as'",
        r"\b(works?|worked) out\b": "'compute'",
        r"\b(lays?|laid) out\b": "'format'",
        r"\b(says?|said|makes?|comes?|known|learns?) of\b": "'states about', 'results from' or 'notices'",
        r"\bcatalogues?\b": "'catalog'",
        r"\bsmall letters\b": "'lower case'",
    }
)

# Where a docstring begins: with a verb, or with the standard term for the thing.
DOCSTRING_STARTS = _rules(
    {
        r"\Awhether\b": "'True if ...'",
        r"\A(who|whose|where|why|how)\b": "a verb, or the name of the thing",
        r"\Athe same\b": "the name of the thing: a docstring is read without the one above it",
    }
)

# Where a sentence begins: a relative clause as its subject. A question is none.
SENTENCE_STARTS = _rules({r"(?:\A|(?<=[.;] ))what\b(?![^.]*\?)": "a noun, or a verb in a docstring"})

# Plain English that contains an entry of the lists.
_ALLOWED = re.compile(
    r"\b(leav(e|es|ing)|left|run|each)\b[^.;:]{0,30}?\balone\b|\b(is|are) all the same\b", re.IGNORECASE
)
_CODE = re.compile(r"^```.*?^```|`[^`]*`", re.DOTALL | re.MULTILINE)
_DASHES, _HASH = re.compile(r"(?:^|\s)--\s+(.*)"), re.compile(r"(?:^|\s)#+\s+(.*)")
_COMMENT_MARKS = {".sql": _DASHES, ".lua": _DASHES, ".toml": _HASH, ".yml": _HASH, ".sh": _HASH}
_HASH_NAMES = {"Justfile", "Dockerfile", ".env.example", ".gitignore", ".dockerignore", "run"}
# Written by tools; applied to databases, whose checksums of the files must stay; pictures.
_SKIPPED = re.compile(r"^generated/|^tests/sqlgen/cases/.*/expected|^migrations/|.*\.png$")


def blocks(path: Path, text: str) -> Iterator[Block]:
    """The prose of a file, in no certain order; nothing for a file of an unknown kind."""
    if path.suffix == ".py":
        yield from _docstrings(text)
        yield from _joined(_python_comments(text))
    elif path.suffix == ".md":
        yield Block("page", 1, text)
    elif mark := _COMMENT_MARKS.get(path.suffix) or (_HASH if path.name in _HASH_NAMES else None):
        yield from _joined(_line_comments(text, mark))


def hits(path: Path, text: str) -> list[Hit]:
    """The phrases of the lists in one file, by line."""
    found: list[Hit] = []
    for block in blocks(path, text):
        prose = "\n".join(line.strip() for line in block.text.splitlines())
        prose = _ALLOWED.sub(_blank, _CODE.sub(_blank, prose))
        rules = [*WORDS, *SENTENCE_STARTS, *(DOCSTRING_STARTS if block.kind == "docstring" else ())]
        for rule in rules:
            for match in rule.pattern.finditer(prose):
                line = block.line + prose.count("\n", 0, match.start())
                found.append(Hit(path, line, " ".join(match[0].split()), rule.write))
    return sorted(set(found), key=lambda hit: (hit.line, hit.phrase))


def _blank(skipped: re.Match[str]) -> str:
    """As many line breaks as the text has, between two marks that no rule matches."""
    return "`" + "\n" * skipped[0].count("\n") + "`"


def _docstrings(text: str) -> Iterator[Block]:
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Expr(value=ast.Constant(value=str(docstring))):
                yield Block("docstring", node.lineno, docstring)
            case _:
                pass


def _python_comments(text: str) -> Iterator[tuple[int, bool, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.line.lstrip().startswith("#"), token.string.lstrip("# ")


def _line_comments(text: str, mark: re.Pattern[str]) -> Iterator[tuple[int, bool, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if match := mark.search(line):
            yield number, not line[: match.start(1)].strip(" #-"), match[1]


def _joined(comments: Iterable[tuple[int, bool, str]]) -> Iterator[Block]:
    """Comments (line, whether it has the line to itself, text); those on successive lines are one block."""
    lines: list[str] = []
    first = last = 0
    for number, whole_line, text in comments:
        if lines and not (whole_line and number == last + 1):
            yield Block("comment", first, "\n".join(lines))
            lines = []
        if not lines:
            first = number
        lines.append(text)
        last = number
    if lines:
        yield Block("comment", first, "\n".join(lines))


def tracked(paths: Sequence[str]) -> list[Path]:
    """The files below the paths that git has or would add, without those that a tool writes."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *paths],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    names = sorted(set(listed.stdout.split("\0")) - {""})
    return [path for name in names if not _SKIPPED.match(name) and (path := Path(name)).is_file()]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the hits; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.prose",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="files or folders; default: the whole checkout"
    )
    parser.add_argument("--count", action="store_true", help="print the number of hits in each folder")
    options = parser.parse_args(arguments)
    found = [hit for path in tracked(options.paths) for hit in hits(path, path.read_text(encoding="utf-8"))]
    if options.count:
        for folder, number in sorted(Counter(str(hit.path.parent) for hit in found).items()):
            print(f"{number:5} {folder}")
    else:
        print(*found, sep="\n", end="\n" if found else "")
    print(f"prose: {len(found)} phrases to replace" if found else "prose: ok")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
