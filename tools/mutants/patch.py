"""Puts the code of a mutated module into the module that is already imported."""

import ast
import sys
from functools import cache
from types import FunctionType, ModuleType

from tools.mutants.mutations import MODULE, Mutation, mutations
from tools.mutants.targets import CLAIMS, OTHERS, import_name, path_of


@cache
def parsed(module: str) -> tuple[ast.Module, tuple[Mutation, ...]]:
    """Return the syntax tree of a module and its mutations. A process may apply one of them."""
    tree = ast.parse(path_of(module).read_text(encoding="utf-8"))
    return tree, tuple(mutations(tree))


def apply_mutation(module: str, number: int) -> None:
    """Apply one mutation of a module in this process.

    Functions keep their identity and get new code, so that names which other modules imported see the change. Of a
    mutation outside of functions, the names that the module assigns are replaced in it and in its importers.
    """
    tree, found = parsed(module)
    mutation = found[number]
    mutation.apply()
    imported = sys.modules[import_name(module)]
    mutated = ModuleType(imported.__name__)
    mutated.__file__, mutated.__package__ = imported.__file__, imported.__package__
    exec(compile(ast.fix_missing_locations(tree), str(path_of(module)), "exec"), mutated.__dict__)  # noqa: S102 - our own module
    _replace_code(vars(imported), vars(mutated), imported.__name__)
    if mutation.function == MODULE:
        holders = [imported, *(sys.modules[import_name(each)] for each in importers_of(module))]
        for name in _assigned_names(tree) & vars(mutated).keys():
            before = getattr(imported, name)
            for holder in holders:
                if getattr(holder, name, None) is before:
                    setattr(holder, name, getattr(mutated, name))


@cache
def importers_of(module: str) -> frozenset[str]:
    """Return the modules of the analysis that import a name which the module assigns outside of functions."""
    assigned = _assigned_names(parsed(module)[0])
    return frozenset(each for each in CLAIMS.keys() | OTHERS if assigned & _imported_names(each, module))


def _assigned_names(tree: ast.Module) -> frozenset[str]:
    targets = [
        target
        for statement in tree.body
        for target in getattr(statement, "targets", [getattr(statement, "target", None)])
    ]
    names = (node for target in targets if target is not None for node in ast.walk(target))
    return frozenset(node.id for node in names if isinstance(node, ast.Name))


def _imported_names(module: str, source: str) -> frozenset[str]:
    tree = ast.parse(path_of(module).read_text(encoding="utf-8"))
    found = [each for each in tree.body if isinstance(each, ast.ImportFrom)]
    return frozenset(
        alias.name for each in found if each.module == import_name(source) for alias in each.names
    )


def _replace_code(old: dict[str, object], new: dict[str, object], module: str) -> None:
    for name, value in new.items():
        before = old.get(name)
        if getattr(value, "__module__", module) != module:
            continue
        if isinstance(before, FunctionType) and isinstance(value, FunctionType):
            before.__code__ = value.__code__
            before.__defaults__, before.__kwdefaults__ = value.__defaults__, value.__kwdefaults__
        elif isinstance(before, type) and isinstance(value, type):
            _replace_code(dict(vars(before)), dict(vars(value)), module)
        elif isinstance(before, property) and isinstance(value, property):
            _replace_code({"fget": before.fget}, {"fget": value.fget}, module)
