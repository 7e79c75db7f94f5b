"""The findings of a run: violations with examples, counts, latencies, and the table at the end."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

_EXAMPLES = 5


@dataclass
class Findings:
    """The findings of a run. A run passes if it has no violation."""

    violations: Counter[str] = field(default_factory=Counter[str])
    """The number of violations of each kind."""
    examples: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    counts: Counter[str] = field(default_factory=Counter[str])
    """Figures of the run, such as the number of requests."""
    answers: Counter[str] = field(default_factory=Counter[str])
    """The number of answers of each status and code."""
    seconds: list[float] = field(default_factory=list[float])
    """The time that each answer took."""
    began: float = field(default_factory=time.monotonic)

    def violation(self, kind: str, text: str) -> None:
        """Count a violation, and keep and print the first few of each kind: a run may be long."""
        self.violations[kind] += 1
        examples = self.examples.setdefault(kind, [])
        if len(examples) < _EXAMPLES:
            examples.append(f"[{time.monotonic() - self.began:7.2f} s] {text}")
            print(f"violation: {kind}: {examples[-1]}", flush=True)

    @property
    def passed(self) -> bool:
        """True if there is no violation."""
        return not self.violations

    def told(self) -> str:
        """All violations with their examples, as text."""
        lines = [
            f"{kind}: {count}\n" + "\n".join(f"    {text}" for text in self.examples[kind])
            for kind, count in sorted(self.violations.items())
        ]
        return "\n".join(lines) or "no violation"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` (0 to 1) of the values do not exceed; nan if there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def print_table(console: Console, title: str, rows: Iterable[tuple[str, str, str]]) -> None:
    """Print a table of figures: name, value, and the promise that the figure is compared with."""
    table = Table(title=title, title_justify="left")
    for name in ("figure", "value", "promised"):
        table.add_column(name, justify="right" if name == "value" else "left")
    for row in rows:
        table.add_row(*row)
    console.print(table)
