"""Noise that is drawn for every value on its own: gaussian, shot, impulse and speckle."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.corruptions.draws import Draws
from core.corruptions.grey_levels import Images, truncate

_WORDS = 1 << 16


def gaussian_noise(images: Images, severity: int, draws: Draws) -> Images:
    """Add normal noise of one standard deviation (in units of the full range) to every value."""
    deviation = (0.04, 0.06, 0.08, 0.09, 0.10)[severity - 1]
    noise = draws.normal(*images.shape[1:])
    noise *= np.float32(255 * deviation)
    noise += images
    return truncate(noise)


def speckle_noise(images: Images, severity: int, draws: Draws) -> Images:
    """Multiply every value by one plus normal noise."""
    deviation = (0.06, 0.1, 0.12, 0.16, 0.2)[severity - 1]
    noise = draws.normal(*images.shape[1:])
    noise *= np.float32(deviation)
    noise += np.float32(1)
    noise *= images
    return truncate(noise)


def shot_noise(images: Images, severity: int, draws: Draws) -> Images:
    """Replace every value by a count of photons, Poisson with the value as its mean.

    The Poisson law of each of the 256 grey levels is inverted once at 65,536 quantiles, so a value
    costs one 16-bit random word and one look-up; the tail below 2^-17 is what this cuts off.
    """
    photons = (500, 250, 100, 75, 50)[severity - 1]
    table = _photon_table(photons)
    places = images.astype(np.int32)
    places *= _WORDS
    places += draws.words(*images.shape[1:])
    return table.take(places)


def impulse_noise(images: Images, severity: int, draws: Draws) -> Images:
    """Set a share of the values to black or white, evenly (salt and pepper)."""
    amount = (0.01, 0.02, 0.03, 0.05, 0.07)[severity - 1]
    words = draws.words(*images.shape[1:])
    half = round(amount / 2 * _WORDS)
    output = images.copy()
    output[words < half] = 0
    output[words >= _WORDS - half] = 255
    return output


@lru_cache(maxsize=2)
def _photon_table(photons: int) -> NDArray[np.uint8]:
    """Return the noisy grey level for each (grey level, 16-bit word), flat, 16 MiB."""
    from scipy.stats import poisson  # noqa: PLC0415  (half a second to import)

    quantiles = (np.arange(_WORDS) + 0.5) / _WORDS
    table = np.empty((256, _WORDS), np.uint8)
    for level in range(256):
        mean = level / 255 * photons
        counts = np.arange(int(mean + 10 * np.sqrt(mean) + 10))
        drawn = np.searchsorted(poisson.cdf(counts, mean), quantiles)
        table[level] = np.clip(drawn / photons, 0, 1) * 255
    return table.reshape(-1)
