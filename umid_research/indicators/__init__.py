"""Read the registers of activities 1.2 to 2.3 and compare the results with the targets.

`schema` declares the registers, `columns` the kinds of columns, and `definitions` the indicators.
`registers` reads the usable rows; `checking` reports the others as issues. `people`, `proposals`
and `decisions` remove duplicates, `counts` counts, and `indicators` compares the counts with the
targets. `results` lists all frames.
"""

from umid_research.indicators.definitions import Definitions, read_definitions
from umid_research.indicators.registers import Registers, read_checked_definitions, read_registers
from umid_research.indicators.results import Activities, count, keep_definitions

__all__ = [
    "Activities",
    "Definitions",
    "Registers",
    "count",
    "keep_definitions",
    "read_checked_definitions",
    "read_definitions",
    "read_registers",
]
