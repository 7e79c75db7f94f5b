import sys

from tools.openapi.cli import main

sys.exit(main())
