"""Which browser this is, as people call it ("Chrome · Android"): to tell one's own devices apart. A hint, from what the browser says of itself:
nothing is decided by it.

The order matters: Edge also says Chrome, Chrome also says Safari, Android also says Linux.
"""

from __future__ import annotations

BROWSERS = {
    "Edg": "Edge", "SamsungBrowser": "Samsung Internet", "OPR": "Opera", "FxiOS": "Firefox", "Firefox": "Firefox", "CriOS": "Chrome",
    "Chrome": "Chrome", "Safari": "Safari",
}  # fmt: skip
SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "CrOS": "ChromeOS", "Windows": "Windows", "Mac OS X": "Mac", "Linux": "Linux"}


def kind_of(said: str) -> str:
    """Empty when neither browser nor system is known."""
    found = (next((name for token, name in known.items() if token in said), "") for known in (BROWSERS, SYSTEMS))
    return " · ".join(filter(None, found))
