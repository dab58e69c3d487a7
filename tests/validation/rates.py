"""How often the families are wrong about studies without a difference.

Familywise error, coverage of the limits, claims of sentences, and the warning of skew.
"""

from collections.abc import Iterator
from concurrent.futures import Executor
from functools import partial

import numpy as np
import pandas as pd
from scipy import stats

from umid_research.analysis.compare.verdicts import verdicts
from umid_research.analysis.verdicts import STATED
from validation.line import Line, at_least, at_most
from validation.null_studies import (
    BOUND,
    CONDITIONS,
    FAMILIES,
    Condition,
    Found,
    compare_families,
    draw_studies,
    warned,
)
from validation.prose import WHOLE, stated_studies

LEVEL = 0.05
MAX_WRONG = {"A": 0.06, "B": 0.055, "C": 0.055, "D": 0.06}
LEAST_COVERED = 0.94
MAX_FALSE_WARNINGS = 0.1
SENTENCE_STUDIES = 2_000
ALL = "all"
# The level at which the share of reports that state a difference may exceed 5 %.
GATE = 0.01
# Sign flips carry the warning of skew.
_WARNED = ("A", "D")
_CHUNK, _PROSE_CHUNK = 250, 50


def null_rates(studies: int, pool: Executor) -> Iterator[Line]:
    """Error, coverage and claims of every condition; the analysis plan, section 6, has the bounds.

    Within the assumptions all have a bound. Beyond them, B and C keep theirs, and A and D err no
    more often in dimensions without a warning than they may in all.
    """
    for condition in CONDITIONS:
        parts = list(pool.map(partial(tally, condition), chunks(studies, _CHUNK)))
        counts = _summed(parts)
        for family in FAMILIES:
            yield from _rates(condition, family, counts.loc[family])
        yield from _warnings(condition, counts)
        few = _summed(parts[: -(-SENTENCE_STUDIES // _CHUNK)])
        bound = condition in BOUND
        yield from _claims("claims", condition, few["claimed"], few["studies"], bound=bound)


def claims_in_prose(studies: int, pool: Executor) -> Iterator[Line]:
    """The same by the whole reports, in the condition in which A and D err most."""
    condition = BOUND[0]
    parts = pool.map(partial(stated_studies, condition), chunks(studies, _PROSE_CHUNK))
    yield from prose_lines(condition, pd.concat(list(parts), ignore_index=True))


def prose_lines(condition: Condition, text: pd.DataFrame) -> Iterator[Line]:
    """Count the claims of all studies; those whose texts were not made count as without.

    The whole report may state a difference in at most 5 % of studies, by a one-sided binomial test
    at 1 %. Leads of the other families are shown beside it.
    """
    near = text.pop("near")
    looked = text.notna().all(axis=1)
    claims = (text == True).assign(all=lambda of: of.any(axis=1))  # noqa: E712
    stated = int(claims[WHOLE].sum())
    p = stats.binomtest(stated, len(claims), LEVEL, alternative="greater").pvalue
    share = f"{100 * stated / len(claims):.2f} % of {len(claims):,}"
    yield Line(WHOLE, condition.name, share, f"not > {100 * LEVEL:g} %", bool(p >= GATE))
    for family in FAMILIES[1:]:
        yield at_most(
            f"{family}: leads", condition.name, int(claims[family].sum()), len(claims), None
        )
    silent = claims[looked & ~near]
    where = f"{condition.name}, no adjusted p < 0.1"
    if silent.empty:
        return
    yield at_most("prose, the studies left out", where, int(silent[ALL].sum()), len(silent), 0.0)


def chunks(studies: int, size: int) -> list[range]:
    """The seeds of so many studies, in pieces for the workers."""
    return [range(start, min(start + size, studies)) for start in range(0, studies, size)]


def tally(condition: Condition, seeds: range) -> pd.DataFrame:
    """Per family, how many of `studies` reject or claim, and how many of `limits` are right.

    `unwarned` are those that reject in a dimension without the warning of skew. The line "all"
    counts studies with a claim in any family, and how many of `dimensions` are warned.
    """
    studies = draw_studies(condition, seeds)
    warnings = warned(studies)
    rows, anything = {}, np.zeros(len(seeds), dtype=bool)
    for family, found in compare_families(studies).items():
        rejected = found.p_adjusted < LEVEL
        claimed = _claimed(found).any(axis=1)
        anything |= claimed
        rows[family] = {
            "studies": len(seeds),
            "rejected": rejected.any(axis=1).sum(),
            "unwarned": (rejected & ~warnings[:, found.dimension]).any(axis=1).sum(),
            "claimed": claimed.sum(),
            "covered": ((found.low <= 0) & (found.high >= 0)).sum(),
            "limits": np.isfinite(found.low).sum(),
        }
    rows[ALL] = {
        "studies": len(seeds),
        "claimed": anything.sum(),
        "warned": warnings.sum(),
        "dimensions": warnings.size,
    }
    return pd.DataFrame(rows).T.fillna(0).astype(int)


def _claimed(found: Found) -> np.ndarray:
    """Return what a sentence would state; studies × contrasts."""
    # The estimate only decides whether there is a verdict, and here each contrast has one.
    found_verdicts = verdicts(np.zeros_like(found.low), found.low, found.high, found.p_adjusted)
    return np.isin(found_verdicts, STATED)


def _summed(parts: list[pd.DataFrame]) -> pd.DataFrame:
    return sum(parts[1:], start=parts[0])


def _rates(condition: Condition, family: str, row: pd.Series) -> Iterator[Line]:
    most, within = MAX_WRONG[family], condition in BOUND
    bounded = within or family not in _WARNED
    counts = {"rejected": "familywise error"} | (
        {} if bounded else {"unwarned": "the same, unwarned"}
    )
    for count, word in counts.items():
        limit = most if bounded or count == "unwarned" else None
        yield at_most(f"{family}: {word}", condition.name, row[count], row["studies"], limit)
    least = LEAST_COVERED if within else None
    yield at_least(
        f"{family}: coverage of limits", condition.name, row["covered"], row["limits"], least
    )


def _warnings(condition: Condition, counts: pd.DataFrame) -> Iterator[Line]:
    found, of = counts.loc[ALL, ["warned", "dimensions"]]
    if condition in BOUND:
        yield at_most("false warnings of skew", condition.name, found, of, MAX_FALSE_WARNINGS)
    else:
        yield at_least("warnings of skew", condition.name, found, of, None)


def _claims(
    word: str, condition: Condition, claimed: pd.Series, studies: pd.Series, *, bound: bool
) -> Iterator[Line]:
    """Whether claims are significantly more frequent than 5 %: one-sided binomial test at 1 %."""
    for family in (*FAMILIES, ALL):
        k, n = int(claimed[family]), int(studies[family])
        p = stats.binomtest(k, n, LEVEL, alternative="greater").pvalue
        free = family == ALL or not bound
        yield Line(
            f"{family}: {word}",
            condition.name,
            f"{100 * k / n:.2f} % of {n:,}",
            "" if free else "not > 5 %",
            None if free else bool(p >= 0.01),
        )
