"""The names of one generated module: what it defines, what it imports."""

from collections.abc import Iterable

from tools.sqlgen.ir.names import BUILTINS


class Scope:
    """Gives every import a name that no definition, field or parameter of the module has.

    A field called `date` would hide the type `date` from the fields after it: such a module says
    `from datetime import date as date_`. All names that the module uses for its own things must therefore
    be known before the first import is asked for.
    """

    def __init__(self, taken: Iterable[str] = (), module: str = "") -> None:
        self._module = module
        """What others would import this module as: its own names need no import."""
        self._taken = set(taken)
        self._imports: dict[tuple[str, str], str] = {}

    def reserve(self, names: Iterable[str]) -> None:
        """Names of fields, parameters and the like, which may be used many times over."""
        self._taken.update(names)

    def define(self, name: str) -> str:
        """A name for a definition of the module: this one, or name_2 when it is taken."""
        chosen, number = name, 2
        while chosen in self._taken:
            chosen, number = f"{name}_{number}", number + 1
        self._taken.add(chosen)
        return chosen

    def ref(self, module: str, name: str) -> str:
        """How the module calls something of another one, or a builtin (module '')."""
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
        """The import lines: standard library, others, the package's own; sorted."""
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
