"""A stock Firefox, driven through Marionette, the remote control that it brings itself.

A message is its length in bytes, a colon, and JSON: [0, id, command, parameters] to Firefox, and
[1, id, error, result] back.  The commands are those of WebDriver.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

T = TypeVar("T")
SECONDS = 60.0
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # how WebDriver writes an element
KEYS = {"ArrowLeft": "\ue012", "Control": "\ue009", "Escape": "\ue00c", "Enter": "\ue007"}
SCHEMES = {"dark": 0, "light": 1}
# Whether a new version exists and what sites are dangerous must not be asked while a test runs.
SETTINGS: dict[str, object] = {
    "marionette.port": 0,
    "app.update.disabledForTesting": True,
    "browser.newtabpage.enabled": False,
    "dom.serviceWorkers.enabled": False,  # as in the other browser: they have tests of their own
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "remote.prefs.recommended": True,
    "toolkit.telemetry.enabled": False,
}
# Firefox itself, outside every page, notes which addresses its pages ask for and what goes wrong in
# them; what they log is known in their own processes alone, and sent from there.
WATCH = """
const noted = (globalThis.noted = { errors: [], asked: [] });
globalThis.watching = {
  observe(subject, topic) {
    if (topic === "http-on-modify-request") {
      const { URI, loadInfo } = subject.QueryInterface(Ci.nsIHttpChannel);
      if (!loadInfo.triggeringPrincipal.isSystemPrincipal) noted.asked.push(URI.spec);
      return;
    }
    if (!(subject instanceof Ci.nsIScriptError) || !subject.isForwardedFromContentProcess) return;
    const mild = subject.flags & (subject.warningFlag | subject.infoFlag);
    // Firefox's own scripts fail, too, and so does what was loading when the page was left.
    const inPage = /^(blob:)?https?:/.test(subject.sourceName);
    const left = subject.errorMessage.startsWith("NS_BINDING_ABORTED");
    if (inPage && !mild && !left) noted.errors.push(subject.errorMessage);
  },
};
Services.console.registerListener(watching);
Services.obs.addObserver(watching, "http-on-modify-request");
Services.ppmm.addMessageListener("logged", ({ data }) => noted.errors.push(data));
Services.ppmm.loadProcessScript(`data:text/javascript,${encodeURIComponent(`
  const storage = Cc["@mozilla.org/consoleAPI-storage;1"].getService(Ci.nsIConsoleAPIStorage);
  const everyone = Cc["@mozilla.org/systemprincipal;1"].createInstance(Ci.nsIPrincipal);
  storage.addLogEventListener(({ wrappedJSObject: { level, filename, arguments: said } }) => {
    if (level !== "error" || !filename.startsWith("http")) return;
    Services.cpmm.sendAsyncMessage("logged", said.map(String).join(" "));
  }, everyone);
`)}`, true);
"""


class FirefoxError(RuntimeError):
    """What Firefox answers to a command that it cannot carry out."""


def program() -> str | None:
    """Return the path of the machine's Firefox, or None."""
    names = ("firefox-esr", "firefox")
    return os.environ.get("FIREFOX") or next(filter(None, map(shutil.which, names)), None)


def until(look: Callable[[], T]) -> T:
    """Call `look` until it returns something; return that.  Raises TimeoutError after a minute."""
    end = time.monotonic() + SECONDS
    while not (found := look()):
        if time.monotonic() > end:
            raise TimeoutError(f"nothing came within {SECONDS:.0f} s")
        time.sleep(0.05)
    return found


