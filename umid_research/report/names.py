"""Names of groups, areas, themes, indicators and codes in the report's language."""

from umid_research.analysis.compare.frame import ALL_DISTRICTS
from umid_research.analysis.score import INDEX
from umid_research.report.activity_report import ActivityReport
from umid_research.report.prose import plain
from umid_research.report.study_report import Report

# Texts name so many districts at most; more of them are counted, or stand in tables.
MANY_DISTRICTS = 12


def compared_name(report: Report, by: str, key: str) -> str:
    """Return the name of a group, a district, the mean of all, or a side (`by` says which)."""
    if key == ALL_DISTRICTS:
        return report.text("table.all_districts")
    if by == "side":
        return report.text(f"table.side.{key}")
    return report.group(key) if by == "group" else report.district_name(key)


def has_many_districts(report: Report) -> bool:
    """Return whether the study has more districts than a text can name."""
    return len(report.study.districts) > MANY_DISTRICTS


def study_districts(report: Report) -> str:
    """Return the names of the study's districts in the words of a list; of many, their number."""
    districts = report.study.districts
    if has_many_districts(report):
        return report.text("many_districts.counted", n=len(districts))
    return report.text.listed(plain(report.district_name(key)) for key in districts)


def area_name(report: Report, key: str) -> str:
    """Return an area's name, or the catalogue's text for all areas together."""
    if key == INDEX:
        return report.text("implementation.all_areas")
    return report.name(report.study.areas[key].name)


def irm_code(report: Report, code: str) -> str:
    """Return the name of a code of the IRM scale."""
    return report.text(f"irm.{code.lower().replace(' ', '_')}")


def theme_name(report: Report, key: str) -> str:
    """Return a theme's name."""
    return report.name(report.study.themes[key].name)


def indicator_name(report: ActivityReport, key: str) -> str:
    """Return an indicator's name."""
    return report.name(report.indicator(key).name)


def register_name(report: ActivityReport, key: str) -> str:
    """Return a register's name."""
    return report.text(f"activities.register.{key}")


def category_name(report: ActivityReport, key: str) -> str:
    """Return the name of a category of information, or of a kind of page such as `page:cbo`."""
    return report.text(f"activities.category.{_word(key).replace(':', '_')}")


def addressee_name(report: Report, key: str) -> str:
    """Return the name of an addressee of proposals."""
    return report.text(f"activities.addressee.{_word(key)}")


def members_counted(report: ActivityReport, kind: str, count: int) -> str:
    """Return a number of members with the name of their kind."""
    return report.text(f"activities.member.{_word(kind)}", n=count)


def _word(code: str) -> str:
    """Return the catalogue's key for a code; `other` is reserved there for a plural form."""
    return "rest" if code == "other" else code
