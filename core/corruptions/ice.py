"""Generated ice: textures with the statistics of the authors' photographs of frost.

A texture is the sum of three random fields, turned into a colour: a slow drift of brightness,
flakes (a falling power spectrum) and grain (a flat one). The contrast of flakes and grain changes
from patch to patch, and so does the direction that they lie in. The photographs' textures were
solved from images that the authors' script frosted, and the numbers below were fitted to means
over crops of 32 x 32 pixels: power in nine bands of frequency and its spread from crop to crop,
contrast from crop to crop and within one, skewness, and how contrast goes with brightness. How
much the directions differ was set by one network's accuracy on half of those images.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.corruptions.grey_levels import Images

Field = NDArray[np.float64]

SIDE = 256
"""Pixels a side of a texture, which belongs to images of 32 x 32."""

_DIRECTION_PATCH = 4.0
_SEED = 19

_DOWN = np.fft.fftfreq(SIDE)[:, None]
_RIGHT = np.fft.rfftfreq(SIDE)
_FREQUENCY = np.hypot(_DOWN, _RIGHT)
"""Cycles a pixel, laid out as `rfft2` does; likewise the cosine and sine of twice the direction."""

_SQUARE = np.where(_FREQUENCY == 0, 1, _FREQUENCY**2)
_UPRIGHT = (_DOWN**2 - _RIGHT**2) / _SQUARE
_DIAGONAL = 2 * _DOWN * _RIGHT / _SQUARE


@dataclass(frozen=True)
class Ice:
    """The statistics of one texture; grey levels and pixels.

    Attributes:
        colour: mean of red, green and blue over crops.
        brighter: change of each when the sum of the fields rises by one level; 1 on average.
        tint: change of each when the field of tint rises by one standard deviation.
        grain: standard deviation of the grain.
        grain_skew: shape of the grain's log-normal distribution: above 0, bright spots.
        flakes: standard deviation of the flakes.
        bend: frequency (cycles a pixel) above which the flakes' power falls.
        fall: half the power of frequency that it falls with there.
        drift: standard deviation and length of the drift.
        grain_contrast: standard deviation of the logarithm of the grain's local contrast.
        flake_contrast: the same of the flakes'.
        contrast_patch: length over which contrast changes.
        shared: correlation of the two contrasts, apart from what the drift gives them.
        contrast_with_drift: correlation of both with the drift: above 0, bright places are rough.
        direction: standard deviation of the share by which a place's own direction is amplified.
    """

    colour: tuple[float, float, float]
    brighter: tuple[float, float, float]
    tint: tuple[float, float, float]
    grain: float
    grain_skew: float
    flakes: float
    bend: float
    fall: float
    drift: tuple[float, float]
    grain_contrast: float
    flake_contrast: float
    contrast_patch: float
    shared: float
    contrast_with_drift: float
    direction: float


_BLUE_GREY = Ice(
    colour=(143.5, 158.3, 171.1),
    brighter=(0.99, 0.99, 1.02),
    tint=(1.5, 0.9, -2.3),
    grain=21.9,
    grain_skew=-0.02,
    flakes=11.2,
    bend=0.196,
    fall=1.40,
    drift=(14.0, 23),
    grain_contrast=0.376,
    flake_contrast=0.396,
    contrast_patch=3.8,
    shared=0.72,
    contrast_with_drift=-0.02,
    direction=0.7,
)
_TEAL = Ice(
    colour=(76.6, 148.0, 164.7),
    brighter=(1.49, 0.865, 0.645),
    tint=(-7.2, 5.3, 9.5),
    grain=9.46,
    grain_skew=0.284,
    flakes=9.59,
    bend=0.0211,
    fall=1.55,
    drift=(12.4, 28.5),
    grain_contrast=0.224,
    flake_contrast=0.393,
    contrast_patch=13.6,
    shared=0.71,
    contrast_with_drift=0.32,
    direction=1.0,
)
_WHITE = Ice(
    colour=(198.5, 202.9, 212.2),
    brighter=(0.965, 1.0, 1.035),
    tint=(1.35, 0.1, -1.35),
    grain=11.75,
    grain_skew=-0.406,
    flakes=11.2,
    bend=0.144,
    fall=1.01,
    drift=(12.3, 20.2),
    grain_contrast=0.327,
    flake_contrast=0.233,
    contrast_patch=10.7,
    shared=0.99,
    contrast_with_drift=-0.70,
    direction=1.0,
)
_DARK_GREY = Ice(
    colour=(102.8, 114.1, 125.9),
    brighter=(1.02, 1.005, 0.975),
    tint=(-1.1, -0.1, 1.3),
    grain=25.1,
    grain_skew=0.165,
    flakes=22.7,
    bend=0.0725,
    fall=1.51,
    drift=(17.5, 30),
    grain_contrast=0.238,
    flake_contrast=0.24,
    contrast_patch=11,
    shared=0.90,
    contrast_with_drift=0.27,
    direction=1.0,
)
ICES = (_BLUE_GREY, _TEAL, _WHITE, _WHITE, _DARK_GREY)
"""As many as the authors' script draws from: it meets one of its photographs under two names."""


