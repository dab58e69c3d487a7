"""Joint sign flips: p-values, step-down minP and limits of many contrasts from the same flips.

If two groups do not differ, they are interchangeable within a locality, and the difference between
them could as well have the other sign. A flip changes the sign of all differences of a locality at
once, so flips preserve the dependence between contrasts and dimensions. A group that is missing in
a locality affects only its own contrasts.

Notation: L localities, M contrasts, R flips. A flip reverses the localities of a subset A, and the
sum of a contrast's differences d becomes T(A) = Σd - 2·Σ_A d. The first flip reverses none.

References
----------
Hartigan, J. A. (1969), Using subsample values as typical values, Journal of the American
Statistical Association 64, 1303-1317.
Ge, Y., Dudoit, S. & Speed, T. P. (2003), Resampling-based multiple testing for microarray data
analysis, Test 12, 1-77, doi:10.1007/BF02595811.
Hemerik, J. & Goeman, J. (2018), Exact testing with random permutations, Test 27, 811-825,
doi:10.1007/s11749-017-0571-1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

MAX_ENUMERATED = 17
# Sums of score differences that are closer than this differ only by floating-point rounding.
TOLERANCE = 1e-8
# One in so many flips lies outside each 95 % limit.
_TAIL = 40
# One in so many studies without any difference may have a significant contrast: 5 %.
_LEVEL = 20
_CHUNK = 2**22
# As many numbers of random flips are kept for the next call, at most.
_MAX_KEPT = 2**23


@dataclass(frozen=True)
class Flipped:
    """Test results of each contrast; `low` and `high` are NaN where no limit is attainable.

    A contrast whose unadjusted p is at most `level` has an adjusted p below 5 %, whatever the other
    contrasts are; `level` is 0 where no p is small enough. `draws` is the number of flips: of all
    if `enumerated`, else of the random ones.
    """

    p: np.ndarray
    p_adjusted: np.ndarray
    p_smallest: np.ndarray
    low: np.ndarray
    high: np.ndarray
    level: float
    draws: int
    enumerated: bool


def flip_signs(
    differences: np.ndarray, *, draws: int, seed: int, people: np.ndarray | None = None
) -> Flipped:
    """Test the mean of each column, two-sided, and return its limits.

    Parameters
    ----------
    differences : ndarray, with shape (L, M)
        Within-locality differences; NaN where a locality does not have the contrast. With
        `people`, the sums of their differences.
    draws : int
        Number of random flips when L exceeds 17; up to there all 2^L are enumerated.
    seed : int
        The seed of the random flips.
    people : ndarray, with shape (L, M), optional
        The number of people behind each sum. The limits are then those of a shift of every person's
        difference: a subset's mean is Σ_A d over its people.

    Notes
    -----
    p = #{A: |T(A)| >= |T|} / R, where the R flips include the identity: R = 2^L or 1 + draws.
    """
    present = np.isfinite(differences)
    differences = np.where(present, differences, 0.0)
    enumerated = len(differences) <= MAX_ENUMERATED
    sizes = present.astype(float) if people is None else np.where(present, people, 0.0)
    # Contrasts over the same localities share their sizes; most studies have a handful of patterns.
    patterns, pattern = np.unique(sizes, axis=1, return_inverse=True)
    summed = _subset_sums(np.hstack([differences, patterns]), draws=draws, seed=seed)
    sums, sizes = np.split(summed, [differences.shape[1]], axis=1)
    flips = len(summed)
    # The flip of all other localities has the opposite sum and the same |T|: half of them suffice.
    tested = sums[: max(1, flips // 2)] if enumerated else sums
    extreme = _as_extreme(tested, differences.sum(axis=0))
    low, high = _limits(sums, sizes, pattern.ravel())
    turning = (np.abs(differences) > TOLERANCE).sum(axis=0)
    return Flipped(
        p=extreme[0] / len(tested),
        p_adjusted=_step_down(extreme) / len(tested),
        p_smallest=np.maximum(2.0 ** (1 - turning), 1 / flips),
        low=low,
        high=high,
        level=_level(extreme) / len(tested),
        draws=flips if enumerated else draws,
        enumerated=enumerated,
    )


class FlippedVariants:
    """Sign flips of thousands of variants of a family, which share most of their contrasts.

    Each variant is tested as `flip_signs` tests all its contrasts. But random flips replace the
    enumeration at fewer localities, and only whether the adjusted p is below 5 % is returned.
    """

    def __init__(self, fixed: np.ndarray, present: np.ndarray, *, draws: int, seed: int) -> None:
        """Flip the contrasts that all variants share.

        Parameters
        ----------
        fixed : ndarray, with shape (L, M)
            The shared contrasts.
        present : ndarray of bool, with shape (L,)
            The localities that have any of the variants' own contrasts.
        draws, seed : int
            Number of random flips where more would have to be enumerated, and their seed.
        """
        self._placed = np.isfinite(fixed).any(axis=1) | present
        fixed = np.nan_to_num(fixed[self._placed])
        enumerated = 2 ** len(fixed) <= 1 + draws
        most = MAX_ENUMERATED if enumerated else 0
        turned = np.concatenate(list(_turned(len(fixed), draws=draws, seed=seed, most=most)))
        self._turned = turned[: max(1, len(turned) // 2)] if enumerated else turned
        extreme = _as_extreme(self._turned @ fixed, fixed.sum(axis=0))
        order = np.argsort(extreme[0], kind="stable")
        self._counts = extreme[0, order]
        # Per flip: the smallest count over the shared contrasts from each one on, in this order.
        self._rest = np.full((len(order) + 1, len(extreme)), len(extreme), dtype=extreme.dtype)
        for place, contrast in reversed(list(enumerate(order))):
            np.minimum(self._rest[place + 1], extreme[:, contrast], out=self._rest[place])

    @property
    def flips(self) -> int:
        """Return the number of flips that every contrast is tested by."""
        return len(self._turned)

    def significant(self, varied: np.ndarray) -> np.ndarray:
        """Return whether each contrast's adjusted p is below 5 %, with shape (W, K).

        Parameters
        ----------
        varied : ndarray, with shape (L, W, K)
            The K contrasts that each of the W variants has of its own.

        Notes
        -----
        Contrasts are tested in the order of their p. Each step asks how many flips are at least as
        extreme, for any contrast not yet tested, as this contrast is by its own count (step-down
        minP). A contrast is significant if its own step and all before it find less than 5 %.
        """
        own = np.nan_to_num(varied[self._placed])
        _, variants, contrasts = own.shape
        sums = (own.reshape(len(own), -1).T @ self._turned.T).reshape(variants, contrasts, -1)
        # In place: there are millions of them.
        sums *= -2
        sums += own.sum(axis=0)[..., np.newaxis]
        statistics = np.abs(sums, out=sums)
        # The first flip reverses nothing: it is what was observed.
        counts = (statistics >= statistics[..., :1] - TOLERANCE).sum(axis=2)
        found = np.zeros((variants, contrasts), dtype=bool)
        most = self.flips // _LEVEL + 1
        # Elsewhere the first step already finds too many flips.
        for variant in np.flatnonzero(counts.min(axis=1, initial=self.flips) * _LEVEL < self.flips):
            largest = np.partition(statistics[variant], -most, axis=1)[:, -most:]
            largest.sort(axis=1)
            found[variant] = self._steps(counts[variant], statistics[variant] - TOLERANCE, largest)
        return found

    def _steps(self, counts: np.ndarray, statistics: np.ndarray, largest: np.ndarray) -> np.ndarray:
        """Return whether each contrast of one variant passes its own step and all before it."""
        significant = np.zeros(len(counts), dtype=bool)
        order = np.argsort(counts, kind="stable")
        shared = 0
        for place, contrast in enumerate(order):
            rest = order[place:]
            while shared < len(self._counts) and self._counts[shared] < counts[contrast]:
                if not self._passes(self._counts[shared], shared, rest, statistics, largest):
                    return significant
                shared += 1
            if not self._passes(counts[contrast], shared, rest, statistics, largest):
                return significant
            significant[contrast] = True
        return significant

    def _passes(
        self,
        count: int,
        shared: int,
        rest: np.ndarray,
        statistics: np.ndarray,
        largest: np.ndarray,
    ) -> bool:
        """Return whether less than 5 % of flips have so small a count in any contrast left.

        Left are the shared contrasts from `shared` on and the variant's own in `rest`. A flip's
        count is at most `count` where its statistic exceeds all but `count` of them. `largest` are
        the largest statistics of each contrast, in ascending order.
        """
        if count * _LEVEL >= self.flips:
            return False
        reached = self._rest[shared] <= count
        for contrast in rest:
            reached |= statistics[contrast] > largest[contrast, -1 - count]
        return int(reached.sum()) * _LEVEL < self.flips


def _subset_sums(columns: np.ndarray, *, draws: int, seed: int) -> np.ndarray:
    """Return Σ_A of each column, one row per flip."""
    localities, width = columns.shape
    flips = 2**localities if localities <= MAX_ENUMERATED else 1 + draws
    summed = np.empty((flips, width), order="F")
    done = 0
    for turned in _turned(localities, draws=draws, seed=seed):
        summed[done : done + len(turned)] = turned @ columns
        done += len(turned)
    return summed


def _turned(
    localities: int, *, draws: int, seed: int, most: int = MAX_ENUMERATED
) -> Iterator[np.ndarray]:
    """Yield which localities each flip reverses (0 or 1), in chunks; the first reverses none."""
    if localities <= most:
        flips = np.arange(2**localities)[:, np.newaxis]
        yield ((flips >> np.arange(localities)) & 1).astype(float)
    elif draws * localities <= _MAX_KEPT:
        yield _drawn_at_once(localities, draws, seed)
    else:
        yield from _drawn(localities, draws, seed)


@lru_cache(maxsize=2)
def _drawn_at_once(localities: int, draws: int, seed: int) -> np.ndarray:
    """Return all random flips; families and runs of the same localities share them."""
    return np.concatenate(list(_drawn(localities, draws, seed)))


def _drawn(localities: int, draws: int, seed: int) -> Iterator[np.ndarray]:
    yield np.zeros((1, localities))
    rng = np.random.default_rng(seed)
    step = max(1, _CHUNK // localities)
    for start in range(0, draws, step):
        size = (min(step, draws - start), localities)
        yield rng.integers(0, 2, size=size, dtype=np.int8).astype(float)


def _as_extreme(sums: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Return how many flips reach each flip's |T|, per contrast; ties within TOLERANCE."""
    extreme = np.empty(sums.shape, dtype=np.int32, order="F")
    for contrast, total in enumerate(totals):
        statistics = np.abs(total - 2 * sums[:, contrast])
        order = np.argsort(statistics)
        ascending = statistics[order]
        below = np.searchsorted(ascending, ascending - TOLERANCE)
        extreme[order, contrast] = len(order) - below
    return extreme


