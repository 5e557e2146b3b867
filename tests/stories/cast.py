"""People of a district at their pages: each in a browser context of their own, signed in once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, FilePayload, Locator, Page, ViewportSize, expect
from pyotp import TOTP

from tests.browser import pages
from tests.browser.pages import Watched, watch
from tests.scenarios.passer_by import a_photo
from tests.scenarios.stage import PEOPLE, Stage

PATIENCE_MS = 30_000
"""A busy machine with a broker, a database and a browser takes its time."""

STANDS = {"签收": "acknowledged", "处置": "disposed", "反馈": "reported", "核查": "verified",
          "办结": "closed"}  # fmt: skip


def a_file(name: str) -> FilePayload:
    """Give a photograph as a browser takes it from a phone."""
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": a_photo()}


@dataclass
class Someone:
    """Somebody at a page."""

    page: Page
    watched: Watched
    address: str
    unit: str

    def goes(self, path: str) -> Page:
        """Open one of the pages."""
        self.page.goto(self.address + path)
        return self.page

    def finds(self, incident: str) -> None:
        """Find a case on the board, and open it."""
        self.goes("/")
        link = self.page.locator(f'#board a[href^="/incidents/{incident}"]').first
        expect(link).to_be_visible(timeout=PATIENCE_MS)
        link.click()
        expect(self.page.locator("#incident")).to_be_visible()

    def opens(self, incident: str) -> None:
        """Go to a case, if this is not where one is."""
        if f"/incidents/{incident}" not in self.page.url:
            self.goes(f"/incidents/{incident}")

    def sees(self, incident: str) -> bool:
        """Tell whether a case is there for this person at all."""
        answer = self.page.request.get(f"{self.address}/incidents/{incident}")
        return answer.status == 200

    def card(self, unit: str = "") -> Locator:
        """Give the card of a unit's task, one's own unless named."""
        return pages.task(self.page, unit or self.unit)

    def takes(self, step: str, unit: str = "", **said: str) -> None:
        """Press a step's button, with what is filled in before, and see it taken.

        `said`: what to write under a label (`说明`, `到课人数`), choose (`结果`) or bring (`照片`).
        """
        card = self.card(unit)
        button = card.get_by_role("button", name=step, exact=True)
        expect(button).to_be_visible(timeout=PATIENCE_MS)
        for label, value in said.items():
            self._fills(card, label, value)
        button.click()
        expect(card).to_have_attribute("data-status", STANDS[step], timeout=PATIENCE_MS)

    @staticmethod
    def _fills(card: Locator, label: str, value: str) -> None:
        if label == "照片":
            card.locator("input[data-photos][name=photos]").set_input_files([a_file(value)])
            expect(card.locator(".photo")).to_have_attribute(
                "data-state", "sent", timeout=PATIENCE_MS
            )
        elif label == "结果":
            card.get_by_label(label).select_option(label=value)
        else:
            card.get_by_label(label).fill(value)

    def does_its_part(self, incident: str, note: str, **report: str) -> None:
        """Acknowledge, dispose and report back."""
        self.finds(incident)
        self.takes("签收")
        self.takes("处置", 说明=note)
        self.takes("反馈", 说明=note, **report)

    def checks_and_closes(self, incident: str, *units: str) -> None:
        """Verify and close tasks of units, and see the case closed."""
        self.opens(incident)
        for step in ("核查", "办结"):  # nothing is closed before all of it is verified
            for unit in units:
                self.takes(step, unit)
        expect(self.page.locator("h1 .status")).to_have_text("已办结", timeout=PATIENCE_MS)

    @contextmanager
    def refused(self) -> Iterator[None]:
        """Let the browser note an answer that refuses, as it does of its own accord."""
        before = len(self.watched.errors)
        yield
        del self.watched.errors[before:]


@dataclass
class Cast:
    """Everybody of a stage at one kind of screen; who is asked for first signs in then."""

    browser: Browser
    stage: Stage
    viewport: ViewportSize
    there: dict[str, Someone] = field(default_factory=dict)

    def __getitem__(self, username: str) -> Someone:
        """Give somebody by their username, signed in."""
        if username not in self.there:
            someone = self.anybody(PEOPLE[username][1])
            self._signs_in(someone, username)
            self.there[username] = someone
        return self.there[username]

    def anybody(self, unit: str = "") -> Someone:
        """Give somebody in a fresh browser who has not signed in."""
        context = self.browser.new_context(viewport=self.viewport, locale="zh-CN")
        page = context.new_page()
        someone = Someone(page, watch(page), self.stage.address, unit)
        if not unit:
            self.there[f"anybody-{len(self.there)}"] = someone
        return someone

    def _signs_in(self, someone: Someone, username: str) -> None:
        page = someone.goes("/sign-in")
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码").fill(self.stage.district.passwords[username])
        page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        if page.url.endswith("/account/second"):
            self._sets_up(page)
        expect(page.locator("#board")).to_be_visible()

    @staticmethod
    def _sets_up(page: Page) -> None:
        page.get_by_role("button", name="设置验证器").click()
        secret = page.locator(".secret code").inner_text().replace(" ", "")
        page.get_by_label("6 位数字").fill(TOTP(secret).now())
        page.get_by_role("button", name="确认").click()
        expect(page.get_by_role("heading", name="恢复码")).to_be_visible()
        page.goto(page.url.partition("/account")[0] + "/")

    def assert_clean(self) -> None:
        """Hold that nothing went wrong in any of these browsers."""
        for someone in self.there.values():
            someone.watched.assert_clean()

    def leave(self) -> None:
        """Close every browser."""
        for someone in self.there.values():
            someone.page.context.close()
