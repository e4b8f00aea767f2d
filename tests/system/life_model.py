"""What ought to come of what people typed, said once more and in other words than the program's.

It knows nothing of polls: it is told to follow when everything has settled.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal

from sheets_schema import Cell
from sheets_schema.workflow import AFTER_REVIEW, HEARD_BY, STATES, Move, first_state, path

LEAD, FINANCE, STORE = "主管一", "会计一", "库管一"
STAFF: tuple[dict[str, Cell], ...] = (
    {"name": LEAD, "email": "lead@sell.example", "role": "主管"},
    {"name": FINANCE, "email": "money@sell.example", "role": "财务"},
    {"name": STORE, "email": "store@sell.example", "role": "仓库"},
)
SELLERS = {"销售0": "s0@sell.example", "销售1": "s1@sell.example"}
#: Those who pack: one of them sells as well.
PACKERS = ("s1@sell.example", "store@sell.example")
#: Whoever would hear several of one event hears the first of these.
RANK = (
    "review_waiting", "finance_waiting", "order_stopped", "order_to_prepare", "order_sent_back", "order_approved",
    "order_cancelled", "order_delivered", "order_shipped",
)  # fmt: skip

ReadCell = Callable[["Line", str], Cell]
Heard = tuple[str, str, str]


@dataclass
class Line:
    """One row of Contract Orders; its list is its identity."""

    row: list[Cell]
    number: str = ""
    state: str = ""
    note: str = ""
    finance_asked: bool = False
    #: Product and quantity as the salesperson knows them.
    told: tuple[Cell, ...] = ()
    #: The product from which it has taken, and how much.
    product: str = ""
    taken: Decimal = Decimal(0)


@dataclass
class LifeModel:
    """All lines, what is left of each counted product, and every notice that was owed so far."""

    levels: int
    left: dict[str, Decimal]
    lines: list[Line] = field(default_factory=list)
    heard: Counter[Heard] = field(default_factory=Counter)

    def copy(self) -> LifeModel:
        """One that may run ahead."""
        lines = [copy(line) for line in self.lines]
        return LifeModel(self.levels, dict(self.left), lines, Counter(self.heard))

    def onward(self, line: Line) -> str:
        """The next state towards completion; "" behind the last."""
        keys = [state.key for state in STATES]
        return keys[keys.index(line.state) + 1] if line.state not in ("completed", "cancelled") else ""

    def follow(self, cell: ReadCell, numbers: Mapping[int, str] | None = None) -> None:
        """Everything that people typed has settled."""
        by_order: dict[str, list[Line]] = defaultdict(list)
        for line in self.lines:
            line.number = line.number or (numbers or {}).get(id(line.row), "")
            if line.number:
                by_order[line.number].append(line)
        for lines in by_order.values():
            if any(not line.state for line in lines):
                self._begin(lines, cell)
            self._advance(lines, cell)

    # ── one order ───────────────────────────────────────────────────────────────────────────────────────────

    def _begin(self, lines: list[Line], cell: ReadCell) -> None:
        for line in lines:
            line.state = first_state(self.levels).key
            line.told = _promised(line, cell)
            line.note = str(cell(line, "exception"))
            self._take(line, cell)
        kind = "review_waiting" if self.levels else "order_to_prepare"
        for person in ("lead@sell.example",) if self.levels else PACKERS:
            self.heard[lines[0].number, kind, person] += 1

    def _advance(self, lines: list[Line], cell: ReadCell) -> None:
        kinds: dict[str, bool] = {}
        changed = False
        for line in lines:
            before = line.state
            found, altered = self._step(line, cell)
            changed |= altered
            for kind in found:
                packed = before in AFTER_REVIEW or line.state in AFTER_REVIEW
                kinds[kind] = kinds.get(kind, False) or packed
        number, first = lines[0].number, lines[0]
        told: set[str] = set()
        for kind in sorted(kinds, key=RANK.index):
            for person in self._people(kind, first, cell, packed=kinds[kind]):
                if person not in told:
                    told.add(person)
                    self.heard[number, kind, person] += 1
        if changed:
            self.heard[number, "order_changed", SELLERS[str(cell(first, "salesperson"))]] += 1

    def _step(self, line: Line, cell: ReadCell) -> tuple[list[str], bool]:
        """Take one line as far as it says; the notices that calls for, and whether what was promised has changed."""
        before = line.state
        moves = self.legal_moves(line, cell)
        refused = self.is_refused(line, cell)
        found: list[str] = []
        if moves:
            line.state = moves[-1].end
            found = _notices(moves)
        note = str(cell(line, "exception")) if line.state == "pending" else ""
        signed = self._may_sign(line, cell)
        asks = (
            before == "pending" and not moves and not refused and signed and not note
            and not line.finance_asked and cell(line, "finance_reviewer") == ""
        )  # fmt: skip
        if not moves and line.state == "pending" and self.levels:
            if note and note != line.note:
                found = ["order_sent_back"]
            elif asks and self.levels == 2:
                found = ["finance_waiting"]
            elif note != line.note:
                found = ["review_waiting"]
        line.note = note
        line.finance_asked = signed and (line.finance_asked or asks or bool(moves))
        altered = _promised(line, cell) != line.told and before not in ("completed", "cancelled")
        line.told = _promised(line, cell)
        self._take(line, cell)
        return found, altered

    def _people(self, kind: str, line: Line, cell: ReadCell, *, packed: bool) -> list[str]:
        seller = SELLERS[str(cell(line, "salesperson"))]
        customer = str(cell(line, "customer")).replace("客户", "c") + "@buy.example"
        found: list[str] = []
        for audience in HEARD_BY[kind]:
            found += {
                "customer": [customer],
                "salesperson": [seller],
                "leads": ["lead@sell.example"],
                "finance": ["money@sell.example"],
                "warehouse": list(PACKERS) if packed else [],
            }[audience]
        return found

    # ── one line ────────────────────────────────────────────────────────────────────────────────────────────

    def legal_moves(self, line: Line, cell: ReadCell) -> tuple[Move, ...]:
        """The steps to the status that the row shows, if all of them may be taken."""
        moves = path(line.state, _shown(line, cell), self.levels)
        needs = {key for move in moves for key in move.needs}
        may = {
            "reviewer": self._may_sign(line, cell),
            "finance_reviewer": cell(line, "finance_reviewer") == FINANCE,
        }
        return moves if all(may.get(key, cell(line, key) != "") for key in needs) else ()

    def is_refused(self, line: Line, cell: ReadCell) -> bool:
        """Whether the row shows a status that the line has not legally reached."""
        return _shown(line, cell) != line.state and not self.legal_moves(line, cell)

    def _may_sign(self, line: Line, cell: ReadCell) -> bool:
        return cell(line, "reviewer") == LEAD

    def _take(self, line: Line, cell: ReadCell) -> None:
        if line.taken:
            self.left[line.product] += line.taken
        product = str(cell(line, "product"))
        holds = line.state in AFTER_REVIEW and product in self.left
        line.product = product
        line.taken = Decimal(str(cell(line, "quantity"))) if holds else Decimal(0)
        if line.taken:
            self.left[product] -= line.taken

    def doubts(self, line: Line, cell: ReadCell) -> tuple[str, ...]:
        """What the Problem cell of a legal row may say."""
        left = self.left.get(str(cell(line, "product")))
        found: list[str] = []
        if left is not None and line.state == "pending" and left < Decimal(str(cell(line, "quantity"))):
            found.append("库存只剩")
        if left is not None and line.state == "approved" and left < 0:
            found.append("已承诺的数量比库存多")
        if line.state == "pending" and self.levels == 2 and cell(line, "reviewer") not in ("", LEAD):
            found.append("审核人")
        return tuple(found)


def _shown(line: Line, cell: ReadCell) -> str:
    shown = str(cell(line, "status"))
    return next((s.key for s in STATES if shown in (s.en, s.zh)), line.state)


def _promised(line: Line, cell: ReadCell) -> tuple[Cell, ...]:
    return (cell(line, "product"), cell(line, "quantity"))


def _notices(moves: tuple[Move, ...]) -> list[str]:
    """Of several steps at once, what is still true at their end."""
    end = moves[-1].end
    if end == "cancelled":
        return ["order_cancelled", "order_stopped"]
    kinds = [kind for move in moves for kind in move.notices]
    if end != "approved" and "order_to_prepare" in kinds:
        kinds.remove("order_to_prepare")
    if "order_delivered" in kinds and "order_shipped" in kinds:
        kinds.remove("order_shipped")
    return kinds
