"""One script a stage; `python -m pipelines.run STUDY.toml` does them all."""

import sys

from pipelines.interrupts import say_when_stopped

if sys.argv[:1] == ["-m"]:  # what Python says while it looks for the module of `python -m`
    say_when_stopped()
