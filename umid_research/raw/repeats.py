"""Repeated groups: several answers a submission, on sheets of their own.

Such a sheet says to which row of another it belongs. A row of it is no submission, and to write
its answers beside the submission's would count some people more than once; so these sheets are
set aside, and the account of the intake says how many rows that were.
"""

from umid_research.errors import ExportError
from umid_research.questionnaire import Questionnaire
from umid_research.raw.table import Table

_POINTERS = frozenset({"_parent_index", "PARENT_KEY"})


def is_repeat(table: Table) -> bool:
    """Whether the table's rows belong to rows of another table."""
    return not _POINTERS.isdisjoint(table.header.values())


def check_repeat(table: Table, questionnaire: Questionnaire) -> None:
    """Refuses the sheet of a repeated group if the form has none: it may hold what is missed."""
    if not questionnaire.repeated:
        raise ExportError(
            "belongs to a repeated group, and the questionnaire has none", where=table.where
        )
