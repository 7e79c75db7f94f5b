"""Takes the pictures of the README: `just pictures [page | editor]`; the page is that of the running API."""

import argparse
import sys

from tools.pictures import editor, page

_PICTURES = {"page": page.take, "editor": editor.take}


def main() -> int:
    """Take the pictures that are named, or all; 1 if a program is missing."""
    parser = argparse.ArgumentParser(prog="just pictures", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(_PICTURES)} (default: all)")
    names = parser.parse_args().names or list(_PICTURES)
    if unknown := [name for name in names if name not in _PICTURES]:
        parser.error(f"unknown picture {unknown[0]}")
    return max(_PICTURES[name]() for name in names)


if __name__ == "__main__":
    sys.exit(main())
