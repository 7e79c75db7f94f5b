"""The names of one generated module: its definitions and its imports."""

from collections.abc import Iterable

from tools.sqlgen.ir.names import BUILTINS


class ModuleNamespace:
    """Gives every import a name that no definition, field or parameter of the module has.

    A field called `date` would hide the type `date` from the fields after it, so such a module has
    `from datetime import date as date_`. All names of definitions, fields and parameters must therefore be reserved
    before the first call of `ref`.
    """

    def __init__(self, taken: Iterable[str] = (), module: str = "") -> None:
        self._module = module
        """Name of this module in imports: its own names need no import."""
        self._taken = set(taken)
        self._imports: dict[tuple[str, str], str] = {}

    def reserve(self, names: Iterable[str]) -> None:
        """Reserve names of fields, parameters and variables. A name may be reserved again."""
        self._taken.update(names)

    def define(self, name: str) -> str:
        """Return the name of a new definition: `name`, or `name_2` if it is taken."""
        chosen, number = name, 2
        while chosen in self._taken:
            chosen, number = f"{name}_{number}", number + 1
        self._taken.add(chosen)
        return chosen

    def ref(self, module: str, name: str) -> str:
        """Import a name of another module, and return its name in this one. Module '' is for builtins."""
        if module and module == self._module:
            return name
        if not module:
            if name not in self._taken:
                return name
            module = "builtins"
        known = self._imports.get((module, name))
        if known is None:
            known = name
            while known in self._taken or (known in BUILTINS and module != "builtins"):
                known += "_"
            if module == "builtins":
                known = f"{name}_" if known == name else known
            self._imports[module, name] = known
            self._taken.add(known)
        return known

    def imports(self) -> str:
        """Return the sorted import lines: standard library, other packages, modules of this package."""
        groups: dict[int, dict[str, list[str]]] = {0: {}, 1: {}, 2: {}}
        for (module, name), alias in sorted(self._imports.items()):
            group = 2 if module.startswith(".") else 0 if module.split(".")[0] in _STANDARD else 1
            entry = name if name == alias else f"{name} as {alias}"
            groups[group].setdefault(module, []).append(entry)
        blocks = [
            "\n".join(f"from {module} import {', '.join(entries)}" for module, entries in group.items())
            for group in groups.values()
            if group
        ]
        return "\n\n".join(blocks)


_STANDARD = frozenset({"builtins", "collections", "datetime", "decimal", "enum", "typing", "uuid"})
