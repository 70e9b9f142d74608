"""A synthetic city: raw files of every feed in its sender's own format, with ground truth beside them.

This package knows nothing of contracts, readers or the warehouse. Everything that it writes is invented and marked
示例数据; it is deterministic by seed, and leaves the production image.
"""

from ipstat.sample_city.plan import Plan, make_plan
from ipstat.sample_city.writer import SampleCity, write

__all__ = ["Plan", "SampleCity", "make_plan", "write"]
