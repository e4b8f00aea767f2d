"""A newcomer's walk through a page of the docs: its commands are run, its words are looked for in what they say.

    ```sh        commands, one after the other: each must end well, or as `fails` says
    ```text      directly behind them: every line of it must be among what they said, in this order; … stands for anything
    ```yaml      goes over config.yaml, as a person would change those lines
    <!-- people: … -->      what people do meanwhile, in a browser; the test does it
    <!-- fails: 2 -->       the exit status that the next commands end with
    <!-- not run: … -->     why the next block is not run here

Comments are not shown to whoever reads the page.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

BOT = ".venv/bin/python -m bot "

_STEP = re.compile(
    r"^<!-- (?P<word>people|fails|not run): (?P<said>.+?) -->$|^```(?P<kind>sh|text|yaml)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Step:
    """One block, or one comment that is meant for the walk."""

    #: "sh", "text", "yaml", "people", "fails" or "not run".
    kind: str
    text: str
    line: int


def steps_of(page: str) -> Iterator[Step]:
    """The steps of a page from top to bottom."""
    for found in _STEP.finditer(page):
        line = page.count("\n", 0, found.start()) + 1
        yield Step(found["kind"] or found["word"], found["body"] or found["said"] or "", line)


def commands_in(block: str) -> list[str]:
    """The commands of a block; a line that ends in a backslash goes on in the next."""
    return [line for line in block.replace("\\\n", " ").splitlines() if line.strip()]


@dataclass
class Walk:
    """One newcomer in one folder."""

    folder: Path
    #: Runs `python -m bot` with these arguments in the folder; its exit status, and all it said.
    bot: Callable[[list[str], Mapping[str, str]], tuple[int, str]]
    #: What people do, by the words of the page.
    people: Mapping[str, Callable[[], None]]
    #: Config that cannot be the page's, such as the desk's address.
    own: Mapping[str, Any]
    environment: dict[str, str] = field(default_factory=dict)
    #: Commands that were run, for the test's own count.
    run: list[str] = field(default_factory=list)

    def along(self, page: str) -> None:
        """Do everything that the page says. Fails at the first thing that is not as it says, and names its line."""
        status, skipped, said = 0, False, ""
        for step in steps_of(page):
            where = f"line {step.line}"
            if step.kind == "people":
                self.people[step.text]()
            elif step.kind == "fails":
                status = int(step.text)
            elif step.kind == "not run":
                skipped = True
            elif skipped:
                skipped = False
            elif step.kind == "sh":
                said = "".join(self._do(command, status, where) for command in commands_in(step.text))
                status = 0
            elif step.kind == "text":
                self._compare(step.text, said, where)
            else:
                self._configure(yaml.safe_load(step.text))

    def _do(self, command: str, status: int, where: str) -> str:
        self.run.append(command)
        if command.startswith(BOT):
            ended, said = self.bot(shlex.split(command.removeprefix(BOT)), self.environment)
        elif exported := re.fullmatch(r"export (\w+)='(.*)'", command):
            self.environment[exported[1]] = exported[2]
            ended, said = 0, ""
        else:
            done = subprocess.run(["bash", "-euc", command], cwd=self.folder, capture_output=True, text=True, check=False, timeout=60)  # fmt: skip
            ended, said = done.returncode, done.stdout + done.stderr
        assert ended == status, f"{where}: `{command}` ended with {ended}:\n{said}"
        return said

    def _compare(self, shown: str, said: str, where: str) -> None:
        rest = said.splitlines()
        for line in filter(str.strip, shown.splitlines()):
            wanted = re.compile(".*".join(map(re.escape, line.strip().split("…"))))
            at = next((i for i, one in enumerate(rest) if wanted.fullmatch(one.strip())), None)
            assert at is not None, f"{where}: nothing says `{line.strip()}` any more:\n{said}"
            rest = rest[at + 1 :]

    def _configure(self, changes: dict[str, Any]) -> None:
        path = self.folder / "config.yaml"
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
        path.write_text(
            yaml.safe_dump(_over(_over(config, changes), self.own), allow_unicode=True), encoding="utf-8"
        )


def _over(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """One config with the lines of another over it."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = _over(under, value) if isinstance(value, dict) and isinstance(under, dict) else value
    return merged
