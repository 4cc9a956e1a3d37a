"""What goes wrong on reading files that torch wrote, or did not."""

from __future__ import annotations

import pickle
import struct

# torch.load parses before it checks: rubbish ends in whichever of these its bytes lead to
UNREADABLE = (
    RuntimeError,
    EOFError,
    OSError,
    pickle.UnpicklingError,
    struct.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
)
