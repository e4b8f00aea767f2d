"""People at random, crashes and faults at random: every order once, nobody else's, on its own row."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.outbox import Failure, Status, Trouble
from sheets_schema import Cell
from tests.system.street import Town, answer_cells, order_cells

ANY_ROW = st.integers(0, 30)


class OrdersSurviveEverything(RuleBasedStateMachine):
    """What people typed, by the row's hidden identity, held against what the bot made of it."""

    def __init__(self) -> None:
        super().__init__()
        self.town = Town()
        self.rng = random.Random(7)
        self.tags = 0
        #: id(row) -> (row, tag, what the person typed); rows that are complete.
        self.complete: dict[int, tuple[list[Cell], str, dict[str, Cell]]] = {}
        self.half: list[tuple[list[Cell], str, dict[str, Cell]]] = []
        #: tag -> how many complete rows ever carried it.
        self.ever: dict[str, int] = {}
        self.deleted: list[tuple[list[Cell], int]] = []
        self.answers: list[str] = []

    @initialize()
    def meet(self) -> None:
        assert self.town.cycle()

    # ── people ──────────────────────────────────────────────────────────────────────────────────────────────

    def _new_tag(self) -> str:
        self.tags += 1
        return f"T{self.tags:04d}"

    def _row(self, pick: int) -> list[Cell] | None:
        rows = [r for r in self.town.rows() if id(r) in self.complete]
        return rows[pick % len(rows)] if rows else None

    def _finish(self, row: list[Cell], tag: str, cells: dict[str, Cell]) -> None:
        self.complete[id(row)] = (row, tag, cells)
        self.ever[tag] = self.ever.get(tag, 0) + 1

    @rule(at=st.integers(1, 30))
    def types_an_order_somewhere(self, at: int) -> None:
        tag = self._new_tag()
        cells = order_cells(tag, self.rng)
        row: list[Cell] = []
        for key, value in cells.items():
            self.town.put(row, key, value)
        grid = self.town.sheet.grid("contracts")
        grid.insert(min(at, len(grid)), row)
        self._finish(row, tag, cells)

    @rule()
    def types_half_an_order(self) -> None:
        tag = self._new_tag()
        cells = order_cells(tag, self.rng)
        row: list[Cell] = []
        for key in ("customer", "product"):
            self.town.put(row, key, cells[key])
        self.town.sheet.grid("contracts").append(row)
        self.half.append((row, tag, cells))

    @rule()
    def completes_a_half_typed_order(self) -> None:
        if self.half:
            row, tag, cells = self.half.pop(0)
            if any(r is row for r in self.town.rows()):
                for key, value in cells.items():
                    self.town.put(row, key, value)
                self._finish(row, tag, cells)

    @rule()
    def answers_the_form(self) -> None:
        tag = self._new_tag()
        row: list[Cell] = []
        for key, value in answer_cells(tag, self.rng, self.town.now).items():
            self.town.put(row, key, value, "order_entry")
        self.town.sheet.grid("order_entry").append(row)
        self.answers.append(tag)

    @rule(seed=st.integers(0, 99))
    def sorts_the_tab(self, seed: int) -> None:
        grid = self.town.sheet.grid("contracts")
        body = grid[1:]
        random.Random(seed).shuffle(body)
        grid[1:] = body

    @rule(at=st.integers(1, 30))
    def inserts_a_blank_row(self, at: int) -> None:
        grid = self.town.sheet.grid("contracts")
        grid.insert(min(at, len(grid)), [])

    @rule(pick=ANY_ROW)
    def deletes_a_row(self, pick: int) -> None:
        row = self._row(pick)
        if row is not None and len(self.town.rows()) > 4:
            grid = self.town.sheet.grid("contracts")
            place = next(i for i, r in enumerate(grid) if r is row)
            self.deleted.append((grid.pop(place), place))

    @rule()
    def undoes_a_deletion(self) -> None:
        if self.deleted:
            row, place = self.deleted.pop()
            grid = self.town.sheet.grid("contracts")
            grid.insert(min(place, len(grid)), row)

    @rule(pick=ANY_ROW)
    def edits_the_notes(self, pick: int) -> None:
        row = self._row(pick)
        if row is not None:
            note = f"note {self.rng.random()}"
            self.town.put(row, "notes", note)
            self.complete[id(row)][2]["notes"] = note

    def _two_calm_polls(self) -> None:
        """Whatever fell on a wrong row has been put right, so that people see and copy what is true."""
        self.town.cycle(30)
        self.town.cycle(30)

    @rule(pick=ANY_ROW)
    def copies_a_numbered_row_as_a_new_order(self, pick: int) -> None:
        self._two_calm_polls()
        row = self._row(pick)
        if row is not None and self.town.cell(row, "order_no"):
            _, tag, cells = self.complete[id(row)]
            copy = list(row)
            self.town.put(copy, "order_no", "")
            note = f"copy {self.rng.random()}"
            self.town.put(copy, "notes", note)
            self.town.sheet.grid("contracts").append(copy)
            self._finish(copy, tag, cells | {"notes": note})

    @rule(pick=ANY_ROW)
    def overwrites_what_the_bot_wrote(self, pick: int) -> None:
        row = self._row(pick)
        if row is not None:
            self.town.put(row, "problem", "hello")
            self.town.put(row, "created_at", 1)

    @rule(pick=ANY_ROW)
    def empties_a_row_id(self, pick: int) -> None:
        self._two_calm_polls()
        row = self._row(pick)
        if row is not None and self.town.cell(row, "order_no"):
            self.town.put(row, "row_id", "")
            # Whoever also changes its words before the next poll leaves the number as its only witness: that row
            # waits with a Problem, which is right but not what this machine counts.
            self._two_calm_polls()

    # ── the bot, and what befalls it ────────────────────────────────────────────────────────────────────────

    @rule(seconds=st.sampled_from([1, 10, 30, 90]))
    def a_poll(self, seconds: int) -> None:
        self.town.cycle(seconds)

    @rule(calls=st.integers(0, 25), when=st.sampled_from(["before", "after"]))
    def a_poll_that_crashes(self, calls: int, when: str) -> None:
        self.town.fuse.left, self.town.fuse.when = calls, when
        self.town.cycle(30)
        self.town.fuse.left = -1

    @rule(seed=st.integers(0, 99), act=st.sampled_from(["sort", "insert", "delete_blank"]))
    def somebody_acts_between_read_and_write(self, seed: int, act: str) -> None:
        acts = {
            "sort": lambda: self.sorts_the_tab(seed),
            "insert": lambda: self.inserts_a_blank_row(1 + seed % 5),
            "delete_blank": self._deletes_a_blank_row,
        }
        self.town.sheet.before_write = acts[act]
        self.town.cycle(30)
        self.town.sheet.before_write = None

    def _deletes_a_blank_row(self) -> None:
        grid = self.town.sheet.grid("contracts")
        blank = next((i for i, r in enumerate(grid) if not any(c != "" for c in r)), None)
        if blank is not None:
            del grid[blank]

    @rule(when=st.sampled_from(["before", "after"]))
    def a_write_without_an_answer(self, when: str) -> None:
        self.town.sheet.fail_write = when
        self.town.cycle(30)
        self.town.sheet.fail_write = ""

    @rule()
    def a_read_that_fails(self) -> None:
        self.town.sheet.fail_read = 1
        self.town.cycle(30)

    @rule(
        trouble=st.sampled_from([Trouble.LATER, Trouble.UNREACHABLE, Trouble.UNCERTAIN]),
        arrives=st.booleans(),
    )
    def a_mail_that_fails(self, trouble: Trouble, arrives: bool) -> None:
        step = "data" if trouble is Trouble.UNCERTAIN else "envelope"
        failure = Failure(trouble, 450 if trouble is Trouble.LATER else 0, "trouble")
        self.town.mailer.fail(step, failure, arrives=arrives and trouble is Trouble.UNCERTAIN)
        self.town.cycle(30)

    # ── what must hold ──────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def no_mail_twice_unless_flagged(self) -> None:
        doubt = {m.id: m.uncertain for m in self.town.state.messages(limit=10_000)}
        copies = self.town.letters()
        extra = sum(len(letters) - 1 for letters in copies.values())
        assert extra <= sum(doubt.values()) + sum(
            m.status is Status.SENDING for m in self.town.state.messages(limit=10_000)
        )
        for letters in copies.values():
            assert len({body for _, _, body in letters}) == 1

    @invariant()
    def nothing_is_mailed_for_half_an_order(self) -> None:
        for _, tag, _ in self.half:
            assert not self.town.purchase_mails(f"<{tag}>")

    def teardown(self) -> None:
        town = self.town
        town.quiet_down()
        alive = [(row, *self.complete[id(row)][1:]) for row in town.rows() if id(row) in self.complete]
        numbers = [str(town.cell(row, "order_no")) for row, _, _ in alive]
        assert all(numbers), "every complete order has its number"
        assert len(set(numbers)) == len(numbers), "no number twice"
        ids = [town.cell(row, "row_id") for row in town.rows() if town.cell(row, "customer")]
        known = [i for i in ids if i]
        assert len(set(known)) == len(known), "no Row ID twice"
        by_number: dict[str, set[str]] = {}
        for copies in town.letters().values():
            _, text, _ = copies[0]
            for number in numbers:
                if number in text:
                    by_number.setdefault(number, set()).add(text)
        for row, tag, cells in alive:
            number = str(town.cell(row, "order_no"))
            for key, value in cells.items():
                assert town.cell(row, key) == value, f"the person's {key} stands as typed"
            assert town.cell(row, "problem") == "", town.cell(row, "problem")
            assert str(town.cell(row, "mail_status")).count("✓") == 2, town.cell(row, "mail_status")
            assert all(f"<{tag}>" in text for text in by_number[number]), (
                "a number's mails speak of its own row"
            )
            assert len(by_number[number]) == 2
        for tag, count in self.ever.items():
            mails = town.purchase_mails(f"<{tag}>")
            now = sum(1 for _, t, _ in alive if t == tag)
            assert now <= mails["customer"] <= count, (tag, mails, now, count)
            assert mails["customer"] == mails["sales"]
        for tag in self.answers:
            assert town.purchase_mails(f"<{tag}>") == {"customer": 1, "sales": 1}
            assert sum(f"<{tag}>" == town.cell(r, "special_requests") for r in town.rows()) == 1
        for row in town.rows():
            if not any(town.cell(row, k) != "" for k in ("customer", "product", "quantity", "salesperson")):
                assert town.cell(row, "row_id") == "", "a blank row shows nothing of the bot's"
                assert town.cell(row, "order_no") == ""


TestOrdersSurviveEverything = OrdersSurviveEverything.TestCase
TestOrdersSurviveEverything.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    phases=(Phase.explicit, Phase.generate),
)
