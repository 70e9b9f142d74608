"""The published figures that the sample city reproduces at scale 1, as windows of months and stocks at dates.

A window ``("2020-01", "2020-11", 899)`` is the sum over its months, both inclusive; windows of a series follow each
other without gaps from 2012-01 to 2025-12. Figures marked P are baselines of the city's plan 2021-2025 or of its
releases (statistics.md, official_totals.csv); the others are plausible invention between them.
"""

from __future__ import annotations

Window = tuple[str, str, int]


def _years(first_year: int, values: tuple[int, ...]) -> tuple[Window, ...]:
    return tuple((f"{first_year + n}-01", f"{first_year + n}-12", value) for n, value in enumerate(values))


INVENTION_GRANTS: tuple[Window, ...] = (
    *_years(2012, (380, 430, 493, 760, 1060, 1560, 1872, 1560)),  # P 2014: 493, 2018: 1,872
    ("2020-01", "2020-11", 899),  # P
    ("2020-12", "2020-12", 84),
    ("2021-01", "2021-08", 1087),  # P: 1,268 is +16.65 %
    ("2021-09", "2021-12", 673),
    ("2022-01", "2022-08", 1268),  # P
    ("2022-09", "2022-12", 692),
    *_years(2023, (2250, 2420, 2180)),
)
UTILITY_GRANTS: tuple[Window, ...] = (
    *_years(2012, (6100, 6750, 6650, 8300, 8250, 11050, 14700, 14850)),
    ("2020-01", "2020-11", 17100),
    ("2020-12", "2020-12", 1750),
    ("2021-01", "2021-08", 13100),
    ("2021-09", "2021-12", 7300),
    ("2022-01", "2022-08", 14010),
    ("2022-09", "2022-12", 6640),
    *_years(2023, (18750, 15400, 14100)),
)
DESIGN_GRANTS: tuple[Window, ...] = (
    *_years(2012, (11320, 11420, 10757, 13138, 12709, 14834, 17542, 16985)),
    ("2020-01", "2020-11", 18001),  # P with the two kinds above: 36,000 grants
    ("2020-12", "2020-12", 1864),
    ("2021-01", "2021-08", 12610),  # P: 28,745 is +7.27 % on 26,797
    ("2021-09", "2021-12", 6430),
    ("2022-01", "2022-08", 13467),  # P: 28,745 grants of all kinds
    ("2022-09", "2022-12", 6223),
    *_years(2023, (17200, 15580, 15320)),
)
INVENTION_PUBLICATIONS: tuple[Window, ...] = _years(
    2012, (1700, 2000, 2600, 3700, 6000, 7200, 7900, 6900, 5500, 5600, 5400, 5300, 5200, 5100)
)

INVENTION_APPLICATIONS: tuple[Window, ...] = (
    *_years(2012, (1950, 2432, 3350, 4700, 6900, 8200, 9100, 6700)),  # P 2014: 3,350
    ("2020-01", "2020-11", 5727),  # P
    ("2020-12", "2020-12", 583),
    *_years(2021, (6400, 6250, 6100, 6050, 5900)),
)
UTILITY_APPLICATIONS: tuple[Window, ...] = (
    *_years(2012, (5420, 5884, 6106, 8600, 12400, 14100, 16700, 17700)),  # P 2014: 6,106
    ("2020-01", "2020-11", 17150),
    ("2020-12", "2020-12", 1790),
    *_years(2021, (18400, 16900, 15700, 14100, 13300)),
)
DESIGN_APPLICATIONS: tuple[Window, ...] = (
    *_years(2012, (12930, 13499, 15162, 15200, 16200, 17200, 18200, 19100)),  # P 2014: 15,162
    ("2020-01", "2020-11", 18123),  # P with the two kinds above: 41,000 applications
    ("2020-12", "2020-12", 1927),
    *_years(2021, (18700, 17850, 17200, 15850, 15300)),
)
PCT_APPLICATIONS: tuple[Window, ...] = (
    *_years(2012, (38, 52, 73, 98, 131, 165, 190, 214)),  # P 2014: 73
    ("2020-01", "2020-11", 234),  # P
    ("2020-12", "2020-12", 21),
    *_years(2021, (248, 262, 251, 270, 283)),
)
TRADEMARK_APPLICATIONS: tuple[Window, ...] = _years(
    2012,
    (9500, 10800, 13500, 19500, 23500, 31500, 42500, 44500, 46000, 52500, 46500, 44000, 42500, 41000),  # P 2020
)
TRADEMARK_REGISTRATIONS: tuple[Window, ...] = (
    *_years(2012, (6800, 7000, 9600, 14800, 15700, 18600, 29500, 36400, 33500, 41200)),
    ("2022-01", "2022-09", 28607),  # P
    ("2022-10", "2022-12", 8200),
    *_years(2023, (34200, 33100, 32300)),
)
TRADEMARK_CASES_CLOSED: tuple[Window, ...] = _years(
    2012,
    (512, 486, 455, 431, 398, 376, 402, 418, 433, 447, 462, 438, 421, 415),  # P 2020: 433
)
PATENT_CASES_FILED: tuple[Window, ...] = _years(
    2012,
    (96, 142, 205, 268, 312, 341, 298, 334, 357, 329, 301, 288, 276, 264),  # P 2020: 357
)
OTHER_CASES_CLOSED: tuple[Window, ...] = _years(2012, (40, 42, 45, 44, 43, 46, 52, 55, 58, 60, 57, 55, 52, 50))
PLEDGE_CONTRACTS: tuple[Window, ...] = (
    *_years(2012, (8, 11, 16, 22, 34, 48)),
    ("2018-01", "2018-06", 35),  # P
    ("2018-07", "2018-12", 41),
    *_years(2019, (92, 128, 204, 318, 402, 455, 470)),
)
CUSTOMS_LOTS: tuple[Window, ...] = _years(2012, (96, 104, 118, 132, 141, 150, 168, 184, 176, 190, 203, 214, 209, 221))

