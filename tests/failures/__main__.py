"""``python -m tests.failures > docs/failures.md``"""

import sys

from tests.failures.page import page

sys.stdout.write(page())
