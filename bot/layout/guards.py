"""Columns of Contract Orders that one role fills in, as protections whose editors are that role's people. Pure.

    Team × the protections that are there ─► what to add, what to put right, whom nobody stands in for

Each is known by its description. One that drifted is taken away and made anew, so that it never has a twin, and no
account can lock itself out by leaving its own address out of a changed list.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bot.layout.furnished import Furnished, Piece, Request
from bot.layout.protections import TITLES_KEPT, is_changeable, lies_on, of_others, taken_away
from bot.look import Protection
from bot.planning.catalog import Catalog, build_catalog
from sheets_schema import TEAM, Field
from sheets_schema.roles import ADMIN, ROLE_TITLES
from sheets_schema.screen import FILLED_BY

_OPEN: Mapping[str, str] = {
    "en": "Nobody who is active in '{team}' has the role {role} and an e-mail address, so everybody may fill in {columns}.",
    "zh-CN": "“{team}”中没有在职且填有邮箱的{role}，因此所有人都可以填写{columns}。",
}
_LOCKED_OUT: Mapping[str, str] = {
    "en": "Tab '{tab}': Order Desk may no longer change the protection '{description}' of its own. "
    "Ask the spreadsheet's owner to delete it (Data, Protect sheets and ranges), then run init again",
    "zh-CN": "工作表“{tab}”：系统已无权修改自己设置的保护“{description}”。"
    "请由表格所有者在“数据 → 保护工作表和范围”中删除它，然后重新运行 init",
}
_REFUSED: Mapping[str, str] = {
    "en": "{columns} could not be protected for the role {role}: {reason} "
    "Look whether each of these is a Google account that may edit the spreadsheet: {people}",
    "zh-CN": "无法将{columns}设为仅{role}可编辑：{reason} 请检查以下邮箱是否均为有权编辑此表格的 Google 账号：{people}",
}


@dataclass(frozen=True)
class Guards:
    """What all roles' columns lack."""

    #: One piece a role.
    lacking: tuple[Piece, ...] = ()
    #: One sentence for each thing that only a person can put right.
    problems: tuple[str, ...] = ()
    #: One sentence for each role that nobody has; nothing is wrong with that.
    notes: tuple[str, ...] = field(default=(), compare=False)


def members_in(here: Furnished) -> Catalog:
    """The people of the Team tab, as far as `init` has read it."""
    listed = {key: here.sheet.look.listed.get(index, ()) for key, index in here.columns.items()}
    height = max(map(len, listed.values()), default=0)
    rows = ({key: texts[i] for key, texts in listed.items() if i < len(texts)} for i in range(height))
    return build_catalog((), (), rows)


def missing_guards(tabs: Mapping[str, Furnished], team: Catalog, account: str, language: str) -> Guards:
    """Everything that the columns of all roles lack; `account` is the bot's own address, "" if it has none."""
    lacking: list[Piece] = []
    problems: list[str] = []
    notes: list[str] = []
    trusted = _trusted(tuple(tabs.values())) | {account.casefold()}
    for role in dict.fromkeys(FILLED_BY.values()):
        editors = _editors(role, team)
        columns = [
            _Column(tabs[tab], tabs[tab].tab.by_key[key], tabs[tab].columns[key], role)
            for (tab, key), whose in FILLED_BY.items()
            if whose == role and key in tabs[tab].columns
        ]
        if not columns:
            continue
        words = {"role": ROLE_TITLES[role][language], "columns": _and(columns, language)}
        if not editors:
            notes.append(_OPEN[language].format(team=tabs[TEAM.key].sheet.title, **words))
        locked = [one for column in columns for one in column.ours if not is_changeable(one)]
        problems += [
            _LOCKED_OUT[language].format(tab=columns[0].here.sheet.title, description=one.description)
            for one in locked
        ]
        if locked:
            continue
        allowed = (*editors, account) if account else editors
        requests = [r for column in columns for r in column.put_right(allowed if editors else (), trusted)]
        if requests:
            title = columns[0].here.sheet.title
            done = (
                "kept for the role {role}" if editors else "open to everybody, as nobody has the role {role}"
            )
            said = f"'{title}': {words['columns']} {done.format(role=words['role'])}"
            refused = _REFUSED[language].format(reason="{reason}", people=", ".join(editors), **words)
            lacking.append(Piece(tuple(requests), said, refused))
    return Guards(tuple(lacking), tuple(problems), tuple(notes))


@dataclass(frozen=True)
class _Column:
    """A column that one role fills in."""

    here: Furnished
    column: Field
    index: int
    role: str

    @property
    def description(self) -> str:
        """What people read in the list of protections; in both languages, so that it is known in either."""
        role = ROLE_TITLES[self.role]
        return f"Order Desk: {self.column.en}, {role['en']} · {self.column.zh}，{role['zh-CN']}"

    @property
    def ours(self) -> list[Protection]:
        """The protections of the tab that are this column's, wherever they lie."""
        return [one for one in self.here.sheet.look.protections if one.description == self.description]

    def put_right(self, editors: Sequence[str], trusted: Collection[str]) -> list[Request]:
        """Requests that leave one protection with these editors, or none where there are no editors."""
        useful = [one for one in self.ours if self._is_right(one, editors, trusted)][:1] if editors else []
        requests = taken_away([one for one in self.ours if one not in useful])
        if useful or not editors or (not self.ours and self._is_kept_by_others()):
            return requests
        made: Request = {
            "range": self.here.cells_of(self.index, self.index + 1),
            "description": self.description,
            "editors": {"users": list(editors), "domainUsersCanEdit": False},
        }
        return [*requests, {"addProtectedRange": {"protectedRange": made}}]

    def _is_right(self, one: Protection, editors: Sequence[str], trusted: Collection[str]) -> bool:
        wanted = {address.casefold() for address in editors}
        return (
            not one.is_warning
            and not one.is_open_to_domain
            and lies_on(self.here, one, self.index)
            and wanted <= one.editors
            and one.editors <= wanted | set(trusted)
        )

    def _is_kept_by_others(self) -> bool:
        """Whether somebody else decided who may write here; a second protection would only lock people out."""
        return any(one.covers(1, self.index) for one in of_others(self.here.sheet) if not one.is_warning)


def _editors(role: str, team: Catalog) -> tuple[str, ...]:
    """The addresses of those with this role and of the admins; none where nobody has the role itself."""
    people = team.with_role(role)
    found = (*people, *team.with_role(ADMIN)) if people else ()
    return tuple({one.email.casefold(): one.email for one in found}.values())


def _trusted(tabs: Sequence[Furnished]) -> set[str]:
    """Whoever may write wherever we protect something: the bot, the owner, whom they let in everywhere.

    The API says nowhere who owns the spreadsheet, and always lists the owner.
    """
    descriptions = {
        _Column(here, here.tab.by_key[key], 0, role).description
        for here in tabs
        for (tab, key), role in FILLED_BY.items()
        if tab == here.tab.key
    }
    ours = [
        set(one.editors)
        for here in tabs
        for one in here.sheet.look.protections
        if one.description in {TITLES_KEPT, *descriptions} and one.is_ours_to_change and not one.is_warning
    ]
    return set.intersection(*ours) if ours else set()


def _and(columns: Sequence[_Column], language: str) -> str:
    titles = [
        ("“{}”" if language == "zh-CN" else "'{}'").format(one.column.title(language)) for one in columns
    ]
    return ("、" if language == "zh-CN" else ", ").join(titles)
