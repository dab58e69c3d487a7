"""How many members a repeated group has is described like any number."""

import pandas as pd
from households import FORM, household_study, workbook
from small_study import derive, small_export

from umid_research.disclosure.tables import read_published


def test_the_number_of_members_is_described_like_any_number(write_study, tmp_path) -> None:
    """Of 18 households asked, six each have 0, 2 and 4 members: the median is 2, the mean 2.

    The quartiles, the 5th and the 14th of the sorted numbers, are 0 and 4. The exact number of all
    members is not published.
    """
    twice = pd.concat([small_export(), small_export()], ignore_index=True)
    twice["_uuid"] = [f"uuid-{number}" for number in range(20)]
    parents = [
        parent
        for place, parent in enumerate(n for n in range(20) if n not in (9, 19))
        for _ in range(2 * (place % 3))
    ]
    members = pd.DataFrame({"years": "30", "works": "no", "note": "", "parent": parents})
    folder = household_study(write_study(), form=FORM)
    workbook(folder, members, twice)
    derive(folder, tmp_path / "processed")

    tables = read_published(tmp_path / "processed")
    rows = tables["numbers"].query("question == 'number_of_people' and group.isna()")

    assert {"lower_quartile": 0, "median": 2, "upper_quartile": 4, "mean": 2} == (
        rows[rows["shown"]].set_index("statistic")["value"].to_dict()
    )
    assert [18] == rows["respondents"].unique().tolist()
    assert 36 == len(parents)
    assert 36 not in tables["account"]["value"].tolist()
