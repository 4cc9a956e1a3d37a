"""Tensors of other kinds than plain numbers in rows and columns, made plain without loss."""

from __future__ import annotations

import torch

from core.errors import InputError
from core.vision.checkpoints.unwrapping import Tensors


def made_exact(tensors: Tensors, *, source: str) -> tuple[Tensors, list[str]]:
    """Dense, unquantised tensors and notes on what was converted.

    Sparse ones become dense; quantised ones become the numbers that they stand for, which the
    network that was quantised computes with only nearly.

    Raises:
        InputError: complex numbers, or a kind that cannot be converted; the sentence names both.
    """
    plain: Tensors = {}
    sparse: list[str] = []
    quantised: list[str] = []
    for name, tensor in tensors.items():
        try:
            if tensor.is_quantized:
                plain[name] = tensor.dequantize()
                quantised.append(name)
            elif tensor.layout != torch.strided:
                plain[name] = tensor.to_dense()
                sparse.append(name)
            else:
                plain[name] = tensor.detach()
        except (RuntimeError, NotImplementedError) as error:
            raise InputError(
                f"expected plain tensors in {source}, found {name} as {tensor.layout} of "
                f"{tensor.dtype}, which cannot be made dense"
            ) from error
        if plain[name].is_complex():
            raise InputError(f"expected real numbers in {source}, found {name} as {tensor.dtype}")
    notes = []
    if sparse:
        notes.append(f"made {len(sparse)} sparse tensors dense")
    if quantised:
        notes.append(
            f"dequantised {len(quantised)} tensors ({quantised[0]}): the model that is measured "
            "computes with these weights in float32, activations are not quantised"
        )
    return plain, notes
