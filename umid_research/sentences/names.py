"""What things are called in the report's language."""

from umid_research.report import Report
from umid_research.score import INDEX


def compared_name(report: Report, by: str, key: str) -> str:
    """The name of what is compared: a group, a district, or a side."""
    if by == "side":
        return report.text(f"table.side.{key}")
    return report.group(key) if by == "group" else report.district_name(key)


def area_name(report: Report, key: str) -> str:
    """An area's name; that of all together is in the catalogue."""
    if key == INDEX:
        return report.text("implementation.all_areas")
    return report.name(report.study.areas[key].name)


def irm_code(report: Report, code: str) -> str:
    """A code of the IRM scale in the report's language."""
    return report.text(f"irm.{code.lower().replace(' ', '_')}")


def theme_name(report: Report, key: str) -> str:
    """A theme's name."""
    return report.name(report.study.themes[key].name)
