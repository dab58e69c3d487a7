"""Mask people's words in registers, by the declared content of every column.

Every register is read by `read_register`, which calls `admit`. `admit` refuses a column whose
content is not declared, so the code that uses registers never sees unmasked words of people.

    column of a register    declared as   after `admit`
    proposals.text          WORDS         Zəng edin: [name], [phone]
    attendance.name         INTERNAL      as written; it is counted or compared, and in no report
    measures.text_en        DOCUMENT      as written
    evidence.result         CODE          as written
"""

from collections.abc import Iterable, Mapping
from enum import Enum

import pandas as pd

from umid_research.clean.privacy.masks import mask_texts

# The column that says whether personal data was found in a row's words.
PERSONAL = "personal"


class Content(Enum):
    """The content of a register's column, which decides how its text is treated.

    CODE: ids, codes, dates and numbers. WORDS: text that a person wrote or said; it is masked.
    INTERNAL: text that is counted or compared but never shown, such as names, addresses and file
    names. DOCUMENT: text of a published document.
    """

    CODE = "code"
    WORDS = "words"
    INTERNAL = "internal"
    DOCUMENT = "document"


def admit(
    rows: pd.DataFrame, contents: Mapping[str, Content], *, names: Iterable[str]
) -> pd.DataFrame:
    """Return the rows with people's words masked; `personal` is true if something was masked.

    `names` are the people's names that the study lists. Raises KeyError for a column that is not
    declared, so that the author of a new column must decide how its text is treated.
    """
    undeclared = [column for column in rows if column not in contents]
    if undeclared:
        raise KeyError(f"columns without a declared content: {', '.join(undeclared)}")
    names = tuple(names)
    words = [column for column in rows if contents[column] is Content.WORDS]
    read = {column: mask_texts(rows[column], names=names) for column in words}
    personal = pd.Series(False, index=rows.index)
    for _, found in read.values():
        personal |= found.any(axis=1)
    masked = {column: texts.astype(rows[column].dtype) for column, (texts, _) in read.items()}
    return rows.assign(**masked, **{PERSONAL: personal})
