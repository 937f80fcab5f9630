"""`python -m bench`: every figure, or only the parts that are named (`server`, `fold`, `figures`, `review`, `phone`)."""

from __future__ import annotations

import sys

from bench import figures, fold, phone, review, server
from bench.table import show

PARTS = {
    "fold": ("Fold: one card, both languages", fold.figures),
    "server": ("Server: one core, SQLite, synchronous=FULL", server.figures),
    "figures": ("Figures: one core, SQLite", figures.figures),
    "review": ("Closed cards: one core, SQLite", review.figures),
    "phone": ("Phone: Chromium, worker, IndexedDB with strict durability", phone.figures),
}

for name in sys.argv[1:] or PARTS:
    title, figures = PARTS[name]
    show(title, figures())
