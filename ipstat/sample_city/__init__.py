"""A synthetic city: raw files of every feed in its sender's own format, with ground truth beside them.

This package knows nothing of contracts, readers or the warehouse. Everything that it writes is invented and marked
示例数据; it is deterministic by seed, and leaves the production image. `write(out)` makes:

    SAMPLE_DATA.json                       the mark, the arguments, true counts by year
    deliveries.csv                         what was received in which order: deliver | withdraw
    cnipa_gazette/<issue>/CN_patent_*.csv  every Tuesday and Friday, four files, here and there a second crawl
    <feed>/<file of a month or year>       the other feeds
    <feed>/resent/<n>/...                  the same file names with changed bytes, sent again
    _truth/holders, patents, events, marks.csv   who holds what, where, since when; no pipeline code reads it

How it is made: `anchors` (published figures) and `plan` (counts by month) say how much; `holders`,
`documents`, `lives`, `marks`, `cases`, `lots`, `pledges`, `honours` and `returns` are the truth; one module
a feed writes it with its faults.
"""

from ipstat.sample_city.plan import Plan, make_plan
from ipstat.sample_city.writer import SampleCity, write

__all__ = ["Plan", "SampleCity", "make_plan", "write"]
