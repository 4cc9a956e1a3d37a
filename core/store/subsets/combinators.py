"""Subsets of subsets: all of, any of, not."""

from __future__ import annotations

from dataclasses import dataclass

from core.store.subsets.base import Binder, Label, Subset


@dataclass(frozen=True)
class AllOf(Subset):
    """Samples in every part; all samples where there is none."""

    parts: tuple[Subset, ...] = ()

    def predicate(self, binder: Binder) -> str:
        """See `Subset`."""
        return " AND ".join(f"({part.predicate(binder)})" for part in self.parts) or "true"

    def sentence(self, label: Label = str) -> str:
        """See `Subset`."""
        return " and ".join(part.sentence(label) for part in self.parts) or "all samples"


ALL_SAMPLES = AllOf()


@dataclass(frozen=True)
class AnyOf(Subset):
    """Samples in at least one part; none where there is none."""

    parts: tuple[Subset, ...]

    def predicate(self, binder: Binder) -> str:
        """See `Subset`."""
        return " OR ".join(f"({part.predicate(binder)})" for part in self.parts) or "false"

    def sentence(self, label: Label = str) -> str:
        """See `Subset`."""
        words = " or ".join(part.sentence(label) for part in self.parts)
        return f"({words})" if self.parts else "no samples"


@dataclass(frozen=True)
class Not(Subset):
    """Samples that are not in the part, those with an undefined metric among them."""

    part: Subset

    def predicate(self, binder: Binder) -> str:
        """See `Subset`."""
        return f"NOT ({self.part.predicate(binder)})"

    def sentence(self, label: Label = str) -> str:
        """See `Subset`."""
        return f"not ({self.part.sentence(label)})"


def parts_of(subset: Subset) -> tuple[Subset, ...]:
    """The parts that all have to hold."""
    return subset.parts if isinstance(subset, AllOf) else (subset,)


def all_of(*parts: Subset) -> Subset:
    """The samples in every part, flat: a single part stays as it is."""
    flat = tuple(inner for part in parts for inner in parts_of(part))
    return flat[0] if len(flat) == 1 else AllOf(flat)
