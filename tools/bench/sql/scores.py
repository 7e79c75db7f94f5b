"""Counts, for each compiler, the cases of the corpus that are right, and the kinds of errors in the others."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from tools.bench.sql.corpus import Case, Expected
from tools.bench.sql.judge import judge, project_of
from tools.bench.sql.sqlc import Answer, ask
from tools.sqlgen.types.sql_type import TypeClass

Verdict = Literal[
    "right", "unsound", "wrong type", "imprecise", "wrong columns or parameters", "refuses what is valid",
    "accepts what is not",
]  # fmt: skip

OURS_ONLY = {"macros"}
"""Query files about features that sqlc does not have."""


def our_verdicts(cases: Sequence[Case]) -> dict[str, Verdict]:
    """The verdict on this compiler for each case: its most serious error, or "right"."""
    projects = {schema: project_of(schema) for schema in {case.schema for case in cases}}
    return {case.id: _of_faults(judge(case, projects[case.schema]), case) for case in cases}


def _of_faults(faults: Sequence[str], case: Case) -> Verdict:
    text = "\n".join(faults)
    if not faults:
        return "right"
    if case.error is not None:
        return "accepts what is not"
    if "refused" in text or "no result" in text:
        return "refuses what is valid"
    if "unsound" in text:
        return "unsound"
    if " instead of " in text or "called" in text:
        return "wrong columns or parameters"
    return "wrong type" if ", should be " in text and " is nullable" not in text else "imprecise"


def sqlc_verdicts(sqlc: str, cases: Sequence[Case]) -> dict[str, Verdict]:
    """The verdict on sqlc for each of these cases."""
    return {case.id: _of_answer(case, answer) for case, answer in ask(sqlc, cases)}


def _of_answer(case: Case, answer: Answer) -> Verdict:
    if case.error is not None:
        return "right" if answer.error else "accepts what is not"
    if answer.error:
        return "refuses what is valid"
    pairs: list[tuple[Expected, tuple[str, TypeClass, bool]]] = list(
        zip(case.columns, answer.columns, strict=False)
    )
    if len(case.columns) != len(answer.columns) or len(case.parameters) != len(answer.parameters):
        return "wrong columns or parameters"
    if any(not nullable and want.nullable for want, (_, _, nullable) in pairs):
        return "unsound"
    if not all(_alike(want.type_class, kind) for want, (_, kind, _) in pairs):
        return "wrong type"
    parameters = zip(case.parameters, answer.parameters, strict=True)
    if not all(_alike(want.type_class, kind) for want, (kind, _) in parameters):
        return "wrong type"
    if any(nullable and not want.nullable for want, (_, _, nullable) in pairs):
        return "imprecise"
    return "right"


def _alike(want: TypeClass, kind: TypeClass) -> bool:
    return want == kind or {want, kind} == {"int", "bool"}


def table(cases: Sequence[Case], ours: dict[str, Verdict], theirs: dict[str, Verdict]) -> str:
    """Two Markdown tables: right answers per file of the corpus, and the number of each verdict."""
    files = sorted({case.file for case in cases})
    lines = ["| feature | cases | right | sqlc right |", "|---|---|---|---|"]
    for file in files:
        own = [case.id for case in cases if case.file == file]
        right = sum(ours[each] == "right" for each in own)
        other = "-" if file in OURS_ONLY else str(sum(theirs[each] == "right" for each in own))
        lines.append(f"| {file} | {len(own)} | {right} | {other} |")
    common = [case.id for case in cases if case.file not in OURS_ONLY]
    totals = [sum(each[i] == "right" for i in common) for each in (ours, theirs)]
    lines += [f"| features of both | {len(common)} | {totals[0]} | {totals[1]} |", ""]
    counts = [Counter(each[i] for i in common) for each in (ours, theirs)]
    lines += ["| verdict | this compiler | sqlc |", "|---|---|---|"]
    lines += [
        f"| {verdict} | {counts[0][verdict]} | {counts[1][verdict]} |"
        for verdict in sorted({*counts[0], *counts[1]})
    ]
    return "\n".join(lines)