def make_textures() -> Iterator[Images]:
    """Make the texture of each of ``ICES``, uint8 (SIDE, SIDE, 3); always the same, no seams."""
    generator = np.random.Generator(np.random.Philox(_SEED))
    for ice in ICES:
        levels = _brightness(ice, generator)[..., None] * np.array(ice.brighter)
        levels += _tint(ice, generator)[..., None] * np.array(ice.tint)
        levels += np.array(ice.colour)
        yield np.rint(np.clip(levels, 0, 255)).astype(np.uint8)


def _brightness(ice: Ice, generator: np.random.Generator) -> Field:
    """Drift, flakes and grain, in levels around 0."""
    strength, length = ice.drift
    drift = _drift(length, generator)
    first, second = (_patches(ice.contrast_patch, generator) for _ in range(2))
    second = ice.shared * first + np.sqrt(1 - ice.shared**2) * second
    followed = ice.contrast_with_drift * drift
    own = np.sqrt(1 - ice.contrast_with_drift**2)
    directions = [ice.direction * _patches(_DIRECTION_PATCH, generator) for _ in range(2)]
    flakes = _directed(_flakes(ice), directions, generator)
    flakes *= ice.flakes * _contrast(ice.flake_contrast, followed + own * first)
    grain = _skewed(_directed(np.ones_like(_FREQUENCY), directions, generator), ice.grain_skew)
    grain *= ice.grain * _contrast(ice.grain_contrast, followed + own * second)
    return np.asarray(strength * drift + flakes + grain)


def _tint(ice: Ice, generator: np.random.Generator) -> Field:
    """A field with the power spectrum of the brightness and no patches, of deviation 1."""
    strength, length = ice.drift
    field = strength * _drift(length, generator)
    field += ice.flakes * _field(_flakes(ice), generator)
    field += ice.grain * generator.standard_normal((SIDE, SIDE))
    return np.asarray(field / field.std())


def _flakes(ice: Ice) -> Field:
    """Amplitude by frequency."""
    return np.asarray((1 + (_FREQUENCY / ice.bend) ** 2) ** (-ice.fall / 2))


def _drift(length: float, generator: np.random.Generator) -> Field:
    return _field(np.exp(-((np.pi * length * _FREQUENCY) ** 2) / 2), generator)


def _patches(length: float, generator: np.random.Generator) -> Field:
    """A field whose correlation falls as exp(-distance / length)."""
    return _field((1 + (2 * np.pi * length * _FREQUENCY) ** 2) ** -0.75, generator)


def _field(amplitude: Field, generator: np.random.Generator) -> Field:
    """Return noise with this amplitude by frequency, of mean 0 and deviation 1."""
    field = _filtered(_spectrum(generator), amplitude)
    return np.asarray(field / field.std())


def _directed(amplitude: Field, directions: list[Field], generator: np.random.Generator) -> Field:
    """Return such noise with more power in the direction that each place prefers.

    Args:
        amplitude: by frequency.
        directions: at each place, how much of the cosine and the sine of twice the direction is
            added to the amplitude, as a share of it.
        generator: of the noise.
    """
    spectrum = _spectrum(generator)
    field = _filtered(spectrum, amplitude)
    deviation = field.std()
    for strength, pattern in zip(directions, (_UPRIGHT, _DIAGONAL), strict=True):
        field += strength * _filtered(spectrum, amplitude * pattern)
    # cosine and sine share the power evenly: each direction field adds half its mean square
    added = sum(float((strength**2).mean()) for strength in directions) / 2
    return np.asarray(field / (deviation * np.sqrt(1 + added)))


def _spectrum(generator: np.random.Generator) -> NDArray[np.complex128]:
    return np.asarray(np.fft.rfft2(generator.standard_normal((SIDE, SIDE))))


def _filtered(spectrum: NDArray[np.complex128], amplitude: Field) -> Field:
    """Back to pixels, without the mean."""
    weights = np.where(_FREQUENCY == 0, 0, amplitude)
    return np.asarray(np.fft.irfft2(spectrum * weights, (SIDE, SIDE)))


def _contrast(strength: float, field: Field) -> Field:
    """Return a log-normal factor with a mean square of 1."""
    return np.asarray(np.exp(strength * field - strength**2))


def _skewed(field: Field, skew: float) -> Field:
    """Give a field a log-normal distribution; mean and deviation stay 0 and 1."""
    square = np.exp(skew**2)
    spread = np.sign(skew) * np.sqrt(square * (square - 1))
    return np.asarray((np.exp(skew * field) - np.sqrt(square)) / spread)
