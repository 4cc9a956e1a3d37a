"""Checkpoints that others made: read, understood, loaded strictly, with a report."""

from __future__ import annotations

from core.vision.checkpoints.foreign import ForeignCheckpoint, read_checkpoint
from core.vision.checkpoints.loading import LoadReport, load_into, report_of

__all__ = ["ForeignCheckpoint", "LoadReport", "load_into", "read_checkpoint", "report_of"]
