"""A story fails when a browser complains by itself. Each of these complains on purpose, and would fail if nobody heard it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.stories import complaints
from tests.stories.hands import OFFICER
from tests.stories.phone import Phone

IN_A_PAGE = {
    "text as markup": ("try { document.body.innerHTML = '<p>x' } catch {}", "requires 'TrustedHTML'"),
    "text as a script": ("try { setTimeout('1') } catch {}", "requires 'TrustedScript'"),
    "text as a worker": ("navigator.serviceWorker.register('/static/build/worker.js').catch(() => {})", "requires 'TrustedScriptURL'"),
    "a second policy": ("try { trustedTypes.createPolicy('other', {}) } catch {}", "TrustedTypePolicy named 'other'"),
    "the same policy again": ("try { trustedTypes.createPolicy('motorkap', {}) } catch {}", "TrustedTypePolicy named 'motorkap'"),
    "another server": ("fetch('https://elsewhere.example/').catch(() => {})", "connect-src"),
    "style in an attribute": ("document.body.setAttribute('style', 'color: red')", "style-src"),
    "an error nobody catches": ("setTimeout(() => { throw new Error('lost') })", "error: lost"),
    "an error in the console": ("console.error('it went wrong')", "page: it went wrong"),
}
IN_THE_WORKER = {
    "text as a script": ("try { setTimeout('1') } catch {}", "violates require-trusted-types-for"),
    "text as a function": ("try { new Function('1') } catch {}", "violates require-trusted-types-for"),
    "another server": ("fetch('https://elsewhere.example/').catch(() => {})", "violates connect-src: https://elsewhere.example"),
    "an error nobody catches": ("throw new Error('lost')", "uncaught: Uncaught Error: lost"),
    "a promise nobody catches": ("Promise.reject(new Error('lost'))", "unhandled: Error: lost"),
    "an error in the console": ("console.error('it went wrong')", "worker: it went wrong"),
}


def test_what_goes_wrong_in_a_page_fails_the_story(phone: Callable[..., Phone]) -> None:
    officer = phone(OFFICER, signed_in=False).go("/login")
    for what, (code, said) in IN_A_PAGE.items():
        officer.page.evaluate(f"() => {{ {code} }}")
        heard(officer, what, said)


def test_what_goes_wrong_in_the_worker_fails_the_story(phone: Callable[..., Phone]) -> None:
    cases = "".join(f"if (data === {what!r}) {{ {code} }}\n" for what, (code, _) in IN_THE_WORKER.items())
    officer = phone(OFFICER, suffix=f"\nself.addEventListener('message', ({{ data }}) => {{\n{cases}}});")
    for what, (_, said) in IN_THE_WORKER.items():
        officer.page.evaluate("(what) => navigator.serviceWorker.controller.postMessage(what)", what)
        heard(officer, what, said)


def heard(officer: Phone, what: str, said: str) -> None:
    """The story would fail, with this among what it says."""
    officer.wait_until(lambda: any(said in one for one in complaints.so_far()), f"{what} is heard")
    with pytest.raises(AssertionError, match=re.escape(said)):
        complaints.assert_none()
    officer.page.wait_for_timeout(100)
    complaints.forget()
