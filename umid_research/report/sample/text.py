"""Text about the study: the sample, the headline question, the limits, the other reports."""

from typing import Any

import pandas as pd

from umid_research.report.cover.text import conduct
from umid_research.report.names import has_many_districts
from umid_research.report.prose import Prose, plain
from umid_research.report.scores.text import district_links
from umid_research.report.study_report import Report
from umid_research.report.topics import LETTERS, WORKBOOK, page


def reports(report: Report) -> Prose:
    """List links to the other reports of the study, and to the letters with proposals."""
    every = [
        *("07-study", "08-annex", "02-implementation", "04-stakeholders"),
        *("05-robustness", "01-data-quality"),
    ]
    if report.has_activities:
        every.append("06-activities")
    others = [notebook for notebook in every if notebook != report.notebook]
    lines = [f"- [{report.text(f'title.{notebook}')}]({page(notebook)})" for notebook in others]
    if report.has_activities and len(report.proposals):
        lines.append(f"- [{report.text('title.proposals')}]({LETTERS})")
    if has_many_districts(report):
        lines.append("- " + report.text("many_districts.reports", links=district_links(report)))
    else:
        lines += [
            f"- [{report.text('title.03-district', district=plain(report.district_name(key)))}]"
            f"({page('03-district', key)})"
            for key in report.study.districts
        ]
    lines.append(f"- [{report.text('tables_file')}]({WORKBOOK})")
    return Prose("\n".join(lines))


def headline(report: Report) -> Prose:
    """Count the answers to the study's headline question."""
    name = report.study.headline
    if name is None:
        return Prose("")
    answers = headline_answers(report)
    if answers.empty:
        return Prose(report.text("withheld_reason"))
    counts = [_answered(report, name, row) for row in answers[answers["value"] > 0].itertuples()]
    sentence = report.text(
        "headline.sentence",
        question=plain(report.question(name)),
        answers=report.text.listed(counts),
        n=int(answers["respondents"].iloc[0]),
    )
    known = answers.loc[answers["value"] > 0, "percent"].notna()
    sentences = [sentence]
    if known.any():
        sentences.append(report.text("headline.as_if"))
        sentences += [] if known.all() else [report.text("headline.left_out")]
    sentences += weighting(report, any_percent=bool(known.any()))
    return Prose(" ".join(sentences))


def weighting(report: Report, *, any_percent: bool) -> list[str]:
    """Return the note of a weighted study on which numbers are weighted; else an empty list."""
    if not report.is_weighted:
        return []
    return [report.text("weighted.both" if any_percent else "weighted.counts")]


def headline_answers(report: Report) -> pd.DataFrame:
    """Return the answers to the headline question; no rows if there is none or one is withheld."""
    rows = report.rows("answers")
    rows = rows[rows["question"] == report.study.headline]
    return rows if rows["shown"].all() else rows.head(0)


def brief_headline(report: Report) -> Prose:
    """Return the counts of the headline question without percentages; "" if they are withheld."""
    name, answers = report.study.headline, headline_answers(report)
    if name is None or answers.empty:
        return Prose("")
    given = answers[answers["value"] > 0].assign(percent=float("nan"))
    sentence = report.text(
        "headline.sentence",
        question=plain(report.question(name)),
        answers=report.text.listed(_answered(report, name, row) for row in given.itertuples()),
        n=int(answers["respondents"].iloc[0]),
    )
    return Prose(" ".join([sentence, *weighting(report, any_percent=False)]))


def _answered(report: Report, question: str, row: Any) -> str:
    """Return how many gave an answer, with the percentage if it is precise enough."""
    answer = plain(report.answer(question, str(row.answer)))
    if pd.isna(row.percent):
        return report.text("headline.answer", n=int(row.value), answer=answer)
    return report.text(
        "headline.answer_percent",
        n=int(row.value),
        answer=answer,
        percent=row.percent,
        low=row.low,
        high=row.high,
    )


def sample(report: Report) -> Prose:
    """Say who was asked, when, how and by whom."""
    work, study = report.study.field_work, report.study
    groups = report.rows("field_work")
    groups = groups[groups["group"].notna() & groups["district"].isna()]
    people = groups.set_index("group")["respondents"].reindex(list(study.groups), fill_value=0)
    # A group of few people may be withheld.
    listed = [
        plain(report.group(str(key))) if pd.isna(n) else _people(report, str(key), int(n))
        for key, n in people.items()
    ]
    asked = report.text(
        "sample.sentence",
        recruitment=plain(report.name(work.recruitment)),
        groups=report.text.listed(listed),
        sponsor=plain(report.name(work.sponsor)),
    )
    return Prose(f"{conduct(report)} {asked}")


def _people(report: Report, group: str, n: int) -> str:
    """Return how many people of a group were asked, such as "24 residents"."""
    people = report.study.groups[group].people
    if people:
        return report.text("sample.people", n=n, people=plain(report.name(people)))
    return report.text("sample.group", group=plain(report.group(group)), n=n)


def sample_limit(report: Report) -> Prose:
    """Say to whom the results do not apply.

    Only a matched study is known to have chosen places and offices on purpose; any other study
    describes the recruitment in its own words.
    """
    if report.study.is_matched:
        return Prose(report.text("limits.sample"))
    recruitment = plain(report.name(report.study.field_work.recruitment))
    return Prose(report.text("limits.sample_unmatched", recruitment=recruitment))


def limits(report: Report) -> Prose:
    """List the limits of the study, with its own thresholds."""
    thresholds = report.study.thresholds
    of_units = "limits.matched" if report.study.is_matched else "limits.unmatched"
    withheld = report.text(
        "limits.withheld",
        units=thresholds.fewest(people=report.study.counts_people),
        respondents=thresholds.respondents,
        answers=thresholds.answers,
    )
    opinion, sample = report.text("limits.opinion"), sample_limit(report).markdown
    lines = (opinion, sample, report.text(of_units), withheld)
    return Prose("".join(f"- {line}\n" for line in lines))
