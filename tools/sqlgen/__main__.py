import sys

# msgspec takes names from typing_extensions that typing has too, and importing it is a third of the start-up time.
# None makes the import fail, for which msgspec has a fallback.
absent = sys.modules.setdefault("typing_extensions", None)  # type: ignore[arg-type] # None is allowed there
import msgspec  # noqa: E402, F401 - imported here for the reason above

if absent is None:
    del sys.modules["typing_extensions"]

from tools.sqlgen.cli.main import main  # noqa: E402

raise SystemExit(main())
