"""Diagnostics, quick fixes, symbols, inlay hints and signature help as the protocol's types."""

import re
from collections.abc import Iterable, Iterator

from lsprotocol import types as lsp

from tools.sqlgen.diagnostics import Diagnostic
from tools.sqlgen.emit.python_types import display, python_type
from tools.sqlgen.lsp.documents import Document, Unit
from tools.sqlgen.lsp.signatures import call_at, signature_of
from tools.sqlgen.lsp.text import LineIndex
from tools.sqlgen.lsp.workspace import SqlWorkspace

_DID_YOU_MEAN = re.compile(r"did you mean '?(?P<name>[^'?]+)'?\?")
_QUOTED = re.compile(r"'([^']+)'")
_SEVERITIES = {"error": lsp.DiagnosticSeverity.Error, "warning": lsp.DiagnosticSeverity.Warning}


def diagnostics(found: Iterable[Diagnostic], lines: LineIndex) -> list[lsp.Diagnostic]:
    return [
        lsp.Diagnostic(
            lines.range(each.start, max(each.end, each.start + 1)),
            f"{each.message}\nhint: {each.hint}" if each.hint else each.message,
            severity=_SEVERITIES[each.severity],
            source="sqlgen",
        )
        for each in found
    ]


def quick_fixes(document: Document, uri: str, lines: LineIndex, start: int, end: int) -> list[lsp.CodeAction]:
    """A replacement for each finding in a range whose hint names the right spelling."""
    actions: list[lsp.CodeAction] = []
    for each in document.diagnostics:
        fix = _replacement(document.text, each) if each.start <= end and start <= each.end else None
        if fix is not None:
            at, until, name = fix
            edit = lsp.WorkspaceEdit(changes={uri: [lsp.TextEdit(lines.range(at, until), name)]})
            actions.append(
                lsp.CodeAction(
                    f"Replace with '{name}'",
                    kind=lsp.CodeActionKind.QuickFix,
                    diagnostics=diagnostics([each], lines),
                    edit=edit,
                    is_preferred=True,
                )
            )
    return actions


def _replacement(text: str, diagnostic: Diagnostic) -> tuple[int, int, str] | None:
    """The span of the wrong name in a finding's span, and the name that its hint suggests."""
    hint = _DID_YOU_MEAN.search(diagnostic.hint or "")
    quoted = _QUOTED.search(diagnostic.message)
    if hint is None or quoted is None:
        return None
    wrong = quoted[1].rpartition(".")[2]
    span = text[diagnostic.start : diagnostic.end]
    # `unknown table 'x'` is about the x of `x.id`, which comes first; of a column the last part is meant.
    at = span.find(wrong) if diagnostic.message.startswith("unknown table") else span.rfind(wrong)
    if at < 0:
        return None
    return diagnostic.start + at, diagnostic.start + at + len(wrong), hint["name"]


def symbols(document: Document, lines: LineIndex) -> list[lsp.DocumentSymbol]:
    """Each query with its command."""
    return [
        lsp.DocumentSymbol(
            unit.source.name or "(no name)",
            lsp.SymbolKind.Function,
            lines.range(unit.source.start, max(unit.source.sql_end, unit.source.end)),
            lines.range(unit.source.start, unit.source.end),
            detail=unit.source.command,
        )
        for unit in document.units
    ]


def inlay_hints(
    workspace: SqlWorkspace, document: Document, lines: LineIndex, start: int, end: int
) -> Iterator[lsp.InlayHint]:
    """The Python type of each select item in a range; a star has none."""
    for unit in document.units:
        analysed = unit.query.checked.analysed
        if analysed is None or unit.end < start or unit.start > end:
            continue
        spans = [(column.start, column.end) for column in analysed.columns]
        for column, span in zip(analysed.columns, spans, strict=True):
            if spans.count(span) > 1 or not _is_own_text(unit, span):
                continue
            found = python_type(column.type, column.source_column, workspace.config, workspace.project.models)
            label = f": {display(found, nullable=column.nullable)}"
            yield lsp.InlayHint(lines.position(unit.start + span[1]), label, kind=lsp.InlayHintKind.Type)


def _is_own_text(unit: Unit, span: tuple[int, int]) -> bool:
    source = unit.query.checked.source
    text = unit.query.text[span[0] : span[1]]
    return source.sql_start <= span[0] < span[1] <= source.sql_end and not text.endswith("*")


def signature_help(unit: Unit, offset: int) -> lsp.SignatureHelp | None:
    """The signature of the call around an offset of the file."""
    call = call_at(unit.query.text, unit.query.checked.source.sql_start, offset - unit.start)
    signature = signature_of(call.name) if call is not None else None
    if call is None or signature is None:
        return None
    information = lsp.SignatureInformation(
        signature.label,
        documentation=signature.doc or None,
        parameters=[lsp.ParameterInformation(each) for each in signature.parameters],
    )
    active = min(call.argument, max(len(signature.parameters) - 1, 0))
    return lsp.SignatureHelp([information], active_signature=0, active_parameter=active)