def _step_down(extreme: np.ndarray) -> np.ndarray:
    """Return, per contrast, how many flips have a smallest p at least as small as its own.

    The smallest p is taken over this contrast and those with larger p. This is minP of Ge, Dudoit &
    Speed (2003), on counts instead of p-values, because counts compare exactly.
    """
    order = np.argsort(extreme[0], kind="stable")
    smallest = np.full(len(extreme), len(extreme), dtype=extreme.dtype)
    reached = np.empty(len(order), dtype=np.int64)
    for place, contrast in reversed(list(enumerate(order))):
        np.minimum(smallest, extreme[:, contrast], out=smallest)
        reached[place] = (smallest <= extreme[0, contrast]).sum()
    adjusted = np.empty_like(reached)
    adjusted[order] = np.maximum.accumulate(reached)
    return adjusted


def _level(extreme: np.ndarray) -> int:
    """Return how many flips may reach a contrast's |T| if its adjusted p is to be below 5 %."""
    flips, contrasts = extreme.shape
    if not contrasts:
        return 0
    smallest, counts = np.unique(extreme.min(axis=1), return_counts=True)
    fit = smallest[np.cumsum(counts) * _LEVEL < flips]
    return int(fit[-1]) if len(fit) else 0


def _limits(
    sums: np.ndarray, sizes: np.ndarray, pattern: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and the highest shift that the two-sided test does not reject at 5 %.

    After a shift by δ, the flip of A reaches the observed sum where the mean of d over A is at most
    δ, so the limits are order statistics of the subset means (Hartigan 1969). A flip that reverses
    none of a contrast's localities reaches it under every shift. With too few localities, these
    flips alone exceed the level, and there is no limit.
    """
    flips, contrasts = sums.shape
    outside = flips // _TAIL
    limits = np.full((2, contrasts), np.nan)
    for contrast in range(contrasts):
        size = sizes[:, pattern[contrast]]
        turning = size > 0
        if flips - turning.sum() <= outside:
            means = np.full(flips, -np.inf)
            np.divide(sums[:, contrast], size, out=means, where=turning)
            limits[0, contrast] = np.partition(means, outside)[outside]
            means[~turning] = np.inf
            limits[1, contrast] = np.partition(means, -1 - outside)[-1 - outside]
    return limits[0], limits[1]
