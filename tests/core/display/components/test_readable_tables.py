"""Tables as people read them."""

from __future__ import annotations

import polars as pl

from core.display.components.table import readable


def test_booleans_are_words_and_p_values_are_not_powers_of_ten() -> None:
    rows = pl.DataFrame(
        {
            "retrained": [True, False, None],
            "p": [1e-143, 0.0312, None],
            "p (Holm)": [1.0, 0.5, 2e-4],
            "parameters": [1.5, 2.0, None],
            "p-like": [1e-9, 0.2, 0.3],
        }
    )
    found = readable(rows)
    assert found["retrained"].to_list() == ["yes", "no", None]
    assert found["p"].to_list() == [" < 0.0001", "0.031", None]
    assert found["p (Holm)"].to_list() == ["1", "0.5", "0.0002"]
    assert found.select("parameters", "p-like").equals(rows.select("parameters", "p-like"))
    assert found["p"].sort(nulls_last=True).to_list() == [" < 0.0001", "0.031", None]
