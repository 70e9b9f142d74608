"""Addresses as the gazette and the registers print them, for many rows at once."""

from __future__ import annotations

import numpy as np

from ipstat.sample_city.dates import day
from ipstat.sample_city.holders import Holders
from ipstat.sample_city.places import TOWNS, ZONES
from ipstat.sample_city.randomness import Floats, Ints, Texts, texts

MERGER = day(2021, 1, 1)


def town_labels(holders: Holders, rows: Ints, towns: Ints, days: Ints, luck: Floats) -> Texts:
    """Return what stands for the town in each address: old or new name, a zone, or nothing.

    ``luck`` (0-1, one a row) makes one row in fifty lose its town and one in twenty write 古镇 for 古镇镇.
    """
    old = texts([town.address_name for town in TOWNS])[towns]
    new = texts([town.address_name_now for town in TOWNS])[towns]
    adoption = np.array([town.adoption for town in TOWNS])[towns]
    labels: Texts = np.where((days >= MERGER) & (holders.new_style[rows] < adoption), new, old)
    zones = texts([*(name for name, _ in ZONES), ""])
    zone = holders.zone[rows]
    labels = np.where(zone >= 0, zones[zone], labels)
    labels[(labels == "古镇镇") & (luck < 0.05)] = "古镇"
    labels[holders.is_plain[rows] | (luck > 0.985)] = ""
    return labels


def addresses(holders: Holders, rows: Ints, days: Ints, luck: Floats, with_postcode: bool = True) -> list[str]:
    """Return the address of each holder on a day, as ``528421广东省中山市古镇镇曹三村兴业路1号``."""
    towns = holders.towns_on(rows, days)
    labels = town_labels(holders, rows, towns, days, luck).tolist()
    places = np.where(days < holders.move_day[rows], holders.place[rows], holders.place_after_move[rows]).tolist()
    if not with_postcode:
        return [f"广东省中山市{label}{place}" for label, place in zip(labels, places, strict=True)]
    postcodes = holders.postcode[rows].tolist()
    return [f"{c}广东省中山市{label}{place}" for c, label, place in zip(postcodes, labels, places, strict=True)]
