"""Takes the pictures of docs/pictures: the first evening of the scenarios, on the real app, on a phone of 360 by 800, in light and in dark.

Everybody writes through `/sync`, as their phones do, at the clock times of the evening; the pages are those that a phone's own worker draws.
The clock of server and phone is moved to that evening, so that the pictures differ only when a screen does.
"""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import uuid6
from playwright.sync_api import APIRequestContext, Browser, Page, Playwright, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.stories.phone import ARGUMENTS, PASSWORD, Phone, new_context  # noqa: E402
from tests.stories.served import Served, demo_data  # noqa: E402
from tests.stories.wire import PRELUDE, Wire  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
LOOKS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
HERE = ZoneInfo("Europe/Amsterdam")
BRING_UP = """(what) => {
  const under = document.querySelector(".top").getBoundingClientRect().bottom + 12;
  scrollBy(0, document.querySelector(what).getBoundingClientRect().top - under);
}"""


class Evening:
    """The evening of the story: its clock, and a writer for everybody in it."""

    def __init__(self, playwright: Playwright, server: Served) -> None:
        self.playwright, self.server = playwright, server
        # The last 19:00 that lies behind us: a cookie of another year would be no cookie.
        yesterday = datetime.datetime.now(HERE) - datetime.timedelta(days=1)
        self.began = yesterday.replace(hour=19, minute=0, second=0, microsecond=0)
        self.shift_ms = 0
        self.card = str(uuid6.uuid7())
        self.writers: dict[str, Writer] = {}

    def at(self, clock: str) -> None:
        """Puts the clock of the server to this time of the evening."""
        hour, minute = map(int, clock.split(":"))
        moment = self.began.replace(hour=hour, minute=minute, second=30)
        self.shift_ms = round((moment.timestamp() - time.time()) * 1000)
        self.server.set_clock(self.shift_ms)

    def instant(self, clock: str) -> str:
        hour, minute = map(int, clock.split(":"))
        return self.began.replace(hour=hour, minute=minute).astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def writes(self, clock: str, account: str, kind: str, *, replacing: tuple[str, ...] = (), whom: str | None = None, **body: Any) -> str:
        """An entry of somebody, at a clock time of the evening; `whom` is its field `for`."""
        hour, minute = map(int, clock.split(":"))
        moment = round(self.began.replace(hour=hour, minute=minute).timestamp() * 1000)
        return self.writer(account).write(self.card, moment, kind, list(replacing), {**body, **({"for": whom} if whom else {})})

    def writer(self, account: str) -> Writer:
        if account not in self.writers:
            self.writers[account] = Writer(self.playwright.request.new_context(base_url=self.server.base), account)
        return self.writers[account]

    def person(self, account: str) -> str:
        return str(self.writer(account).me["person"])


class Writer:
    """Somebody signed in, who writes through the wire."""

    def __init__(self, http: APIRequestContext, account: str) -> None:
        self.http, self.count = http, 0
        token = re.search(r'name="csrf_token" value="([^"]+)"', http.get("/login").text())
        assert token, "the sign-in page has no token"
        http.post("/login", form={"csrf_token": token.group(1), "email": account, "password": PASSWORD, "next": "/"})
        self.me: dict[str, Any] = http.get("/me.json").json()

    def write(self, card: str, moment_ms: int, kind: str, supersedes: list[str], body: dict[str, Any]) -> str:
        self.count += 1
        made = {
            "id": str(uuid6.uuid7()),
            "card": card,
            "kind": kind,
            "at": f"{moment_ms:013d}-{self.count:04x}-{self.me['device']}",
            "by": self.me["person"],
            "org": self.me["org"],
            "device": self.me["device"],
            "audience": "all",
            "supersedes": supersedes,
            "body": body,
        }
        request = json.dumps({"epoch": self.me["epoch"], "have": {}, "entries": [made]})
        answer = self.http.post("/sync", data=request, headers={"Content-Type": "application/json"}).json()
        assert made["id"] in answer.get("accepted", {}), answer
        return str(made["id"])


class Camera:
    """A phone in somebody's hand at one moment of the evening, and the pictures taken of it."""

    def __init__(self, browser: Browser, evening: Evening, folder: Path) -> None:
        self.browser, self.evening, self.folder = browser, evening, folder

    def holds(self, account: str, *, until: Callable[[Page, Wire], None], **size: Any) -> None:
        wire = Wire(self.evening.server.port)
        wire.shift_ms = self.evening.shift_ms
        context = new_context(self.browser, **size)
        context.add_init_script(PRELUDE % self.evening.shift_ms)
        phone = Phone(context, wire, account)
        try:
            until(phone.sign_in().page, wire)
        finally:
            phone.close()

    def takes(self, page: Page, name: str, *, of: str | None = None) -> None:
        """One picture in light and one in dark; `of` is brought to the top first."""
        for look in LOOKS:
            page.emulate_media(color_scheme=look, reduced_motion="reduce")
            if of:
                for _ in range(2):  # The bar at the top gets smaller by scrolling.
                    page.evaluate(BRING_UP, of)
            page.wait_for_timeout(150)
            page.screenshot(path=self.folder / (f"{name}.png" if look == "light" else f"{name}-{look}.png"))

    def opens(self, page: Page, path: str) -> None:
        page.goto(re.sub(r"(https?://[^/]+).*", r"\1", page.url) + path)
        page.wait_for_timeout(300)


