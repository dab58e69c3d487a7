"""Counts of the small registers, with a definition for every counting method."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from small_activities import DEFINITIONS, write_activities
from small_plan import MEETINGS, PLAN_QUESTIONNAIRE, plan_export
from small_study import small_export

from umid_research.analysis.meetings import read_meetings
from umid_research.clean import Cleaned, clean_responses
from umid_research.indicators import Activities, Registers, count, read_registers
from umid_research.indicators.counts import COUNTS
from umid_research.raw import read_raw
from umid_research.study import Study, read_study
from umid_research.study.questionnaire import read_questionnaire

ATTENDANCE = "attendance_id,event_id,name,sex,birth_year,locality\n"
TESTS = "attendance_id,phase,question,answer\n"
PROPOSALS = (
    "proposal_id,event_id,date,language,text,district,area,addressee,measure,submitted,reply_date,"
    "reply\n"
)
DECISIONS = "kind,first,second,decision,reason,by\n"
_INDICATOR = """
[indicators.{key}]
activity = "2.1"
count = "{key}"
by = {by}
{more}
name.en = "{key}"
definition.en = "{key}"
unit = "events"
source = "register"
method = "register"
frequency = "register"
responsible = "register"
"""


def definitions(*keys: str, by: str | None = None, more: str = "") -> str:
    """Return indicators.toml with these counting methods, each under its own name; default all.

    Each is told by all that it can be told by, unless `by` says otherwise.
    """
    top, _, rest = DEFINITIONS.partition("\n[indicators")
    questions = "[questions" + rest.partition("[questions")[2]
    parts = {key: by or json.dumps(COUNTS[key].by) for key in keys or COUNTS}
    blocks = [_INDICATOR.format(key=key, by=parts[key], more=more) for key in parts]
    return "\n".join([top, *blocks, questions])


@dataclass(frozen=True)
class Small:
    """The arguments of `count`: the registers, the survey's answers, its meetings, the study."""

    registers: Registers
    cleaned: Cleaned
    meetings: pd.DataFrame | None
    study: Study

    def counted(self) -> Activities:
        """Return all frames of the activities."""
        return count(self.registers, self.cleaned, self.meetings, self.study, seed=1)

    def without(self, name: str, *, header: bool = False) -> "Small":
        """Return a copy without a register, or with only its `header`."""
        frames = {key: frame for key, frame in self.registers.frames.items() if key != name}
        if header:
            frames[name] = self.registers.frames[name].head(0)
        meetings = None if name == "meetings" else self.meetings
        return replace(self, registers=replace(self.registers, frames=frames), meetings=meetings)


def read_small(folder: Path, **registers: str | None) -> Small:
    """Return the small registers; a text replaces one, None leaves it out.

    `indicators` replaces the definitions of all counting methods.
    """
    registers = {"indicators": definitions(), **registers}
    (folder / "responses").mkdir(parents=True, exist_ok=True)
    (folder / "questionnaire.md").write_text(PLAN_QUESTIONNAIRE, encoding="utf-8")
    plan_export(small_export()).to_csv(folder / "responses" / "e.csv", sep=";", index=False)
    (folder / "meetings.csv").write_text(MEETINGS.lstrip(), encoding="utf-8")
    write_activities(folder, **registers)
    study = read_study(folder)
    form = read_questionnaire(folder, study)
    cleaned = clean_responses(read_raw(folder, form, study), form, study, key="k" * 16)
    held = read_meetings(folder, study)
    rows = None if held is None else held.rows
    return Small(read_registers(folder, study), cleaned, rows, study)


def project(found: Activities) -> pd.DataFrame:
    """Return the rows of the whole project, indexed by indicator."""
    rows = found.indicators
    return rows[(rows["district"] == "") & (rows["sex"] == "")].set_index("indicator")


def districts(found: Activities, indicator: str) -> dict[str, float]:
    """Return an indicator's number in each district."""
    rows = found.indicators[found.indicators["indicator"] == indicator]
    return rows[rows["district"] != ""].set_index("district")["actual"].to_dict()
