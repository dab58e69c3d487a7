"""An error is one line a person can read, whatever was found."""

import pickle

from IPython.core.interactiveshell import InteractiveShell

from umid_research.errors import ExportError


def test_the_line_tells_problem_place_found_and_possible() -> None:
    """In that order, the place first."""
    error = ExportError("is wrong", where="a.csv, row 3", found="x", possible=["y", "z"])

    assert "a.csv, row 3: is wrong; found 'x'; possible: y, z" == str(error)


def test_the_line_is_one_line_of_bounded_length() -> None:
    """Found may be a whole file, and its name too."""
    error = ExportError("bad\n" * 900, where="a" * 9000, found="b\n" * 9000, possible=["c"] * 900)

    assert "\n" not in str(error)
    assert len(str(error)) < 1200
    assert "and 880 more" in str(error)
    assert "b\n" * 9000 == error.found


def test_several_findings_stand_on_lines_of_their_own() -> None:
    """As a linter tells them."""
    error = ExportError("two faults:", where="a.md", details=["first", "second"])

    assert "a.md: two faults:\n  first\n  second" == str(error)


def test_nothing_possible_is_said() -> None:
    """An empty list is an answer too."""
    assert "no notebook; possible: nothing" == str(ExportError("no notebook", possible=[]))


def test_an_error_survives_the_way_between_processes() -> None:
    """Reports are made in several; the parts arrive."""
    error = pickle.loads(pickle.dumps(ExportError("is wrong", where="a.csv", found=3)))  # noqa: S301

    assert "a.csv: is wrong; found 3" == str(error)
    assert ("a.csv", 3) == (error.where, error.found)


def test_a_notebook_shows_the_line_and_no_traceback(capsys) -> None:
    """Whoever opens a notebook before the frames are made reads what to do."""
    shell = InteractiveShell(colors="nocolor")
    shell.user_ns["error"] = ExportError("is wrong", found="x")
    shell.run_cell("raise error")
    told = capsys.readouterr()

    assert "ExportError: is wrong; found 'x'" == (told.out + told.err).strip()
