"""What becomes of everything that hangs on a person when two records turn out to be one person: one map, by which they are
merged and parted again. A key to a person that is missing here fails a test (tests/test_merging.py)."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Move:
    """Rows of `table` go over to the person who is kept: `column` is set anew, and set back when the merge is undone."""

    table: str
    column: str
    pk: str = "id"


MOVES: tuple[Move, ...] = (
    Move("journal_dossier", "person_id"),
    Move("intake_inquiry", "person_id", pk="raw_id"),
    Move("clients_consent", "person_id"),
    Move("clients_contactpoint", "person_id"),
    Move("clients_person", "merged_into_id"),
)
"""In this order. Of ways to reach somebody only those go over that the other has not; the rest is put by in the merge."""

PAIRS: tuple[str, ...] = ("clients_suspect", "clients_relation")
"""Tables of pairs, the older person first: the pair goes over unless the person who is kept stands in the same one already."""

OTHERWISE: Mapping[str, str] = {
    "clients_holding.person_id": "follows the dossiers by trigger",
    "clients_likeness.person_id": "made anew by the job that looks for doubles",
    "intake_importedrow.person_id": "says whom a row of a file made: that stays true, and such a record is not deleted with its import",
    "privacy_act.person_id": "the register tells what was done, for whom by number",
    "privacy_merge.kept_id": "the merge itself",
    "privacy_merge.gone_id": "the merge itself",
}
"""Keys to a person that are not moved, and why."""

WITHOUT_KEY: Mapping[str, str] = {
    "deals_bulkrow.item_id": "what was done to a list stands as it was done; taking it back passes over who was merged since",
    "core_change.row_id": "history of the record that went stays under its number",
    "clients_tombstone.digest": "nobody erased is merged",
    "agency_savedview.query": "holds words, and no person by number",
}
"""Places that may name a person by number without a key."""
