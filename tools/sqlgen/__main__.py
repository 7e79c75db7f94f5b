import sys

from tools.sqlgen.cli.main import main

sys.exit(main())
