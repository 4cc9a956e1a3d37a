"""Tables of pairs in memory: asked by many at once, and without a database for each."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from core.store.combination import Key
from core.store.connection import Connection
from core.store.queries.comparison import outcome_counts
from core.store.queries.paired import PairedSamples, pair_table


def test_tables_that_are_asked_at_once_answer_for_themselves(connection: Connection) -> None:
    keys = [Key(model, condition) for model in range(4) for condition in range(3)]
    tables = [pair_table(connection, PairedSamples(keys[0], key)) for key in keys]
    expected = [outcome_counts(table) for table in tables]
    assert len({str(counts.rows()) for counts in expected}) > 6
    with ThreadPoolExecutor(8) as threads:
        asked = list(threads.map(outcome_counts, tables * 10))
    assert all(found.equals(counts) for found, counts in zip(asked, expected * 10, strict=True))


def test_a_table_is_a_frame_whose_size_the_cache_can_tell(connection: Connection) -> None:
    before = threading.active_count()
    table = pair_table(connection, PairedSamples(Key(0, 0), Key(2, 0)))
    assert table.height == 40
    assert table.estimated_size() > 40 * 8 * 4
    assert threading.active_count() == before
