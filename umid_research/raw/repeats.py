"""Recognise the sheets of repeated groups, which hold several rows per submission.

Each row of such a sheet points to a row of the main sheet. Joining them would count some people
more than once, so these sheets are not read; the intake account reports how many rows they have.
"""

from umid_research.errors import ExportError
from umid_research.raw.table import Table
from umid_research.study.questionnaire import Questionnaire

_POINTERS = frozenset({"_parent_index", "PARENT_KEY"})


def is_repeat(table: Table) -> bool:
    """Return whether the table's rows belong to rows of another table."""
    return not _POINTERS.isdisjoint(table.header.values())


def check_repeat(table: Table, questionnaire: Questionnaire) -> None:
    """Raise ExportError if the form has no repeated group: the sheet may hold needed answers."""
    if not questionnaire.repeated:
        raise ExportError(
            "belongs to a repeated group, but the questionnaire has none", where=table.where
        )
