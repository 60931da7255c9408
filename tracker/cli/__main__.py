"""`python -m tracker.cli`, the same as the command `tracker`."""

import sys

from tracker.cli.main import main

sys.exit(main())
