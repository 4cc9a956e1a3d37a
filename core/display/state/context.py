"""What the user looks at: the open study, and what is chosen in it; without Streamlit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from core.display import labels
from core.store.combination import Combination
from core.store.queries.paired import PairedSamples
from core.store.study import Study
from core.store.subsets.base import EVERYTHING, SampleFilter, Subset
from core.store.subsets.combinators import ALL_SAMPLES, all_of
from core.store.subsets.predicates import OfClass


@dataclass(frozen=True)
class Context:
    """The open study and what is chosen in it.

    Attributes:
        study: an open version of a study.
        reference: the grey combination.
        compared: the yellow combination.
        pins: further combinations that the user collects.
        class_name: true class, None for all.
        subset: the page-wide filter within the class.
        sample_filter: class and subset, as queries take them.
        file_name: of the study, for downloads.
    """

    study: Study
    reference: Combination
    compared: Combination
    pins: tuple[Combination, ...] = ()
    class_name: str | None = None
    subset: Subset = ALL_SAMPLES
    sample_filter: SampleFilter = EVERYTHING
    file_name: str = "study"

    @cached_property
    def labels(self) -> dict[str, str]:
        """Short words for each model's and condition's name."""
        return self.study.derive(study_labels)

    @property
    def roles(self) -> dict[str, Combination]:
        """Reference and compared by role."""
        return {"reference": self.reference, "compared": self.compared}

    @property
    def models(self) -> set[str]:
        """The names of both models."""
        return {self.reference.model, self.compared.model}

    @property
    def compares_with_itself(self) -> bool:
        """Reference and compared are the same combination: nothing can differ."""
        return self.reference == self.compared

    @property
    def paired(self) -> PairedSamples:
        """The filtered samples under both combinations, as queries take them."""
        return PairedSamples(
            self.study.key(self.reference), self.study.key(self.compared), self.sample_filter
        )

    def narrowed(self, subset: Subset) -> SampleFilter:
        """The filtered samples that are also in a further subset."""
        where = all_of(self.subset, subset).to_sql(self.study.names)
        return replace(self.sample_filter, where=where)

    def describe(self, combination: Combination) -> str:
        """A combination in words."""
        model = labels.model_description(self.study.model_row(combination.model))
        return f"{model} · {self.labels[combination.condition]}"

    def short(self, combination: Combination) -> str:
        """A combination in few words."""
        return f"{self.labels[combination.model]}, {self.labels[combination.condition]}"

    def label(self, name: str) -> str:
        """A model's or condition's name in words, as sentences of subsets take it."""
        return self.labels.get(name, name)

    @property
    def sentence(self) -> str:
        """The filtered samples in words."""
        parts = [OfClass(self.class_name)] if self.class_name else []
        return all_of(*parts, self.subset).sentence(self.label)


def study_labels(study: Study) -> dict[str, str]:
    """Short words for each model's and condition's name."""
    conditions = study.conditions.select("name", "corruption", "severity")
    words = {name: labels.condition_label(*parts) for name, *parts in conditions.iter_rows()}
    return {**labels.model_labels(study.models), **words}
