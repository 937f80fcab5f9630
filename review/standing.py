"""Standing: the heads of a subject (card/heads.py) while its entries come in one by one, so that one more costs no more the more there are."""

from __future__ import annotations

from card.entry import Entry


class Standing:
    """`heads`: those that nothing which came so far supersedes, in the order in which they came; none where all supersede each other in a circle."""

    __slots__ = ("heads", "_replaced", "_newest")

    def __init__(self) -> None:
        self.heads: dict[str, Entry] = {}
        self._replaced: set[str] = set()
        self._newest: Entry | None = None

    def add(self, entry: Entry) -> tuple[list[Entry], bool]:
        """Those that no longer stand, and whether this one does."""
        self._newest = entry
        old = {one for one in entry["supersedes"] if one != entry["id"]}
        self._replaced |= old
        gone = [self.heads.pop(one) for one in old if one in self.heads]
        stands = entry["id"] not in self._replaced
        if stands:
            self.heads[entry["id"]] = entry
        return gone, stands

    @property
    def last(self) -> Entry:
        """The one that came last; where they are a circle all of them stand, so it is the newest."""
        assert self._newest is not None, "asked of a subject on which nothing came"
        return next(reversed(self.heads.values()), self._newest)
