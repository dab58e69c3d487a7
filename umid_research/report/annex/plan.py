"""The text of the analysis plan, with the numbers of the study's design, and the departures."""

from collections.abc import Iterator

from umid_research.analysis.compare.districts import MAX_PAIRED
from umid_research.analysis.compare.flips import MAX_ENUMERATED
from umid_research.analysis.implementation import CODES
from umid_research.analysis.robustness.runs import MAX_DRAWS, MAX_LOCALITIES
from umid_research.analysis.score import INDEX
from umid_research.report.names import irm_code
from umid_research.report.prose import Prose, plain
from umid_research.report.study_report import Report
from umid_research.report.text_safety import one_line
from umid_research.study.presentation import Departure

# The numbers of random draws that `compare` and `robustness` use; a test compares them.
FLIPS_DRAWN, WEIGHTS_DRAWN = 99_999, 10_000


def plan_paragraphs(report: Report) -> Iterator[Prose]:
    """Return the paragraphs of the plan: the rules by which every study is analysed."""
    texts = [*_scores(report), *_comparisons(report), *_publication(report), *_others(report)]
    yield Prose("\n\n".join(texts))


def departures(report: Report) -> Iterator[Prose]:
    """List by day what is done otherwise than planned; it is no part of the plan, nor of its hash.

    Without departures there is no text.
    """
    declared = sorted(report.study.departures, key=lambda one: one.date)
    if not declared:
        return
    lines = "\n".join(f"- {_departure(report, one)}" for one in declared)
    yield Prose(f"{report.text('annex.plan.departures')}\n\n{lines}")


def _departure(report: Report, one: Departure) -> str:
    what, why = (plain(one_line(report.name(text))).rstrip(".") for text in (one.what, one.why))
    return report.text("annex.plan.departure", date=one.date, what=what, why=why)


def _scores(report: Report) -> Iterator[str]:
    compared = report.rows("scores_by_district")["dimension"]
    yield report.text("plan.answers")
    yield report.text("plan.dimensions", dimensions=compared[compared != INDEX].nunique())
    if not report.study.is_matched:
        yield report.text("plan.units_unmatched")
        return
    yield report.text("plan.units")
    yield report.text("plan.district_scores", groups=_groups(report, report.study.matched_groups))


def _comparisons(report: Report) -> Iterator[str]:
    study = report.study
    if not study.is_matched:
        strata = "plan.pairs_within" if study.design.strata else "plan.pairs"
        yield report.text(strata)
        return
    localities = _localities(report)
    enumerated = localities <= MAX_ENUMERATED
    yield report.text(
        "plan.matched",
        groups=_groups(report, study.matched_groups),
        localities=localities,
        comparisons=len(report.rows("differences_by_group")),
        flips=report.text(
            "plan.flips_counted" if enumerated else "plan.flips_drawn",
            number=2**localities if enumerated else FLIPS_DRAWN,
        ),
    )
    yield report.text(
        "plan.sides",
        supply=_groups(report, _matched_on(report, "supply")),
        demand=_groups(report, _matched_on(report, "demand")),
    )
    others = [key for key in study.groups if key not in study.matched_groups]
    if others:
        yield report.text(
            "plan.unmatched",
            groups=_groups(report, others),
            dimensions=report.text.listed(
                plain(report.dimension(key)) for key in (INDEX, *study.design.family_b)
            ),
            least=2 * study.thresholds.units,
        )
    many = "_many" if len(study.districts) > MAX_PAIRED else ""
    yield report.text(f"plan.districts{many}", districts=len(study.districts))


def _publication(report: Report) -> Iterator[str]:
    thresholds = report.study.thresholds
    yield report.text("plan.said")
    weighted = [report.text("weighted.both")] if report.is_weighted else []
    yield " ".join([report.text("plan.percentages"), *weighted])
    yield report.text(
        "plan.withheld",
        units=thresholds.fewest(people=report.study.counts_people),
        respondents=thresholds.respondents,
        answers=thresholds.answers,
        protection=thresholds.protection,
    )
    if thresholds.count > 1:
        yield report.text("plan.small_counts", most=thresholds.count - 1)


def _others(report: Report) -> Iterator[str]:
    """Return the paragraphs on robustness, reliability, implementation, meetings and the seed."""
    if report.study.is_matched:
        yield " ".join(_robustness(report))
    yield report.text("plan.reliability")
    if len(report.rows("status")):
        yield report.text("plan.implementation", codes=_codes(report))
    if len(report.rows("coding")):
        yield report.text("plan.meetings", themes=len(report.study.themes))
    yield report.text("plan.chance", seed=str(report.study.seed))


def _robustness(report: Report) -> Iterator[str]:
    yield report.text("plan.robustness", weights=WEIGHTS_DRAWN)
    localities = _localities(report)
    if localities > MAX_LOCALITIES:
        yield report.text("plan.sampled", localities=localities, sample=MAX_LOCALITIES)
    if 2**localities > 1 + MAX_DRAWS:
        yield report.text("plan.fewer_flips", number=MAX_DRAWS)


def _localities(report: Report) -> int:
    return sum(len(district.localities) for district in report.study.districts.values())


def _groups(report: Report, keys: "tuple[str, ...] | list[str]") -> str:
    return report.text.listed(plain(report.group(key)) for key in keys)


def _matched_on(report: Report, side: str) -> list[str]:
    study = report.study
    return [key for key in study.matched_groups if study.groups[key].side == side]


def _codes(report: Report) -> str:
    return report.text.listed(irm_code(report, code) for code in CODES)