@contextmanager
def started(binary: str, settings: Mapping[str, object] = {}) -> Iterator[Firefox]:
    """Start Firefox with a new profile, which is gone afterwards.

    settings: preferences beside, and instead of, SETTINGS.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        prefs = {**SETTINGS, **settings}
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in prefs.items()]
        (Path(folder) / "user.js").write_text("".join(lines), "utf-8")
        options = ["--headless", "--marionette", "--remote-allow-system-access", "--no-remote"]
        process = subprocess.Popen(
            [binary, *options, "--profile", folder],
            env={**os.environ, "HOME": folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with socket.create_connection(("127.0.0.1", _port(Path(folder), process))) as line:
                line.settimeout(SECONDS)
                with line.makefile("rb") as answers:
                    yield Firefox(line, answers)
        finally:
            process.terminate()
            process.wait(SECONDS)


def _port(profile: Path, process: subprocess.Popen[bytes]) -> int:
    """Wait until Firefox has written the port at which it listens."""
    file = profile / "MarionetteActivePort"

    def written() -> str:
        if process.poll() is not None:
            raise FirefoxError("Firefox did not start")
        return file.read_text("utf-8").strip() if file.exists() else ""

    return int(until(written))


class Firefox:
    """One window; what goes wrong in its pages, and what they ask for, is noted."""

    def __init__(self, line: socket.socket, answers: IO[bytes]) -> None:
        self._line = line
        self._answers = answers
        self._last = 0
        self._receive()  # Firefox says hello
        self.command("WebDriver:NewSession", capabilities={})
        self.privileged(WATCH)

    def command(self, name: str, **parameters: Any) -> Any:
        """Give a command; return its result.  Raises FirefoxError with what Firefox says."""
        self._last += 1
        text = json.dumps([0, self._last, name, parameters]).encode()
        self._line.sendall(b"%d:%s" % (len(text), text))
        _, _, error, result = self._receive()
        if error:
            raise FirefoxError(f"{error['error']}: {error['message']}")
        return result.get("value") if isinstance(result, dict) else result

    def _receive(self) -> Any:
        length = b""
        while (digit := self._answers.read(1)) != b":":
            if not digit:
                raise FirefoxError("Firefox has gone")
            length += digit
        return json.loads(self._answers.read(int(length)))

    def open(self, address: str) -> None:
        """Load a page, and wait until it is loaded."""
        self.command("WebDriver:Navigate", url=address)

    def run(self, script: str, *arguments: Any) -> Any:
        """Run the body of a function in the page; return what it returns, or what it promises."""
        return self.command("WebDriver:ExecuteScript", script=script, args=arguments, sandbox=None)

    def privileged(self, script: str) -> Any:
        """Run the body of a function in Firefox itself."""
        self.command("Marionette:SetContext", value="chrome")
        try:
            return self.command(
                "WebDriver:ExecuteScript",
                script=script,
                args=[],
                sandbox="system",
                newSandbox=False,
            )
        finally:
            self.command("Marionette:SetContext", value="content")

    def wait(self, expression: str, *arguments: Any) -> Any:
        """Wait until the JavaScript `expression` is true in the page; return it."""
        return until(lambda: self.run(f"return {expression};", *arguments))

    def find(self, css: str) -> dict[str, str]:
        """Return the first element that is there, once it is."""
        self.wait("document.querySelector(arguments[0]) !== null", css)
        return {ELEMENT: self._element(css)}

    def _element(self, css: str) -> str:
        found = self.command("WebDriver:FindElement", using="css selector", value=css)
        return found[ELEMENT]

    def click(self, css: str) -> None:
        """Click an element with the mouse, as WebDriver does: it must be there to be hit."""
        self.find(css)
        self.command("WebDriver:ElementClick", id=self._element(css))

    def press(self, *keys: str) -> None:
        """Press keys one after the other, and let them go in the opposite order."""
        codes = [KEYS.get(key, key) for key in keys]
        actions = [{"type": "keyDown", "value": code} for code in codes]
        actions += [{"type": "keyUp", "value": code} for code in reversed(codes)]
        source = {"type": "key", "id": "keyboard", "actions": actions}
        self.command("WebDriver:PerformActions", actions=[source])

    def screenshot(self, css: str) -> str:
        """Return an element as the reader sees it: a PNG in base64."""
        self.find(css)
        return self.command("WebDriver:TakeScreenshot", id=self._element(css), full=False)

    def prefer(self, scheme: str) -> None:
        """Let the system prefer the colour scheme "light" or "dark"."""
        name = "layout.css.prefers-color-scheme.content-override"
        self.privileged(f"Services.prefs.setIntPref({json.dumps(name)}, {SCHEMES[scheme]})")

    def errors(self) -> list[str]:
        """Return what went wrong in pages, and what they logged as errors."""
        return self.privileged("return noted.errors")

    def asked(self) -> list[str]:
        """Return the addresses that pages have asked for."""
        return self.privileged("return noted.asked")

    def forget(self) -> None:
        """Forget errors and addresses."""
        self.privileged("noted.errors = []; noted.asked = [];")
