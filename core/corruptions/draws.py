"""Random numbers that belong to an image, not to a batch.

One counter-based generator (Philox 4x64, Salmon et al. 2011) per (seed, corruption, severity): its
key comes from that triple through NumPy's SeedSequence, and the upper words of its counter are the
image's number and the number of the draw. Jumping to any image costs a third of a microsecond,
where seeding a generator for each would cost more than most corruptions.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.random import Generator, Philox, SeedSequence
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Number = TypeVar("Number", bound=np.generic)


@lru_cache(maxsize=1)
def normal_quantiles() -> Floats:
    """The standard normal's quantiles at (word + 0.5) / 65,536, float32 (65536,)."""
    from scipy.special import ndtri  # noqa: PLC0415  (importing the names must stay cheap)

    return np.asarray(ndtri((np.arange(1 << 16) + 0.5) / (1 << 16)), dtype=np.float32)


class Draws:
    """The random numbers of a batch of images, one independent stream an image and a draw."""

    def __init__(self, entropy: tuple[int, ...], numbers: NDArray[np.int64]) -> None:
        """Key the streams by ``entropy``; ``numbers`` (N,) are the images' own."""
        self._philox = Philox(SeedSequence(entropy))
        self._generator = Generator(self._philox)
        state: Any = self._philox.state
        self._key = [int(word) for word in state["state"]["key"]]
        self._numbers = [int(number) for number in numbers]
        self._draw = 0

    def normal(self, *shape: int) -> Floats:
        """Standard normal, float32 (N, *shape): one of 65,536 quantiles, none beyond 4.3."""
        return normal_quantiles().take(self.words(*shape))

    def uniform(self, low: float, high: float, *shape: int) -> Floats:
        """Uniform between ``low`` and ``high``, float32 (N, *shape)."""
        output = np.empty((len(self._numbers), int(np.prod(shape))), np.float32)
        self._fill(output, lambda row: self._generator.random(out=row, dtype=np.float32))
        output *= np.float32(high - low)
        output += np.float32(low)
        return output.reshape(-1, *shape)

    def words(self, *shape: int) -> NDArray[np.uint16]:
        """Uniform 16-bit words, uint16 (N, *shape)."""
        count = int(np.prod(shape))
        output = np.empty((len(self._numbers), -(-count // 4)), np.uint64)

        def fill(row: NDArray[np.uint64]) -> None:
            row[:] = self._philox.random_raw(len(row))

        self._fill(output, fill)
        return output.view(np.uint16)[:, :count].reshape(-1, *shape)

    def _fill(self, output: NDArray[Number], fill: Callable[[NDArray[Number]], Any]) -> None:
        """Let ``fill`` write each image's row from the start of the image's own stream."""
        for row, number in zip(output, self._numbers, strict=True):
            state: Any = {  # lists, not the arrays of NumPy's stubs: five times faster to set
                "bit_generator": "Philox",
                "state": {"counter": [0, 0, self._draw, number], "key": self._key},
                "buffer": [0, 0, 0, 0],
                "buffer_pos": 4,
                "has_uint32": 0,
                "uinteger": 0,
            }
            self._philox.state = state
            fill(row)
        self._draw += 1
