"""Activities 1.2 to 2.3: registers kept by the field staff -> what was reached, and how well.

`schema` declares the registers, `columns` the kinds of columns they have, `definitions` the
indicators; `registers` reads the rows that can be used, and `checking` names the others.
"""

from umid_research.activities.definitions import Definitions, read_definitions
from umid_research.activities.registers import Registers, read_registers

__all__ = ["Definitions", "Registers", "read_definitions", "read_registers"]
