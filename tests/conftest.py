"""What all tests share."""

import os

# Before torch is imported, and for every process that a test starts: sums come out the
# same in each, and two test processes on two cores do not fight.
os.environ["OMP_NUM_THREADS"] = "1"

from hypothesis import settings

# How long an example takes says nothing on a shared machine. Continuous integration tries the
# same examples every time; everyone else finds new ones.
settings.register_profile("prunescope", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("prunescope")