#: Valid inventions of the city, as known on the day. P: 1,971 and 10,597; 7,954 / 331.00 = 24.03 per 10,000 (2019).
INVENTION_STOCK: tuple[tuple[str, int], ...] = (
    ("2011-12-31", 818),
    ("2014-12-31", 1971),
    ("2019-12-31", 7954),
    ("2022-08-31", 10597),
    ("2025-12-31", 15850),
)
#: Valid marks (registration x class), renewals and cancellations known on the day. P: 196,000 and 260,410.
TRADEMARK_STOCK: tuple[tuple[str, int], ...] = (
    ("2011-12-31", 48000),
    ("2020-12-31", 196000),
    ("2022-09-30", 260410),
    ("2025-12-31", 331000),
)
#: Valid utility models and designs at the end of 2011: they are known from the legal-event feed alone.
OPENING_UTILITY_STOCK = 9800
OPENING_DESIGN_STOCK = 15400

#: Enterprises in the register at the end of a year, 2011-2025, and the lists of each year.
REGISTERED_ENTERPRISES = (
    9600, 10200, 10900, 11700, 12700, 13800, 15100, 16500, 17900, 19200, 20600, 21800, 23000, 24100, 25000,
)  # fmt: skip
HIGH_TECH_ENTERPRISES = (
    190, 215, 245, 290, 430, 905, 1690, 2380, 2540, 2440, 2470, 2690, 3080, 3360, 3480,  # P 2019: more than 2,500
)  # fmt: skip
ABOVE_SCALE_ENTERPRISES = (
    2700, 2780, 2850, 2900, 3010, 3120, 3190, 3260, 3480, 3710, 4080, 4290, 4470, 4700, 4820,
)  # fmt: skip
EXPORTER_SHARE_OF_ABOVE_SCALE = 0.34

#: Awards by year of award, 2012-2025; cumulated to 2020 with the opening: 46 national, 34 provincial (P).
OPENING_NATIONAL_AWARDS, OPENING_PROVINCIAL_AWARDS = 7, 9
NATIONAL_AWARDS = (2, 2, 3, 3, 4, 5, 6, 7, 7, 6, 7, 8, 6, 7)
PROVINCIAL_AWARDS = (2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 5, 4, 4, 5)
#: New recognitions by year, 2012-2025, each valid for three years: 9 and 44 at the end of 2020 (P), 9, 41, 79 in 2022.
DEMONSTRATION_ENTERPRISES = (0, 1, 1, 1, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4)
ADVANTAGE_ENTERPRISES = (0, 6, 5, 7, 9, 11, 14, 16, 14, 13, 14, 15, 16, 17)
PROVINCIAL_DEMONSTRATION_ENTERPRISES = (0, 8, 9, 11, 14, 17, 20, 23, 26, 26, 27, 28, 29, 30)
