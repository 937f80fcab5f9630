"""`python -m bench`: every figure, or only the parts that are named (the names of PARTS)."""

from __future__ import annotations

import sys

from bench import durable, figures, fold, phone, pieces, review, server, storm, streams, two
from bench.table import show

PARTS = {
    "fold": ("Fold: one card, both languages", fold.figures),
    "server": ("Server: one core, SQLite, synchronous=FULL", server.figures),
    "streams": ("Streams: one core, SQLite", streams.figures),
    "durable": ("Durable: one core, SQLite and PostgreSQL", durable.figures),
    "storm": ("A storm: 2,000 phones come back within 5 s, one core, SQLite", storm.figures),
    "two": ("Two processes, PostgreSQL and Redis", two.figures),
    "pieces": ("What capacity is made of", pieces.figures),
    "figures": ("Figures: one core, SQLite", figures.figures),
    "review": ("Closed cards: one core, SQLite", review.figures),
    "phone": ("Phone: Chromium, worker, IndexedDB with strict durability", phone.figures),
}

for name in sys.argv[1:] or PARTS:
    title, figures = PARTS[name]
    show(title, figures())
