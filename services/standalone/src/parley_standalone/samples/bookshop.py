"""The sales of a bookshop that does not exist: the same rows each time, to try Parley with.

`python -m parley_standalone.samples.bookshop > bookshop_sales.csv` writes the file that is shipped.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from io import StringIO
from math import cos, pi
from pathlib import Path

FILE = Path(__file__).with_name("bookshop_sales.csv")
REGIONS = {"North": 1.0, "South": 0.8, "Coast": 0.6}
CATEGORIES = {"Fiction": (210, 14.5), "Children": (160, 9.9), "Travel": (70, 18.0), "Cooking": (55, 24.0)}
HEADER = ("month", "region", "category", "units_sold", "revenue_eur")


def rows() -> Iterator[tuple[str, str, str, int, float]]:
    """Twelve months, three regions, four categories: December is the best month, on the coast it is summer."""
    for month in range(1, 13):
        for region, size in REGIONS.items():
            for number, (category, (usual, price)) in enumerate(CATEGORIES.items()):
                peak = 8 if region == "Coast" or category == "Travel" else 12
                season = 1 + 0.4 * cos(2 * pi * (month - peak) / 12)
                wobble = 1 + ((month * 7 + number * 5 + len(region) * 3) % 11 - 5) / 60
                units = round(usual * size * season * wobble)
                yield f"2025-{month:02}-01", region, category, units, round(units * price, 2)


def text() -> str:
    """The file."""
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(rows())
    return file.getvalue()


if __name__ == "__main__":
    sys.stdout.write(text())
