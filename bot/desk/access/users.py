"""Users as values: an address and what it may do at most."""

from __future__ import annotations

from dataclasses import dataclass

ROLES = ("owner", "editor", "viewer")


@dataclass(frozen=True, slots=True)
class User:
    """Who does something: an address, and the most this user may do in any workbook."""

    email: str
    role: str  #: owner | editor | viewer

    @property
    def service_account(self) -> bool:
        """Whether this is a program's account, as its address tells."""
        return self.email.endswith(".gserviceaccount.com")


OWNER = User("owner@desk.example", "owner")  #: any program, on a desk without configured users
PERSON = User("person@desk.example", "editor")  #: whoever sits before the pages of such a desk
STRANGER = User("", "viewer")  #: a service account nobody has heard of: it sees what anyone may see
