"""The parts of a desk, made together and closed together, for whoever answers with them."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.desk.access.accounts import Account, Users
from bot.desk.access.sharing import Sharing
from bot.desk.access.users import User
from bot.desk.events import Events
from bot.desk.google.tokens import Tokens
from bot.desk.mail.letters import Letters
from bot.desk.mail.mailbox import Mailbox
from bot.desk.pages.frame import Frame
from bot.desk.store import Store
from bot.desk.switches.faults import Faults

KEPT_REQUESTS = 20_000


class Parts:
    """Workbooks, mails, users and the rest; it decides and answers nothing."""

    def __init__(self, data: Path, accounts: Sequence[Account] = ()):
        data.mkdir(parents=True, exist_ok=True)
        self.users = Users(accounts)
        self.store = Store(data / "desk.db", Sharing(self.users.open, self.users.owner))
        self.mailbox: Mailbox = Mailbox(data / "mail.db")
        self.tokens: Tokens = Tokens(self.users)
        self.letters = Letters(self.mailbox)
        self.events = Events(self.store, self.mailbox)
        self.frame = Frame()
        self.faults = Faults()
        self.requests: deque[dict[str, Any]] = deque(maxlen=KEPT_REQUESTS)

    def close(self) -> None:
        """Close the files."""
        self.store.close()
        self.mailbox.close()

    def reads_mail(self, user: User) -> bool:
        """Whether a user sees the mailbox; who may only look sees the workbooks shared with it and no more."""
        return self.users.open or user.role != "viewer"
