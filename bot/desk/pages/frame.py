"""What all pages share: the template they stand in, the reader's language, and what a browser may do with them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bot.desk.access.users import OWNER, PERSON, STRANGER
from bot.desk.errors import ApiError
from bot.desk.wire import Answer, Call

if TYPE_CHECKING:
    from jinja2 import Environment

LANGUAGES = {"en": "English", "zh-CN": "中文"}
DEFAULT_LANGUAGE = "en"
LANGUAGE_COOKIE = "desk-lang"
NAMELESS = (OWNER, PERSON, STRANGER)  #: who calls where nobody logs in
YEAR = 365 * 24 * 3600  #: seconds
#: Nothing from elsewhere, no inline scripts or styles: text from a cell cannot become either.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HTML = "text/html; charset=utf-8"
STATIC_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
STATIC_NAME = re.compile(r"(?:grid/)?[a-z0-9][a-z0-9_-]*(\.[a-z]+)")


def language_of(call: Call) -> str:
    """The language a page is shown in: the address says, else the cookie, else the browser's own languages."""
    asked = call.get("lang") or cookies_of(call).get(LANGUAGE_COOKIE, "")
    if asked in LANGUAGES:
        return asked
    weighed = []
    for position, part in enumerate(call.headers.get("accept-language", "").split(",")):
        tag, _, weight = part.strip().lower().partition(";q=")
        language = "zh-CN" if tag.split("-")[0] == "zh" else tag.split("-")[0]
        if language in LANGUAGES:
            weighed.append((-_weight(weight), position, language))
    return str(min(weighed)[2]) if weighed else DEFAULT_LANGUAGE


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def cookies_of(call: Call) -> dict[str, str]:
    """The cookies a browser sent; none if they cannot be read."""
    try:
        return {name: one.value for name, one in SimpleCookie(call.headers.get("cookie", "")).items()}
    except CookieError:
        return {}


@dataclass(frozen=True)
class Texts:
    """Every text of the pages in one language; a missing key is an error, never an empty label."""

    language: str
    catalogue: dict[str, Any]

    def __call__(self, key: str, **values: object) -> str:
        """The text at a dotted key, with values put in where it names them."""
        text: str = self._at(key)[self.language]
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        """Whether there is a text at a key."""
        try:
            return self.language in self._at(key)
        except KeyError:
            return False

    def under(self, key: str) -> dict[str, str]:
        """The texts one level below a key, for a page's script."""
        return {name: one[self.language] for name, one in self._at(key).items() if self.language in one}

    def _at(self, key: str) -> dict[str, Any]:
        found = self.catalogue
        for part in key.split("."):
            found = found[part]
        return found


class Frame:
    """Puts pages together; the templates and texts are read when the first page is asked for."""

    @cached_property
    def _templates(self) -> Environment:
        # Most desks are started for tests and programs, which never ask for a page.
        from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - see above

        return Environment(
            loader=PackageLoader("bot.desk.pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    @cached_property
    def _catalogue(self) -> dict[str, Any]:
        return tomllib.loads(files("bot.desk.pages").joinpath("texts.toml").read_text(encoding="utf-8"))

    def texts(self, call: Call) -> Texts:
        """The texts in the language of the one who calls."""
        return Texts(language_of(call), self._catalogue)

    def page(self, call: Call, template: str, *, status: int = 200, **values: object) -> Answer:
        """A page from its template, in the language of the one who calls."""
        texts = self.texts(call)
        html = self._templates.get_template(template).render(
            t=texts,
            lang=texts.language,
            languages=[(code, name, _with_language(call, code)) for code, name in LANGUAGES.items()],
            here=call.path.strip("/").split("/")[0],
            initials=_initials,
            account=call.user.email if call.user not in NAMELESS else "",
            **values,
        )
        # Without any referrer a browser would also keep the origin of a form to itself, and the door wants it.
        headers = [("content-security-policy", POLICY), ("referrer-policy", "same-origin")]
        if call.get("lang") in LANGUAGES:
            kept = f"{LANGUAGE_COOKIE}={texts.language}; Path=/; Max-Age={YEAR}; SameSite=Lax"
            headers.append(("set-cookie", kept))
        return Answer(status, html.encode(), HTML, tuple(headers))


def _initials(text: str) -> str:
    """One or two letters that stand for a person or a workbook in a small round sign."""
    words: list[str] = re.findall(r"\w+", text)
    if not words:
        return "·"
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 and text.isascii() else "")).upper()


def _with_language(call: Call, language: str) -> str:
    pairs = [pair for pair in call.query if pair[0] != "lang"]
    return f"{call.path}?{urlencode([*pairs, ('lang', language)])}"


def static_file(call: Call, name: str) -> Answer:
    """A script, style or picture of the pages; a browser asks again each time and is told if it still has it."""
    found = _static(name) if call.method in {"GET", "HEAD"} else None
    if found is None:
        raise ApiError(404)
    body, mark = found
    headers = (("cache-control", "no-cache"), ("etag", mark))
    kind = STATIC_TYPES[name[name.rindex(".") :]] + "; charset=utf-8"
    if call.headers.get("if-none-match") == mark:
        return Answer(304, b"", kind, headers)
    return Answer(200, body, kind, headers)


def _static(name: str) -> tuple[bytes, str] | None:
    match = STATIC_NAME.fullmatch(name)
    if match is None or match[1] not in STATIC_TYPES:
        return None
    file = files("bot.desk").joinpath("static", *name.split("/"))
    if not file.is_file():
        return None
    body = file.read_bytes()
    return body, f'"{_digest(body)}"'


@lru_cache(maxsize=128)
def _digest(body: bytes) -> str:
    return sha256(body).hexdigest()[:20]
