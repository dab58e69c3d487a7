"""Activities 1.2 to 2.3: registers kept by the field staff -> what was reached, and how well.

`schema` declares the registers, `columns` the kinds of columns they have, `definitions` the
indicators; `registers` reads the rows that can be used, and `checking` names the others. `people`,
`proposals` and `decisions` say what is one, `counts` what is counted, `indicators` how that
compares with what was promised; `results` lists the frames.
"""

from umid_research.activities.definitions import Definitions, read_definitions
from umid_research.activities.registers import Registers, read_checked_definitions, read_registers
from umid_research.activities.results import (
    Activities,
    count,
    keep_definitions,
    read_activities,
)

__all__ = [
    "Activities",
    "Definitions",
    "Registers",
    "count",
    "keep_definitions",
    "read_activities",
    "read_checked_definitions",
    "read_definitions",
    "read_registers",
]
