from tools.mutants.cli import main

raise SystemExit(main())
