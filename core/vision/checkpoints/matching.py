"""Which tensor of a checkpoint is which of the network's, by the names that fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.vision.checkpoints.unwrapping import PREFIXES

# what wrappers of parts of a network put into the middle of a name
INNER_WRAPPERS = frozenset({"_orig_mod", "_checkpoint_wrapped_module", "_fsdp_wrapped_module"})
COUNTERS = frozenset({"total_ops", "total_params"})
AUXILIARY = ("aux",)  # heads that run while training only: aux1, aux2, AuxLogits, aux_head
LOSSES = ("criterion", "loss", "metric", "train_acc", "val_acc", "test_acc", "ema_decay")


@dataclass(frozen=True)
class Match:
    """How the names in a file become the network's.

    Attributes:
        names: the file's name -> the network's.
        prefix: what stands before every one of them in the file and not in the network.
        beside: names that are outside the prefix, or known to belong to no network.
        unexpected: other names that the network does not have.
        rivals: other prefixes that fit as well.
    """

    names: Mapping[str, str]
    prefix: str
    beside: tuple[str, ...]
    unexpected: tuple[str, ...]
    rivals: tuple[str, ...]


def match_names(found: Iterable[str], expected: Iterable[str]) -> Match:
    """The prefix under which most of the network's names are found, and what that makes of all.

    Wrappers of parts of a network (compiled, checkpointed, sharded) are taken out of names on both
    sides; parts named module only where the names fit better so.
    """
    found = list(found)
    own = {without_wrappers(name): name for name in expected}
    best = _best(found, own, frozenset())
    without = _best(found, own, frozenset({"module"}))
    return without if len(without.names) > len(best.names) else best


def _best(found: list[str], own: Mapping[str, str], dropped: frozenset[str]) -> Match:
    plain = {without_wrappers(name, dropped): name for name in found}
    pairs: dict[tuple[str, str], int] = {("", ""): sum(name in own for name in plain)}
    by_leaf: dict[str, list[str]] = {}
    for name in plain:
        by_leaf.setdefault(name.rpartition(".")[2], []).append(name)
    for wanted in own:
        for name in by_leaf.get(wanted.rpartition(".")[2], ()):
            pair = _prefixes(name, wanted)
            if pair is not None:
                pairs[pair] = pairs.get(pair, 0) + (pair != ("", ""))
    # of equals the shortest, those that are known before others
    ranked = sorted(
        pairs, key=lambda pair: (-pairs[pair], len(pair[0] + pair[1]), not _is_known(pair[0]), pair)
    )
    theirs, ours = ranked[0]
    names = {}
    beside: list[str] = []
    unexpected: list[str] = []
    for name, raw in plain.items():
        target = ours + name.removeprefix(theirs)
        if name.startswith(theirs) and target in own:
            names[raw] = own[target]
        elif not name.startswith(theirs) or _is_beside(name.removeprefix(theirs)):
            beside.append(raw)
        else:
            unexpected.append(raw)
    rivals = tuple(
        pair[0]
        for pair in ranked[1:]
        if pairs[pair] == pairs[ranked[0]] and pair[1] == ours and not _is_known(theirs)
    )
    return Match(names, theirs, tuple(beside), tuple(unexpected), rivals)


def _prefixes(name: str, wanted: str) -> tuple[str, str] | None:
    """What stands before the common end of two names in each, if that is all of one of them."""
    if name == wanted:
        return "", ""
    if name.endswith(f".{wanted}"):
        return name.removesuffix(wanted), ""
    if wanted.endswith(f".{name}"):
        return "", wanted.removesuffix(name)
    return None


def without_wrappers(name: str, dropped: frozenset[str] = frozenset()) -> str:
    """A name without INNER_WRAPPERS and other parts, but for its last one."""
    parts = name.split(".")
    return ".".join(
        part
        for number, part in enumerate(parts)
        if part not in INNER_WRAPPERS and (part not in dropped or number == len(parts) - 1)
    )


def _is_known(prefix: str) -> bool:
    while prefix:
        known = next((one for one in PREFIXES if prefix.startswith(one)), None)
        if known is None:
            return False
        prefix = prefix.removeprefix(known)
    return True


def _is_beside(name: str) -> bool:
    parts = name.lower().split(".")
    return (
        parts[-1] in COUNTERS
        or parts[0].startswith(AUXILIARY)
        or (len(parts) > 1 and parts[0].startswith(LOSSES))
        or parts[0] == "n_averaged"
    )
