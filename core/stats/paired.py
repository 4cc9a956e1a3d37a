"""Two combinations on the same images: difference of accuracy, its interval, McNemar's p-value."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from core.stats.intervals import Z_95
from core.stats.significance import mcnemar_p_value

# Each halving takes a bit of the limit: the last one is far below what anybody reads.
_HALVINGS = 50


@dataclass(frozen=True)
class PairedAccuracy:
    """How often two combinations are right on the same samples, and where they differ.

    Attributes:
        samples: how many there are, at least one.
        reference_correct: those that the reference gets right.
        compared_correct: those that the compared gets right.
        broken: right under the reference, wrong under the compared.
        fixed: wrong under the reference, right under the compared.
    """

    samples: int
    reference_correct: int
    compared_correct: int
    broken: int
    fixed: int

    @property
    def difference(self) -> float:
        """Accuracy of the compared minus that of the reference, a fraction."""
        return (self.fixed - self.broken) / self.samples

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the difference, as `paired_interval` gives it."""
        return paired_interval(self.broken, self.fixed, self.samples)

    @property
    def p_value(self) -> float:
        """Of McNemar's exact test."""
        return mcnemar_p_value(self.broken, self.fixed)


def paired_interval(
    broken: int, fixed: int, samples: int, *, z: float = Z_95
) -> tuple[float, float]:
    """Tango's score interval of a difference of paired proportions (Tango 1998), 95 % by default.

    It holds the differences that the score test does not reject, so that at zero it agrees with
    McNemar's asymptotic test, it stays within -1 and 1, and it has a width where nothing changed;
    Fagerland, Lydersen and Laake (2014) recommend it for few and for many pairs.

    Args:
        broken: samples right before and wrong after.
        fixed: samples wrong before and right after.
        samples: all of them, also those that didn't change.
        z: quantile of the normal distribution.

    Returns:
        Low and high of the share of fixed minus the share of broken samples.

    Raises:
        ValueError: no samples, a negative count, or more changes than samples.
    """
    if min(broken, fixed) < 0 or broken + fixed > samples or samples == 0:
        raise ValueError(
            f"expected changes among at least one sample, found {broken} broken and {fixed} fixed "
            f"of {samples}."
        )
    return -_upper_limit(fixed, broken, samples, z), _upper_limit(broken, fixed, samples, z)


def _upper_limit(broken: int, fixed: int, samples: int, z: float) -> float:
    """The largest difference that the score test does not reject, by halving."""
    kept, rejected = (fixed - broken) / samples, 1.0
    for _ in range(_HALVINGS):
        middle = (kept + rejected) / 2
        if _too_small(broken, fixed, samples, middle, z):
            rejected = middle
        else:
            kept = middle
    return kept


def _too_small(broken: int, fixed: int, samples: int, difference: float, z: float) -> bool:
    """Whether the observed difference lies more than z standard errors below another one."""
    # the share of broken samples that is likeliest under that difference (Tango 1998)
    square = 2 * samples
    linear = -broken - fixed + (2 * samples - fixed + broken) * difference
    constant = -broken * difference * (1 - difference)
    root = sqrt(max(0.0, linear * linear - 4 * square * constant))
    share = (root - linear) / (2 * square)
    variance = samples * (2 * share + difference * (1 - difference))
    return samples * difference - (fixed - broken) > z * sqrt(max(0.0, variance))
