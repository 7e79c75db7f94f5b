"""The syntax of JSON paths."""

import re

_MEMBER = r'\.\s*(?:\*|"(?:[^"\\]|\\.)*"|[A-Za-z_$\u0080-\uffff][\w$]*)'
_INDEX = r"(?:\d+|last(?:\s*-\s*\d+)?)"
_CELL = rf"\[\s*(?:\*|{_INDEX}(?:\s+to\s+{_INDEX})?)\s*\]"
_PATH = re.compile(rf"\s*\$\s*(?:(?:\*\*\s*)?(?:{_MEMBER}|{_CELL})\s*)*", re.IGNORECASE)


def is_json_path(path: str) -> bool:
    return _PATH.fullmatch(path) is not None
