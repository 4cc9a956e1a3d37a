"""What all tests share."""

import os

# Before torch is imported, and for every process that a test starts: sums come out the
# same in each, and two test processes on two cores do not fight.
os.environ["OMP_NUM_THREADS"] = "1"

from hypothesis import settings

# how long an example takes says nothing on a shared machine
settings.register_profile("default-without-deadline", deadline=None)
settings.load_profile("default-without-deadline")
