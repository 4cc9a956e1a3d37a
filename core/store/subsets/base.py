"""What every subset is: names that become ids, SQL with bound values, a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from core.store.combination import Combination, of_key
from core.store.errors import StudyError

Label = Callable[[str], str]
"""From a model's or condition's name to words."""


class SubsetError(StudyError):
    """A subset that this study can't give, or a text that is no subset, in one sentence."""


@dataclass(frozen=True)
class Names:
    """Ids of one study file by name."""

    models: Mapping[str, int]
    conditions: Mapping[str, int]
    classes: Mapping[str, int]


@dataclass(frozen=True)
class Where:
    """A condition on the table `samples`, ready to run.

    Attributes:
        sql: a Boolean expression over `samples.sample_id` and `samples.label`.
        parameters: values by name, all of them starting with the prefix that was asked for; a
            list is a tuple, so that the condition can be compared.
    """

    sql: str
    parameters: tuple[tuple[str, object], ...]


@dataclass(frozen=True)
class SampleFilter:
    """The samples that a query is about: a class and a subset, or all of either.

    Attributes:
        class_id: true class, None for all.
        where: a subset as SQL, None for all.
    """

    class_id: int | None = None
    where: Where | None = None

    def sql(self, alias: str) -> str:
        """Goes after a condition on rows called `alias` with a `sample_id` and a `label`."""
        sql = f" AND ($class_id IS NULL OR {alias}.label = $class_id)"
        if self.where is not None:
            sql += (
                f" AND {alias}.sample_id IN "
                f"(SELECT samples.sample_id FROM samples WHERE {self.where.sql})"
            )
        return sql

    def values(self) -> dict[str, object]:
        """The values that `sql` needs bound."""
        bound = () if self.where is None else self.where.parameters
        lists = {name: list(one) if isinstance(one, tuple) else one for name, one in bound}
        return {"class_id": self.class_id, **lists}


EVERYTHING = SampleFilter()


@dataclass
class Binder:
    """Collects the values of a predicate under names of their own."""

    names: Names
    prefix: str = "subset"
    bound: dict[str, object] = field(default_factory=dict)

    def value(self, value: object) -> str:
        """The placeholder of a value."""
        name = f"{self.prefix}_{len(self.bound)}"
        self.bound[name] = value
        return f"${name}"

    def rows(self, combination: Combination, alias: str) -> str:
        """The condition that picks a combination's rows."""
        role = f"{self.prefix}_{len(self.bound)}_"
        names = self.names
        self.bound[f"{role}model_id"] = self._id("model", combination.model, names.models)
        self.bound[f"{role}condition_id"] = self._id(
            "condition", combination.condition, names.conditions
        )
        return of_key(alias, role)

    def class_id(self, name: str) -> str:
        """The placeholder of a class's id."""
        return self.value(self._id("class", name, self.names.classes))

    @staticmethod
    def _id(thing: str, name: str, ids: Mapping[str, int]) -> int:
        if name not in ids:
            raise SubsetError(
                f"the subset names {thing} {name!r}: expected one of the study's {len(ids)}."
            )
        return int(ids[name])


class Subset:
    """Some of a study's samples; the classes of this package say which."""

    def predicate(self, binder: Binder) -> str:
        """A Boolean SQL expression over the table `samples`."""
        raise NotImplementedError

    def sentence(self, label: Label = str) -> str:
        """What it holds, in words; `label` turns a model's or condition's name into words."""
        raise NotImplementedError

    def to_sql(self, names: Names, prefix: str = "subset") -> Where:
        """The subset as SQL for the file with these ids.

        Args:
            names: ids of the file.
            prefix: of the bound values' names; two subsets in one query need two.

        Raises:
            SubsetError: it names a model, condition or class that the study lacks.
        """
        binder = Binder(names, prefix)
        sql = self.predicate(binder)
        return Where(sql, tuple(binder.bound.items()))


def in_rows(condition: str) -> str:
    """The samples with a row `m` of `sample_metrics` that meets a condition."""
    return f"samples.sample_id IN (SELECT m.sample_id FROM sample_metrics m WHERE {condition})"


def in_both_rows(condition: str) -> str:
    """The samples with rows `m` and `r` of `sample_metrics` that meet a condition together."""
    return (
        "samples.sample_id IN (SELECT m.sample_id FROM sample_metrics m "
        f"JOIN sample_metrics r USING (sample_id) WHERE {condition})"
    )


def words_of(combination: Combination, label: Label) -> str:
    """A combination in a sentence."""
    return f"{label(combination.model)} ({label(combination.condition)})"
