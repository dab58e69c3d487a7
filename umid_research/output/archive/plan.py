"""Write the analysis plan, and the departures from it by day.

    plan/en.md           the plan as in the annex; it is the same before and after the answers
    plan/departures.csv  date, language, what is done otherwise, why

The plan follows from the study's description and from which registers it has, not from its answers,
so that its hash can be noted before the field work (of a rehearsal) and compared with that of the
archive.
"""

import csv
from pathlib import Path

from umid_research.output.archive.facts import Facts
from umid_research.output.sheets.formulas import neutralise_formula
from umid_research.report.annex.plan import plan_paragraphs
from umid_research.report.study_report import open_report

FOLDER = "plan"


def write_plan(folder: Path, processed: Path, facts: Facts) -> list[Path]:
    """Write the files into the folder of an archive; return the plan in each language."""
    target = folder / FOLDER
    target.mkdir()
    plans = []
    for language in facts.languages:
        report = open_report("08-annex", language=language, processed=processed)
        heading = f"# {facts.words(language)('plan.title')}: {facts.title(language)}"
        parts = [heading, *(one.markdown for one in plan_paragraphs(report))]
        plans.append(target / f"{language}.md")
        plans[-1].write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    with (target / "departures.csv").open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["date", "language", "what", "why"])
        for one in sorted(facts.study.departures, key=lambda one: one.date):
            for language, what in one.what.items():
                texts = map(neutralise_formula, (what, one.why[language]))
                table.writerow([one.date.isoformat(), language, *texts])
    return plans
