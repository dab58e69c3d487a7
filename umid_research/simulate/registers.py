"""Write the simulated registers and their true values to a study folder."""

from pathlib import Path

from umid_research.analysis.implementation.measures import read_measures
from umid_research.errors import StudyError
from umid_research.simulate.design import FILE, Design
from umid_research.simulate.evidence import simulated_codes, simulated_evidence
from umid_research.simulate.meetings import simulated_meetings
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

EVIDENCE, CODES, MEETINGS = "evidence.csv", "analyst_codes.csv", "meetings.csv"
TRUTH = "truth_status.csv"
GENERATED = (EVIDENCE, CODES, MEETINGS, TRUTH)


def write_registers(
    source: Path, target: Path, design: Design, questionnaire: Questionnaire, study: Study
) -> None:
    """Write the registers that the design plans, and remove the others."""
    tables = {}
    if design.evidence is not None:
        measures = read_measures(source, study)
        if measures is None:
            raise StudyError(
                "evidence is planned, but there are no measures", where=f"{source / FILE}"
            )
        evidence, truth = simulated_evidence(design.evidence, measures, study)
        tables = {EVIDENCE: evidence, TRUTH: truth}
        if design.analyst is not None:
            tables[CODES] = simulated_codes(design.analyst, evidence, truth, study)
    if design.meetings is not None:
        tables[MEETINGS] = simulated_meetings(design.meetings, design, questionnaire, study)
    for name in GENERATED:
        if name in tables:
            table = tables[name]
            table.to_csv(target / name, index=False, float_format="%.1f", lineterminator="\n")
        else:
            (target / name).unlink(missing_ok=True)
