"""Say in words how the field work goes: what is new, what needs attention, what was not checked."""

from collections import Counter
from collections.abc import Iterator

from umid_research.fieldwork.monitor.attention import (
    Call,
    Progress,
    agreement,
    calls,
    is_poor,
    progress,
)
from umid_research.fieldwork.monitor.state import State
from umid_research.report.prose import Prose, plain
from umid_research.report.study_report import Report


def overview(report: Report, state: State) -> Prose:
    """Return a box: what is new, how many submissions there are, how many days are left."""
    sentences = [_new(report, state), _counted(report, state), _days(report, state)]
    if state.gone:
        sentences.append(report.text("monitor.gone", n=state.gone))
    body = "\n\n".join(map(plain, sentences))
    return Prose(f"::: {{.finding}}\n\n{body}\n\n:::")


def attention(report: Report, state: State) -> list[str]:
    """Return a sentence for each thing that needs attention today."""
    return [
        *(_behind(report, state, one) for one in progress(state) if one.is_behind),
        *_whom_to_call(report, calls(state)),
        *_without_interviewers(report, state),
        *_questions(report, state),
        *_set_aside(report, state),
    ]


def not_checked(report: Report, state: State) -> list[str]:
    """Return a sentence for each check that could not be made, with what to do."""
    return [
        report.text(f"monitor.not_made.{check}.{reason}")
        for check, reason in state.not_made.items()
    ]


def bullets(report: Report, sentences: list[str], nothing: str) -> Prose:
    """Return the sentences as a list, or the catalogue's text `nothing`."""
    lines = [f"- {plain(sentence)}" for sentence in sentences]
    return Prose("\n".join(lines) or plain(report.text(nothing)))


def interviewer_name(report: Report, code: str) -> str:
    """Return how the page names an interviewer."""
    return report.text("monitor.interviewer", code=code)


def _new(report: Report, state: State) -> str:
    n = int(state.submissions[state.submissions["new"]]["respondent"].nunique())
    if state.since is None:
        return report.text("monitor.first", n=n)
    return report.text("monitor.new", n=n, since=state.since)


def _counted(report: Report, state: State) -> str:
    kept = len(state.accepted)
    n = len(state.submissions)
    return report.text("monitor.counted", n=n, kept=kept, aside=n - kept)


def _days(report: Report, state: State) -> str:
    work = state.study.field_work
    if state.days_gone < 1:
        return report.text("monitor.starts", n=1 - state.days_gone, date=work.start)
    if state.days_left > 0:
        return report.text("monitor.left", n=state.days_left, date=work.end)
    key = "monitor.last_day" if state.days_left == 0 else "monitor.ended"
    return report.text(key, date=work.end)


def _behind(report: Report, state: State, one: Progress) -> str:
    places = {
        "group": report.group(one.group),
        "units": one.units,
        "quota": one.quota,
        "left": one.left,
    }
    if one.needed is None or one.pace is None:
        return report.text("monitor.missed", **places)
    pace, needed = round(one.pace, 1), round(one.needed, 1)
    return report.text("monitor.behind", n=state.days_left, pace=pace, needed=needed, **places)


def _whom_to_call(report: Report, found: list[Call]) -> Iterator[str]:
    """Yield a sentence per interviewer with all reasons."""
    for code in dict.fromkeys(call.interviewer for call in found):
        reasons = [_reason(report, call) for call in found if call.interviewer == code]
        name = interviewer_name(report, code)
        yield report.text("monitor.call", interviewer=name, reasons="; ".join(reasons))


def _reason(report: Report, call: Call) -> str:
    reason = report.text(f"monitor.case.{call.check}", k=call.cases, of=call.of)
    if not call.other_of:
        return reason
    return report.text("monitor.others", reason=reason, k=call.other_cases, of=call.other_of)


def _without_interviewers(report: Report, state: State) -> Iterator[str]:
    """Yield how many new submissions each check found, where nobody can be named."""
    if "interviewer" in state.not_made:
        for check in state.checks:
            n = int((state.accepted[check] & state.accepted["new"]).sum())
            if n:
                yield report.text("monitor.found", n=n, check=report.text(f"monitor.check.{check}"))


def _questions(report: Report, state: State) -> Iterator[str]:
    for row in agreement(state, "question").itertuples():
        if is_poor(row.same, row.of):
            yield report.text(
                "monitor.question", question=row.question, k=row.of - row.same, of=row.of
            )


def _set_aside(report: Report, state: State) -> Iterator[str]:
    aside = state.submissions[(state.submissions["rule"] != "") & state.submissions["new"]]
    if len(aside):
        rules = Counter(aside["rule"]).most_common()
        listed = "; ".join(f"{report.text(f'rule.{rule}')} ({n})" for rule, n in rules)
        yield report.text("monitor.set_aside", n=len(aside), rules=listed)