AGENT, OTHER_AGENT = "agent@noord.example", "agent2@noord.example"
TRIAGIST, DRIVER, ADDICTION = "triagist@crisisdienst.example", "chauffeur@ggzvervoer.example", "begeleider@verslavingszorg.example"


def play(evening: Evening, camera: Camera) -> None:
    """The first evening, until the card is closed."""
    writes, card = evening.writes, f"/cards/{evening.card}"

    evening.at("19:01")
    writes(
        "19:00",
        AGENT,
        "card.opened",
        situation="crisis_assessment",
        place="Kruising Stationsweg en Havenstraat",
        about="Man regelt het verkeer, praat met niemand",
    )
    writes("19:00", AGENT, "presence.arrived", person=evening.person(AGENT), position="in_sight")
    writes("19:01", OTHER_AGENT, "presence.arrived", person=evening.person(OTHER_AGENT), position="nearby")
    writes(
        "19:01",
        AGENT,
        "observation.noted",
        does="Regelt verkeer, loopt tussen de auto’s",
        says="“Ze mogen er niet door”",
        used="Ruikt naar alcohol",
        means="Keukenmes in de tas",
        source="seen",
    )
    client = writes("19:01", AGENT, "risk.assessed", whom="client", level="middle", facts=["weapon", "substances"])
    writes("19:01", AGENT, "risk.assessed", whom="surroundings", level="high", facts=["crowd"], note="Druk kruispunt, mensen filmen")
    writes(
        "19:01",
        AGENT,
        "approach.noted",
        looks="Kijkt weg als je hem aanspreekt",
        uniform="Wordt onrustig van uniform",
        by_whom="Eén persoon, rustig, van opzij",
    )

    evening.at("19:31")
    asked = writes("19:02", AGENT, "service.requested", service="crisisdienst", whom="assessment")
    writes("19:06", TRIAGIST, "service.acknowledged", request=asked)
    writes("19:21", TRIAGIST, "service.declined", request=asked, reason="under_influence", referred_to="verslavingszorg")
    second = writes("19:23", AGENT, "service.requested", service="verslavingszorg", whom="assessment")
    writes("19:25", ADDICTION, "service.declined", request=second, reason="office_hours")
    writes("19:30", AGENT, "service.escalated", request=asked, level="operational", to="Dienstdoende manager Crisisdienst")
    third = writes("19:31", AGENT, "service.requested", service="crisisdienst", whom="assessment")
    writes("19:31", TRIAGIST, "service.promised", request=third, until=evening.instant("20:15"))

    evening.at("20:22")
    low = writes("19:40", OTHER_AGENT, "risk.assessed", whom="client", replacing=(client,), level="low", note="Zit rustig op de trap")
    writes("20:15", TRIAGIST, "service.arrived", request=third)
    writes("20:15", TRIAGIST, "presence.arrived", person=evening.person(TRIAGIST), position="in_sight")
    high = writes(
        "20:19",
        TRIAGIST,
        "risk.assessed",
        whom="client",
        replacing=(client,),
        level="high",
        acute=True,
        facts=["suicidal", "weapon"],
        note="Zegt dat hij vannacht niet overleeft",
    )

    def disagreement(page: Page, _wire: Wire) -> None:
        camera.opens(page, "/")
        camera.takes(page, "home")
        camera.opens(page, card)
        camera.takes(page, "disagreement", of="#section-risk")
        camera.opens(page, f"{card}/people")
        page.get_by_role("button", name="code").first.click()
        page.locator(".code-letters").wait_for()
        camera.takes(page, "code", of=".code-shown")

    camera.holds(AGENT, until=disagreement)

    evening.at("21:03")
    one = writes("20:24", OTHER_AGENT, "risk.assessed", whom="client", replacing=(low, high), level="high", acute=True, facts=["suicidal", "weapon"])
    writes("20:27", TRIAGIST, "picture.set", problem="In de war en onder invloed. Wil niet meer leven. Mes ligt nog in de tas.")
    plan = writes(
        "20:27",
        AGENT,
        "plan.set",
        plan="Eén persoon praat, de rest op afstand. Vrijwillig mee naar de beoordeling.",
        if_then=["Pakt hij de tas: afstand en overmeesteren", "Wil hij weg: volgen, niet insluiten"],
    )
    writes("20:28", TRIAGIST, "plan.agreed", plan=plan)
    writes("20:29", AGENT, "agreement.made", what="Tas buiten bereik houden", who="Agent Noord", until=evening.instant("21:15"))
    writes("20:31", TRIAGIST, "transport.chosen", by="ggz_transport", reason="Rustig, geen politiewagen nodig")
    ride = writes("20:31", AGENT, "service.requested", service="ggzvervoer", whom="transport")
    writes("20:33", DRIVER, "service.promised", request=ride, until=evening.instant("21:00"))

    def full(page: Page, _wire: Wire) -> None:
        camera.opens(page, card)
        camera.takes(page, "card")
        camera.takes(page, "waiting", of="#section-waiting")
        camera.opens(page, f"{card}/bonnet")
        camera.takes(page, "bonnet")
        camera.opens(page, card)
        page.locator("#section-handover .section-head a").click()
        page.locator("#form form").wait_for()
        camera.takes(page, "handover-form")

    camera.holds(AGENT, until=full)

    evening.at("21:10")
    writes("21:08", DRIVER, "service.arrived", request=ride)
    offer = writes(
        "21:09", AGENT, "handover.offered", to="crisisdienst",
        situation="Man van ongeveer 40, in de war, wil niet meer leven", background="Regelde om 19:00 het verkeer, ruikt naar alcohol",
        assessment="Cliënt: hoog, acuut. Rustig zolang één persoon praat", request="Beoordeling op de crisisdienst",
        searched="yes", found="Telefoon, sleutels", weapons="Keukenmes, ingenomen", substances="Alcohol", injuries="Geen gezien",
        call_back="Meldkamer, vraag naar Noord 12-01",
    )  # fmt: skip

    def offered(page: Page, _wire: Wire) -> None:
        camera.opens(page, card)
        camera.takes(page, "handover", of="#section-handover")

    camera.holds(TRIAGIST, until=offered)

    evening.at("21:14")
    writes(
        "21:12",
        TRIAGIST,
        "handover.accepted",
        offer=offer,
        release=True,
        read_back="Mes is ingenomen, wil niet meer leven, alcohol. Wij nemen hem mee naar de dienst.",
    )
    writes("21:12", TRIAGIST, "risk.assessed", whom="client", replacing=(one,), level="middle", note="Rustig in het vervoer")
    alarm = writes("21:13", DRIVER, "alarm.raised", note="Hij probeert uit te stappen")

    def after(page: Page, wire: Wire) -> None:
        camera.opens(page, card)
        camera.takes(page, "alarm")
        camera.opens(page, f"{card}/timeline")
        camera.takes(page, "timeline")
        writes("21:14", AGENT, "alarm.ended", alarm=alarm)
        camera.opens(page, card)
        page.locator(".alarm").wait_for(state="detached")
        wire.cut()
        camera.opens(page, f"{card}/entries/new?kind=observation.noted")
        page.locator("#field-says").fill("“Ik loop naar huis”, wijst naar de haven")
        page.locator(".form-send button").click()
        page.locator("#section-observation").wait_for()
        page.locator(".sync-waiting").wait_for()
        camera.takes(page, "without-network", of="#section-observation")
        camera.opens(page, "/unsent")
        camera.takes(page, "not-shared-yet")

    camera.holds(AGENT, until=after)


