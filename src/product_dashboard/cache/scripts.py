"""The steps of the protocol as Redis runs them: one file of `lua/` each, with `gate.lua` in front of all of them."""

import hashlib
from importlib.resources import files
from typing import Final

# A gate expires this long after its last writer. The next reader finds it without a marker and restores it.
GATE_KEPT_MS: Final = 7 * 24 * 3600 * 1000


class Script:
    """A Lua script, and the digest under which Redis remembers it."""

    __slots__ = ("name", "sha", "text")

    def __init__(self, name: str) -> None:
        self.name = name
        folder = files("product_dashboard.cache") / "lua"
        self.text = (folder / "gate.lua").read_text("utf-8") + (folder / f"{name}.lua").read_text("utf-8")
        # Redis names scripts by SHA-1; no secret depends on it.
        self.sha = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()


LEASE: Final = Script("lease")
TAG: Final = Script("tag")
RENEW: Final = Script("renew")
SETTLE: Final = Script("settle")
BEGIN: Final = Script("begin")
END: Final = Script("end")
PREPARE: Final = Script("prepare")
ACTIVATE: Final = Script("activate")
