"""Who may see and change a workbook: its owner, and whom it is shared with through Drive's permissions.

A user's role is the most that user may do anywhere; what it may do in one workbook is decided there. Groups
are addresses like others: the desk knows nobody's members.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.desk.access.users import OWNER, User
from bot.desk.book.workbook import Workbook

#: What Drive's words for sharing let a user do, the least first.
ROLES = {"reader": "viewer", "commenter": "viewer", "writer": "editor", "owner": "owner"}
RANKS = ("viewer", "editor", "owner")


class Sharing:
    """The rules of one desk; they decide nothing while it has no configured users."""

    def __init__(self, everybody: bool = True, owner: User = OWNER):
        self.everybody = everybody  #: whether anybody may do anything
        self._owner = owner

    def owner_of(self, book: Workbook) -> str:
        """The address of a workbook's owner."""
        return self._owner.email if self.everybody else str(book.meta.get("owner") or self._owner.email)

    def role(self, book: Workbook, user: User, by_link: bool = True) -> str | None:
        """What a user is to a workbook: owner, editor or viewer, or nothing at all."""
        if self.everybody:
            return user.role
        if user.email.casefold() == self.owner_of(book).casefold():
            return "owner"
        shared = [
            ROLES[one["role"]] for one in book.meta.get("permissions", []) if _is_for(one, user, by_link)
        ]
        if not shared:
            return None
        return min(max(shared, key=RANKS.index), user.role, key=RANKS.index)

    def may_write(self, book: Workbook, user: User) -> bool:
        """Whether a user may change a workbook, protected parts aside."""
        return self.role(book, user) in {"owner", "editor"}

    def seen_by(self, user: User, books: Iterable[Workbook]) -> list[Workbook]:
        """The workbooks to list for a user, in their order; what is open to anyone is opened by its address."""
        return [book for book in books if self.role(book, user, by_link=False)]

    def taken_in(self, book: Workbook, maker: User) -> None:
        """Give a new workbook its owner; who makes one without being an owner shares it as an editor."""
        if self.everybody:
            return
        if maker.role == "owner":
            book.meta["owner"] = maker.email
            return
        book.meta["owner"] = self._owner.email
        permission = {
            "kind": "drive#permission",
            "id": str(book.new_id()),
            "type": "user",
            "role": "writer",
            "emailAddress": maker.email,
        }
        book.meta["permissions"] = [permission]


def _is_for(permission: dict[str, Any], user: User, by_link: bool) -> bool:
    kind = permission.get("type")
    if kind == "anyone":
        return by_link
    if kind == "domain":
        return user.email.casefold().endswith("@" + str(permission.get("domain", "")).casefold())
    return str(permission.get("emailAddress", "")).casefold() == user.email.casefold() != ""
