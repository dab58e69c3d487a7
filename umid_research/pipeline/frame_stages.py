"""The stages from the exports to the published numbers, in the order of their dependencies."""

from umid_research.pipeline.published import disclose
from umid_research.pipeline.registers import activities, implementation
from umid_research.pipeline.responses import clean, compare, reliability, robustness, score

FRAME_STAGES = (
    clean,
    score,
    reliability,
    compare,
    robustness,
    implementation,
    activities,
    disclose,
)
