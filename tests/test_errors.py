"""An error is one readable line, whatever was found."""

import pickle

from IPython.core.interactiveshell import InteractiveShell

from umid_research.errors import ExportError


def test_the_line_has_place_problem_found_and_possible() -> None:
    """They have this order, the place first."""
    error = ExportError("is wrong", where="a.csv, row 3", found="x", possible=["y", "z"])

    assert "a.csv, row 3: is wrong; found 'x'; possible: y, z" == str(error)


def test_the_line_has_a_limited_length() -> None:
    """The value found may be a whole file."""
    error = ExportError("bad\n" * 900, where="a" * 9000, found="b\n" * 9000, possible=["c"] * 900)

    assert "\n" not in str(error)
    assert len(str(error)) < 1200
    assert "and 880 more" in str(error)
    assert "b\n" * 9000 == error.found


def test_each_detail_has_its_own_line() -> None:
    """A linter lists its findings this way."""
    error = ExportError("two faults:", where="a.md", details=["first", "second"])

    assert "a.md: two faults:\n  first\n  second" == str(error)


def test_an_empty_list_of_possible_values_is_shown() -> None:
    """An empty list is information too."""
    assert "no notebook; possible: nothing" == str(ExportError("no notebook", possible=[]))


def test_an_error_can_be_sent_between_processes() -> None:
    """Reports are made in several processes; the parts of the error are kept."""
    error = pickle.loads(pickle.dumps(ExportError("is wrong", where="a.csv", found=3)))  # noqa: S301

    assert "a.csv: is wrong; found 3" == str(error)
    assert ("a.csv", 3) == (error.where, error.found)


def test_a_notebook_shows_the_line_and_no_traceback(capsys) -> None:
    """A person who opens a notebook before the frames are made reads what to do."""
    shell = InteractiveShell(colors="nocolor")
    shell.user_ns["error"] = ExportError("is wrong", found="x")
    shell.run_cell("raise error")
    text = capsys.readouterr()

    assert "ExportError: is wrong; found 'x'" == (text.out + text.err).strip()
