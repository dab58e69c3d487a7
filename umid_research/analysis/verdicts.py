"""The codes of what may be said of a contrast, and of why a number is missing.

Frames hold these codes; the words for readers stand in the catalogues, by code.
"""

from enum import StrEnum

import numpy as np
import pandas as pd


class Verdict(StrEnum):
    """What may be said of a contrast a - b: the first is higher, is lower, or neither."""

    HIGHER = "higher"
    LOWER = "lower"
    UNCLEAR = "unclear"
    WITHHELD = "withheld"
    NOT_ESTIMABLE = "not_estimable"


class Reason(StrEnum):
    """Why a number is missing. The groups of codes follow the frames that have them."""

    # comparisons
    GROUP_WITHOUT_SCORES = "group_without_scores"
    GROUP_WITH_ONE_UNIT = "group_with_one_unit"
    DISTRICT_WITHOUT_SCORES = "district_without_scores"
    DISTRICT_WITH_ONE_LOCALITY = "district_with_one_locality"
    NO_SHARED_LOCALITY = "no_shared_locality"
    ONE_SHARED_LOCALITY = "one_shared_locality"
    NO_SHARED_DISTRICT = "no_shared_district"
    NO_SHARED_STRATUM = "no_shared_stratum"
    EQUAL_DIFFERENCES = "equal_differences"
    EQUAL_UNITS = "equal_units"
    EQUAL_LOCALITIES = "equal_localities"
    TOO_FEW_FOR_LIMITS = "too_few_for_limits"
    # published: which of several reasons it is would tell something about answers
    TOO_FEW_SCORES = "too_few_scores"
    # reliability
    SINGLE_ITEM = "single_item"
    TOO_FEW_COMPLETE = "too_few_complete"
    EQUAL_ANSWERS = "equal_answers"
    EQUAL_SUMS = "equal_sums"
    TWO_ITEMS = "two_items"
    NO_PROPER_FIT = "no_proper_fit"
    # agreement of two people, registers
    NO_DISAGREEMENT = "no_disagreement"
    NO_REGISTER = "no_register"


STATED = (Verdict.HIGHER, Verdict.LOWER)
# Without a spread everybody is equal, so that one score would tell all of them.
WITHOUT_SPREAD = (
    *(Reason.EQUAL_DIFFERENCES, Reason.EQUAL_UNITS, Reason.EQUAL_LOCALITIES),
    *(Reason.EQUAL_ANSWERS, Reason.EQUAL_SUMS),
)


def printed_verdicts(verdicts: pd.Series, printed: pd.Series) -> pd.Series:
    """Return the verdicts that printed differences bear: `unclear` where the sign is another.

    Verdicts are computed before rounding and of the tested difference. A printed difference can
    be zero, or have another sign than the tested one; it must not be stated then.

    Parameters
    ----------
    verdicts
        The verdict of each contrast.
    printed
        Its printed difference, with the same index.
    """
    sign = np.sign(printed.astype(float))
    contradicted = ((verdicts == Verdict.HIGHER) & (sign <= 0)) | (
        (verdicts == Verdict.LOWER) & (sign >= 0)
    )
    return verdicts.mask(contradicted, Verdict.UNCLEAR.value)
