"""``python -m tests.quirks > docs/quirks.md``"""

import sys

from tests.quirks.marks import proofs
from tests.quirks.page import page
from tests.quirks.rows import rows

sys.stdout.write(page(rows(), proofs()))
