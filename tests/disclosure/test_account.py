"""The account of the intake is published as counts, without names of files."""

import pandas as pd
from small_study import derive, small_export

from umid_research.disclosure.rules.field_work import account_rows
from umid_research.disclosure.tables import read_published

COLUMNS = ("file", "column", "what", "number")


def _published(*counts: tuple) -> list[tuple]:
    rows = account_rows(pd.DataFrame(counts, columns=list(COLUMNS)))
    rows = rows.astype(object).where(rows.notna(), None)
    return list(
        rows[["statistic", "question", "answer", "value"]].itertuples(index=False, name=None)
    )


def test_counts_are_summed_over_the_files() -> None:
    """Versions are counted once; a file without a version counts as none."""
    rows = _published(
        ("anar.csv", "v1", "submissions", 10),
        ("anar.csv", "place", "read_from_label", 10),
        ("anar.csv", "kind", "read_from_label", 9),
        ("google.csv", "", "submissions", 7),
        ("google.csv", "place", "read_from_label", 7),
        ("google.csv", "", "no_times", 7),
        ("old.csv", "v1", "submissions", 3),
        ("old.csv", "v0", "submissions", 4),
        ("old.csv", "duty", "not_in_version", 4),
        ("old.csv", "channels/web", "not_in_version", 4),
        ("older.csv", "duty", "not_in_version", 2),
        ("old.csv", "members", "repeat_set_aside", 30),
        ("old.csv", "people", "members", 80),
    )

    assert {
        ("files", None, None, 3),
        ("versions", None, None, 2),
        ("read_from_label", None, None, 26),
        ("no_times", None, None, 7),
        ("repeat_set_aside", None, None, 30),
        ("not_in_version", "duty", None, 6),
        ("not_in_version", "channels", "web", 4),
    } == set(rows)


def test_what_did_not_happen_has_no_row() -> None:
    """A single version is not published."""
    rows = [("google.csv", "", "submissions", 3), ("kobo.xlsx", "v1", "submissions", 3)]

    assert [("files", None, None, 2)] == _published(*rows)


def test_the_account_is_published_from_the_exports_on(write_study, tmp_path) -> None:
    """Run `clean` and `disclose`; the name of a file, here a person's, is not published."""
    folder = write_study()
    older = small_export().assign(__version__="v0").drop(columns="duty")
    older["_uuid"] = "older-" + older["_uuid"]
    older.to_csv(folder / "responses" / "Anar.csv", index=False, sep=";")
    derive(folder, tmp_path)

    rows = read_published(tmp_path)["account"].set_index("step")

    assert {"files": 2, "versions": 2, "no_times": 20, "not_in_version": 10} == (
        rows["value"].to_dict()
    )
    assert "duty" == rows["question"]["not_in_version"]
    for path in (tmp_path / "published").glob("*.csv"):
        assert "Anar" not in path.read_text(encoding="utf-8"), path.name
