"""The protocol's steps as Redis runs them: `lua/*.lua`, one file a step, `gate.lua` in front of each."""

import hashlib
from importlib.resources import files
from typing import Final


class Script:
    """A Lua script and the name under which Redis remembers it."""

    __slots__ = ("name", "sha", "text")

    def __init__(self, name: str) -> None:
        folder = files("product_dashboard.cache") / "lua"
        self.name = name
        self.text = (folder / "gate.lua").read_text("utf-8") + (folder / f"{name}.lua").read_text("utf-8")
        # Not security: Redis' own name for a script.
        self.sha = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()


LEASE: Final = Script("lease")
SETTLE: Final = Script("settle")
RENEW: Final = Script("renew")
BEGIN: Final = Script("begin")
END: Final = Script("end")
TAG: Final = Script("tag")
PREPARE: Final = Script("prepare")
ACTIVATE: Final = Script("activate")
REPLACE: Final = Script("replace")
REGISTER: Final = Script("register")
ANNOUNCE: Final = Script("announce")
FORGET: Final = Script("forget")
