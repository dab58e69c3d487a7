"""The conclusions on contrasts, and whether they are the same in a run."""

from typing import Any

from umid_research.analysis.compare.frame import COLUMNS, CONTRAST
from umid_research.analysis.compare.matched import groups_in, matched_verdicts, sides_in
from umid_research.analysis.robustness.rescoring import Answers, Scores
from umid_research.analysis.robustness.runs import GEOMETRIC, RUNS, Run
from umid_research.analysis.score import INDEX
from umid_research.analysis.verdicts import Verdict
from umid_research.frames import Schema, code, number, text, whole

FAMILIES = (groups_in, sides_in)
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
# Family, dimension and the two groups or sides of a contrast.
Contrast = tuple[str, str, str, str]
Verdicts = dict[Contrast, str]


def verdicts_of(answers: Answers, scores: Scores, *, draws: int, seed: int) -> Verdicts:
    """Return the verdict on every contrast of families A and D."""
    if not answers.study.is_matched:
        return {}
    cells = answers.cells(answers.units(scores.people))
    found: Verdicts = {}
    for family_in in FAMILIES:
        family = family_in(cells, answers.study, scores.dimensions)
        contrasts = family.rows[["dimension", "group_a", "group_b"]].itertuples(index=False)
        verdicts = matched_verdicts(family, draws=draws, seed=seed)
        keys = [(family.family, *contrast) for contrast in contrasts]
        found |= dict(zip(keys, verdicts, strict=True))
    return found


def survivals(base: Verdicts, found: Verdicts, run: Run) -> list[dict[str, Any]]:
    """Return one row per conclusion with a verdict in the run; `survives` is 1 if it is the same.

    Parameters
    ----------
    base, found
        The verdicts of the study and of the run, from `verdicts_of`.
    """
    # Without one dimension only the index has changed; the geometric mean changes nothing else.
    of_index = run.name in (GEOMETRIC, "dimensions")
    return [
        conclusion(contrast, verdict)
        | {"run": run.name, "left_out": run.left_out, "runs": 1}
        | {"survives": float(found[contrast] == verdict)}
        for contrast, verdict in base.items()
        if found.get(contrast, Verdict.NOT_ESTIMABLE) != Verdict.NOT_ESTIMABLE
        and (contrast[1] == INDEX or not of_index)
    ]


def conclusion(contrast: Contrast, verdict: str) -> dict[str, Any]:
    """Return the columns of `robustness` that name a conclusion."""
    family, dimension, a, b = contrast
    names = {"family": family, "dimension": dimension, "contrast": f"{a} - {b}"}
    return {**names, "group_a": a, "group_b": b, "verdict": verdict}