def own_phone(evening: Evening, camera: Camera) -> None:
    """Whose phone it is: signing in, the lock, devices, a colleague's lost phone, and what may be shared."""
    evening.at("21:30")

    def signs_in(page: Page, _wire: Wire) -> None:
        for path, name in (("/devices", "devices"), ("/devices/lost?q=agent", "lost-phone")):
            camera.opens(page, path)
            if name == "lost-phone":
                page.locator(".way").first.click()
                page.locator("#field-device").wait_for()
            camera.takes(page, name)
        camera.opens(page, "/sharing?profession=medical&information=medical&receiver=police&purpose=danger")
        camera.takes(page, "sharing")
        camera.opens(page, "/pin")
        for field in ("pin", "again"):
            page.fill(f"[name={field}]", "739214")
        page.locator(".form-send button").click()
        page.locator("form[action='/lock']").wait_for()
        camera.opens(page, f"/cards/{evening.card}")
        page.evaluate("navigator.serviceWorker.controller.postMessage({type: 'lock'})")
        page.locator("[data-unlock]").wait_for()
        camera.takes(page, "locked")

    camera.holds(OTHER_AGENT, until=signs_in)
    context = new_context(camera.browser, base_url=evening.server.base)
    page = context.new_page()
    page.goto("/login")
    page.locator("[data-passkey]:not([hidden])").wait_for()
    page.evaluate("document.querySelector('.demo')?.closest('section').remove()")
    camera.takes(page, "sign-in")
    context.close()


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        server = Served(demo_data(Path(data))).start()
        browser_path = subprocess.run(["sh", str(ROOT / "scripts/find_chromium.sh")], capture_output=True, text=True, check=True).stdout.strip()
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        try:
            evening = Evening(playwright, server)
            camera = Camera(browser, evening, folder)
            play(evening, camera)
            own_phone(evening, camera)
        finally:
            browser.close()
            server.kill()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES)
