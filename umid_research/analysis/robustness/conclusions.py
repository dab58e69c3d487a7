"""The conclusions on contrasts, and whether they are the same in a run."""

import pandas as pd

from umid_research.analysis.compare.frame import COLUMNS, CONTRAST
from umid_research.analysis.compare.matched import compare_matched, match_groups, match_sides
from umid_research.analysis.robustness.runs import GEOMETRIC, RUNS, Run
from umid_research.analysis.score import INDEX, compared_dimensions
from umid_research.analysis.verdicts import Verdict
from umid_research.frames import Schema, code, number, text, whole
from umid_research.study import Study

FAMILIES = (match_groups, match_sides)
_CONTRAST = ["family", "dimension", "contrast", "group_a", "group_b"]
ROBUSTNESS = Schema(
    "robustness",
    {
        **{name: COLUMNS[name] for name in (*_CONTRAST, "verdict")},
        "run": code(RUNS),
        "left_out": text(default=""),
        "runs": whole(1),
        "survives": number(0, 1),
    },
    key=(*CONTRAST, "run", "left_out"),
)


def verdicts_of(units: pd.DataFrame, study: Study, *, draws: int, seed: int) -> pd.Series:
    """Return the verdict on every contrast of families A and D, indexed by `_CONTRAST`."""
    if not study.is_matched:
        return pd.Series(
            index=pd.MultiIndex.from_tuples([], names=_CONTRAST), dtype="str", name="verdict"
        )
    dimensions = compared_dimensions(units)
    families = [
        compare_matched(match(units, study, dimensions), draws=draws, seed=seed, power=False)
        for match in FAMILIES
    ]
    rows = pd.concat(families, ignore_index=True)
    return rows.set_index(_CONTRAST)["verdict"]


def survivals(base: pd.Series, found: pd.Series, run: Run) -> pd.DataFrame:
    """Return one row per conclusion with a verdict in the run; `survives` is 1 if it is the same.

    Parameters
    ----------
    base, found
        The verdicts of the study and of the run, from `verdicts_of`.
    """
    both = pd.DataFrame({"verdict": base, "found": found.reindex(base.index)}).dropna()
    both = both[both["found"] != Verdict.NOT_ESTIMABLE]
    # Without one dimension only the index has changed; the geometric mean changes nothing else.
    if run.name in (GEOMETRIC, "dimensions"):
        both = both[both.index.get_level_values("dimension") == INDEX]
    same = (both["verdict"] == both["found"]).astype(float)
    rows = both.assign(run=run.name, left_out=run.left_out, runs=1, survives=same)
    return rows.drop(columns="found").reset_index()
