import sys

if "typing_extensions" not in sys.modules:
    # msgspec takes names from typing_extensions that typing has too, and importing it is a third of the start-up
    # time. None makes the import fail, for which msgspec has a fallback.
    sys.modules["typing_extensions"] = None  # type: ignore[assignment] # None is allowed there
    import msgspec  # noqa: F401 # pyright: ignore[reportUnusedImport] - imported for the reason above

    del sys.modules["typing_extensions"]

from tools.sqlgen.cli.main import main

sys.exit(main())
