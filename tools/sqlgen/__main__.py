import sys

from tools.sqlgen.cli import main

sys.exit(main())
