"""Draws the icons of static/icons as PNG from their SVG, with the browser of the tests. Run it after changing an SVG; the PNGs are committed."""

from __future__ import annotations

import subprocess
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
ICONS = ROOT / "static" / "icons"
DRAWN = [("icon", 192, "icon-192"), ("icon", 512, "icon-512"), ("maskable", 512, "maskable-512"), ("maskable", 180, "apple-touch-icon")]


def draw() -> None:
    browser_path = subprocess.run(["sh", str(ROOT / "scripts/find_chromium.sh")], capture_output=True, text=True, check=True).stdout.strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        for source, size, name in DRAWN:
            svg = (ICONS / f"{source}.svg").read_text()
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(f"<style>body{{margin:0}}svg{{display:block;width:{size}px;height:{size}px}}</style>{svg}")
            page.screenshot(path=ICONS / f"{name}.png", omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    draw()
