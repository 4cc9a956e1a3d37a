"""An open version of a study: its tables of names, and queries through a cache."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

import polars as pl

from core.store.combination import Combination, Key
from core.store.connection import Connection
from core.store.origins import Origin, Origins
from core.store.queries import study as study_queries
from core.store.queries.paired import PairedSamples, pair_table
from core.store.recording import Asked, recorded
from core.store.subsets.base import Names

P = ParamSpec("P")
T = TypeVar("T")


class Cache(Protocol):
    """Keeps results by key: Streamlit's sessions share one, a script has its own."""

    def __call__(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` returned for an equal key, or returns now."""


def no_cache(key: Hashable, make: Callable[[], T]) -> T:
    """Make each result anew."""
    del key
    return make()


class Results:
    """Keeps every result by its key: for one study and a short time."""

    def __init__(self) -> None:
        self._results: dict[Hashable, Any] = {}

    def __call__(self, key: Hashable, make: Callable[[], T]) -> T:
        """See `Cache`."""
        if key not in self._results:
            self._results[key] = make()
        return cast(T, self._results[key])


class Study:
    """One version of a study file, open for reading.

    Args:
        connection: as `core.store.connection.connect` gives it.
        version: tells versions of studies apart in the cache, such as the file's resolved name.
        cache: where results are kept.
    """

    def __init__(self, connection: Connection, version: str, cache: Cache = no_cache) -> None:
        self._connection = connection
        self.version = version
        self._cache = cache
        self._origins = Origins()

    def run(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The result of a function of `core.store.queries`, from the cache where it is there.

        Args:
            query: takes a connection to the study first.
            *args: of the query; values that can be compared.
            **kwargs: of the query.
        """
        return self._kept(
            query,
            (*args, *kwargs.values()),
            self._key(query, args, kwargs),
            lambda: query(self._connection, *args, **kwargs),
            lambda study: study.run(query, *args, **kwargs),
        )

    def ask(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The result of a query that is not worth keeping, with the arguments of `run`."""
        return query(self._connection, *args, **kwargs)

    def derive(
        self, make: Callable[Concatenate[Study, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What a function makes of this study, from the cache where it is there.

        Args:
            make: takes the study first; its result follows from the study and its arguments.
            *args: of the function; values that can be compared.
            **kwargs: of the function.
        """
        return self._kept(
            make,
            (*args, *kwargs.values()),
            self._key(make, args, kwargs),
            lambda: make(self, *args, **kwargs),
            lambda study: study.derive(make, *args, **kwargs),
        )

    def run_paired(
        self,
        query: Callable[Concatenate[pl.DataFrame, P], T],
        paired: PairedSamples,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """The result of a function of `core.store.queries.comparison` over some pairs.

        The pairs are joined once, whatever is asked of them.
        """
        return self._kept(
            query,
            (paired, *args, *kwargs.values()),
            self._key(query, (paired, *args), kwargs),
            lambda: query(self.run(pair_table, paired), *args, **kwargs),
            lambda study: study.run_paired(query, paired, *args, **kwargs),
        )

    def origin(self, frame: pl.DataFrame) -> Origin | None:
        """What this frame of a result of `run`, `derive` or `run_paired` answers; None: unknown."""
        return self._origins.find(frame)

    def queries_behind(self, origin: Origin) -> list[Asked]:
        """All queries that an answer rests on, by asking it again without a cache."""
        anew = Study(self._connection, self.version, Results())
        with recorded() as queries:
            origin.again(anew)
        return queries

    def _kept(
        self,
        function: Callable[..., Any],
        values: tuple[Any, ...],
        key: Hashable,
        make: Callable[[], T],
        again: Callable[[Study], Any],
    ) -> T:
        def noted() -> T:
            result = make()
            self._origins.note(result, Origin(_name(function), values, again))
            return result

        return self._cache(key, noted)

    def key(self, combination: Combination) -> Key:
        """The ids of a combination.

        Raises:
            KeyError: the study has no such model or condition.
        """
        return Key(
            self.names.models[combination.model], self.names.conditions[combination.condition]
        )

    @cached_property
    def about(self) -> dict[str, Any]:
        """The row of the table `study`."""
        return self.run(study_queries.study).row(0, named=True)

    @cached_property
    def models(self) -> pl.DataFrame:
        """The table `models` with accuracy on clean images."""
        return self.run(study_queries.models)

    @cached_property
    def conditions(self) -> pl.DataFrame:
        """The table `conditions`."""
        return self.run(study_queries.conditions)

    @cached_property
    def classes(self) -> pl.DataFrame:
        """class_id, name, samples."""
        return self.run(study_queries.classes)

    @cached_property
    def names(self) -> Names:
        """Ids by name."""
        return Names(
            dict(zip(self.models["name"], self.models["model_id"], strict=True)),
            dict(zip(self.conditions["name"], self.conditions["condition_id"], strict=True)),
            dict(zip(self.classes["name"], self.classes["class_id"], strict=True)),
        )

    @cached_property
    def class_names(self) -> dict[int, str]:
        """Class names by id."""
        return {class_id: name for name, class_id in self.names.classes.items()}

    def model_row(self, model: str) -> dict[str, Any]:
        """The row of the table `models` with this name."""
        return self.models.row(by_predicate=pl.col("name") == model, named=True)

    def _key(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Hashable:
        return self.version, _name(function), frozen(args), frozen(kwargs)


def _name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def frozen(value: Any) -> Hashable:
    """A value that can be compared and hashed, in place of lists and dictionaries."""
    if isinstance(value, dict):
        return tuple((key, frozen(one)) for key, one in value.items())
    if isinstance(value, list | tuple):
        # a named tuple is a key of its own and stays comparable with a plain one
        return tuple(frozen(one) for one in value)
    if isinstance(value, set | frozenset):
        return frozenset(value)
    hash(value)
    return value  # type: ignore[no-any-return]
