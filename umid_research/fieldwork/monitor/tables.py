"""The tables of the page and the workbook: quotas, places, interviewers, checks, back-checks."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from umid_research.fieldwork.monitor.attention import agreement, progress
from umid_research.fieldwork.monitor.state import SHARES, State
from umid_research.fieldwork.monitor.text import attention, not_checked
from umid_research.report.study_report import Report
from umid_research.report.table import Cell, Table, make_table, number_cell

# The page lists as many submissions to look at; the workbook lists all.
MAX_LISTED = 25
_EMPTY = Cell("")
_Row = list[Cell | str]


def tables(report: Report, state: State, *, whole: bool) -> list[Table]:
    """Return the numbered tables; with `whole`, all submissions to look at, old ones too."""
    made = [
        _words(report, state),
        _groups(report, state),
        _districts(report, state),
        *_by_interviewer(report, state),
        *([_checks(report, state)] if state.checks else []),
        _set_aside(report, state),
        *_back_checks(report, state),
        *([_listed(report, state, whole=whole)] if state.checks else []),
    ]
    return [
        replace(
            table,
            number=report.text("table.number", number=number),
            anchor=f"table-{number}",
        )
        for number, table in enumerate(made, start=1)
    ]


def _table(
    report: Report,
    key: str,
    heads: Sequence[str],
    rows: Sequence[_Row] | Sequence[tuple[str, ...]],
    *,
    texts: int = 1,
    notes: Sequence[str] = (),
) -> Table:
    """Return a table whose first `texts` columns are texts and the others numbers."""
    return make_table(
        report,
        report.text(f"monitor.table.{key}"),
        [report.text(f"monitor.head.{head}") for head in heads],
        rows,
        numeric=range(texts, len(heads)),
        notes=notes,
        ids=texts,
    )


def _words(report: Report, state: State) -> Table:
    """Return the sentences of the page, for those who open only the workbook."""
    kinds = {"attention": attention(report, state), "not_checked": not_checked(report, state)}
    rows = [
        (report.text(f"monitor.kind.{kind}"), text)
        for kind, texts in kinds.items()
        for text in texts
    ]
    return _table(report, "words", ("kind", "sentence"), rows, texts=2)


def _groups(report: Report, state: State) -> Table:
    accepted, quotas = state.accepted, {one.group: one for one in progress(state)}
    heads = ["group", "accepted", "new", "units"]
    heads += ["quota", "left", "needed", "pace"] if quotas else []
    rows: list[_Row] = []
    for key in state.study.groups:
        own = accepted[accepted["group"] == key]
        numbers: list[float | None] = [len(own), int(own["new"].sum()), own["unit"].nunique()]
        if (one := quotas.get(key)) is not None:
            numbers += [one.quota, one.left, one.needed, one.pace]
        numbers += [None] * (len(heads) - 1 - len(numbers))
        rows.append([report.group(key), *_numbers(report, *numbers)])
    return _table(report, "groups", heads, rows)


def _districts(report: Report, state: State) -> Table:
    """Return the accepted submissions by district and group."""
    accepted = state.accepted
    rows: list[_Row] = []
    for key in state.study.districts:
        own = accepted[accepted["district"] == key]
        by_group = own["group"].value_counts()
        counts = [int(by_group.get(group, 0)) for group in state.study.groups]
        row = _numbers(report, len(own), int(own["new"].sum()), *counts)
        rows.append([report.district_name(key), *row])
    names = [report.group(key) for key in state.study.groups]
    heads = [report.text(f"monitor.head.{head}") for head in ("district", "accepted", "new")]
    return make_table(report, report.text("monitor.table.districts"), [*heads, *names], rows)


def _by_interviewer(report: Report, state: State) -> Iterator[Table]:
    if "interviewer" in state.not_made:
        return
    shares = [share for share in SHARES if share not in state.not_made]
    named = state.submissions["interviewer"].fillna(report.text("monitor.nobody"))
    work: list[_Row] = []
    found: list[_Row] = []
    for code, own in state.submissions.groupby(named):
        kept = own[own["rule"] == ""]
        new, asked = int(kept["new"].sum()), kept["asked"].sum()
        minutes = kept["minutes"].median()
        work.append([code, *_numbers(report, len(own), len(kept), new, minutes)])
        percents = [100 * kept[share].sum() / asked if asked else None for share in shares]
        cases = [int(kept[check].sum()) for check in state.checks]
        found.append([code, *_numbers(report, *cases, *percents)])
    notes = [report.text("monitor.alias")] if named.str.startswith("#").any() else []
    heads = ("interviewer", "received", "accepted", "new", "minutes")
    yield _table(report, "interviewers", heads, work, notes=notes)
    yield _table(report, "found", ("interviewer", *state.checks, *shares), found)


def _checks(report: Report, state: State) -> Table:
    accepted = state.accepted
    rows: list[_Row] = [
        [
            report.text(f"monitor.check.{check}"),
            *_numbers(
                report,
                int(accepted[check].sum()),
                int((accepted[check] & accepted["new"]).sum()),
                len(accepted),
            ),
        ]
        for check in state.checks
    ]
    notes = [report.text("monitor.straight")] if "straight" in state.checks else []
    return _table(report, "checks", ("check", "found", "new", "of"), rows, notes=notes)


def _set_aside(report: Report, state: State) -> Table:
    aside = state.submissions[state.submissions["rule"] != ""]
    rows: list[_Row] = [
        [report.text(f"rule.{rule}"), *_numbers(report, len(own), int(own["new"].sum()))]
        for rule, own in aside.groupby("rule")
    ]
    return _table(report, "set_aside", ("rule", "submissions", "new"), rows)


def _back_checks(report: Report, state: State) -> Iterator[Table]:
    if state.back_checks is None:
        return
    for by in ("question", "interviewer"):
        if by in state.not_made:
            continue
        rows: list[_Row] = []
        for row in agreement(state, by).itertuples():
            key = getattr(row, by)
            name = key if by == "interviewer" else f"{key}: {report.question(key)}"
            percent = 100 * row.same / row.of
            rows.append([name, *_numbers(report, row.of, row.same, percent)])
        heads = (by, "compared", "same", "percent")
        yield _table(report, f"back_checks_{by}", heads, rows)


def _listed(report: Report, state: State, *, whole: bool) -> Table:
    """Return the submissions that a check found: file, row, interviewer and checks."""
    accepted = state.accepted
    found = accepted[accepted[state.checks].any(axis=1)]
    shown = found if whole else found[found["new"]].head(MAX_LISTED)
    rows = []
    for _, one in shown.iterrows():
        checks = [report.text(f"monitor.check.{check}") for check in state.checks if one[check]]
        place = report.text("monitor.place", file=int(one["file"]), row=int(one["row"]))
        code = one["interviewer"]
        name = "" if pd.isna(code) else code
        new = report.text("monitor.is_new") if one["new"] else ""
        rows.append((place, name, "; ".join(checks), new))
    left = len(found) - len(shown)
    notes = [report.text("monitor.files")]
    notes += [report.text("monitor.more", n=left)] if left else []
    heads = ("submission", "interviewer", "check", "new")
    # Also below an empty list: what is not new is in the workbook.
    return replace(_table(report, "listed", heads, rows, texts=4), notes=tuple(notes))


def _numbers(report: Report, *values: float | None) -> list[Cell]:
    """Return cells with at most one decimal; blank for what is not known."""
    return [
        _EMPTY if value is None or pd.isna(value) else number_cell(report, round(value, 1))
        for value in values
    ]
