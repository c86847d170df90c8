"""Where personal data lie: one map, by which they are exported and erased. A table or a column that is missing in it,
or in the list of those that hold none, fails a test (tests/test_map.py)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

NO_JSON, NO_BYTES = "'{}'::jsonb", "''::bytea"
GONE = "'—'"  # where the database wants a text


@dataclass(frozen=True, slots=True)
class Place:
    """Rows of one table about a person: found by `column` being one of the ids known as `of`.

    `blank` maps a column to the SQL it is set to; columns in `keep` say nothing of the person, or must stay, as the
    comment beside them tells; `deleted` rows go altogether. `hidden` columns are no use to the person: digests, seals.
    """

    table: str
    of: str
    column: str
    pk: str = "id"
    blank: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    deleted: bool = False


PLACES: tuple[Place, ...] = (
    Place("clients_contactpoint", "person", "person_id", deleted=True),
    Place("clients_suspect", "person", "person_id", deleted=True),
    Place("clients_suspect", "person", "other_id", deleted=True),
    Place("clients_relation", "person", "person_id", deleted=True),
    Place("clients_relation", "person", "other_id", deleted=True),
    Place("clients_likeness", "person", "person_id", pk="person_id", deleted=True, hidden=("keys",)),
    # What was agreed to is proof, and names nobody once the person is nobody.
    Place("clients_consent", "person", "person_id", blank={"withdrawn_how": "''"},
          keep=("text", "version", "channel", "purpose", "withdrawn_by")),
    Place("clients_person", "person", "id",
          blank={"surname": "''", "given_name": "''", "patronymic": "''", "display_name": "'№ ' || id", "search_name": "''",
                 "language": "''", "born_on": "null", "custom": NO_JSON}),
    Place("privacy_merge", "person", "kept_id",
          blank={"moved": NO_JSON, "pairs": NO_JSON, "dropped": "'[]'::jsonb", "before": NO_JSON, "after": NO_JSON},
          keep=("by", "undone_by")),
    Place("journal_notice", "dossier", "dossier_id", deleted=True),
    Place("journal_touch", "dossier", "dossier_id", blank={"body": "''", "data": "null"}, keep=("kind", "direction", "by")),
    Place("journal_task", "dossier", "dossier_id", blank={"title": GONE, "result": "''", "place": "''"},
          keep=("kind", "state", "created_by", "done_by")),
    # Where a matter stood and what it was worth stays in the reports.
    Place("journal_dossier", "dossier", "id", blank={"waits_for": "''", "custom": NO_JSON}, keep=("phase", "place", "currency")),
    Place("channels_attachment", "attachment", "id", blank={"name": GONE}),
    Place("channels_letter", "letter", "id",
          blank={"message_id": "''", "digest": "sha256(convert_to(gen_random_uuid()::text, 'UTF8'))", "references": "'{}'",
                 "sender": "''", "subject": "''", "named": "'{}'"}, keep=("kind",), hidden=("digest", "named")),
    Place("channels_sending", "dossier", "dossier_id",
          blank={"to": "''", "subject": "''", "sealed_text": NO_BYTES, "message_id": "'gone-' || id", "in_reply_to": "''",
                 "problem": "''"}, keep=("channel", "purpose", "state", "created_by"), hidden=("sealed_text",)),
    # What was asked for (where to, when, how many) stays for the forecast of demand; who asked does not.
    Place("intake_inquiry", "raw", "raw_id", pk="raw_id",
          blank={"external_id": "null", "class_reason": NO_JSON, "category_reason": NO_JSON, "message": "''", "flaws": "'[]'::jsonb",
                 "close_reason": f"case when close_reason = '' then '' else {GONE} end", "utm": NO_JSON, "visitor": "''",
                 "arrival": NO_JSON},
          keep=("matched_by", "channel", "state", "inquiry_class", "request", "request_origin", "currency", "contact_missing", "relevance",
                "relevance_reasons", "priority_reasons", "priority_parts", "owner_reason", "clock_state", "outcome", "disposition")),
    Place("intake_correction", "raw", "inquiry_id", blank={"reason_before": NO_JSON},
          keep=("axis", "before", "after", "way", "by", "by_name", "undone_by")),
    Place("channels_rawmessage", "raw", "id",
          blank={"body": NO_BYTES, "body_digest": "sha256(convert_to(gen_random_uuid()::text, 'UTF8'))", "external_id": "null",
                 "reason": "''", "verdict": "''", "state": "case when state = 'quarantined' then 'discarded' else state end"},
          keep=("channel", "source_slug", "by"), hidden=("body", "body_digest")),
    Place("deals_deal", "dossier", "dossier_id",
          blank={"title": GONE, "facts": NO_JSON, "close_reason": f"case when close_reason = '' then '' else {GONE} end"},
          keep=("currency", "state", "closed_by")),
    Place("deals_gateanswer", "dossier", "dossier_id", blank={"words": "''", "decision": "''"},
          keep=("consequence", "by", "decided_by")),
    Place("deals_stopreview", "dossier", "dossier_id", blank={"note": "''"}, keep=("verdict", "by")),
    Place("deals_bulkrow", "bulk_row", "id", blank={"before": "null", "note": "''"}, keep=("state",)),
    Place("deals_bulkrun", "bulk_run", "id", blank={"options": NO_JSON}, keep=("page", "action", "language")),
)

# Tables that hang on a person, a matter or a message and hold nothing of the person.
NOTHING_PERSONAL: Mapping[str, str] = {
    "clients_holding": "ids only; follows from the dossiers",
    "channels_idempotencykey": "a program's key, kept for a day",
    "deals_stageentry": "when a deal stood where",
    "intake_importedrow": "ids only",
    "intake_nextanswer": "when somebody waited for an answer, and how long",
    "intake_reckoning": "what the reports count; follows from the inquiry, and is blanked with it",
    "privacy_act": "the register itself: that it was done, for whom by number",
}

# Every other table with words in it: why nothing of a client stands there, or what takes it out.
OTHER_TABLES: Mapping[str, str] = {
    **dict.fromkeys(("agency_absence", "agency_accesslink", "agency_apitoken", "agency_authenticator", "agency_employee",
                     "agency_loginattempt", "agency_loginsession", "agency_passkey", "agency_recoverycode", "agency_team"),
                    "about those who work here"),
    **dict.fromkeys(("agency_agency", "agency_customfield", "agency_holiday", "agency_office", "agency_queue", "catalog_category",
                     "catalog_direction", "catalog_pricefloor", "channels_form", "channels_maildoor", "channels_mailserver",
                     "channels_messagetemplate",
                     "deals_funnel", "deals_gate", "deals_gaterule", "deals_lossreason", "deals_stage",
                     "intake_clockpolicy", "intake_contactpolicy", "intake_categorycriterion", "intake_criterion",
                     "intake_quietreply", "intake_relevancecriterion", "intake_rulesetting", "marketing_source", "marketing_sourcecost",
                     "privacy_retentionrule"),
                    "settings of the agency"),
    **dict.fromkeys(("intake_breach", "intake_passedover", "intake_queuealarm", "intake_shareledger", "intake_sourcemerge", "intake_taking",
                     "journal_tally"), "numbers and ids"),
    "agency_savedview": "what was searched: forgotten when its words name who is erased (services/searched.py)",
    "agency_exportlog": "what was searched: forgotten when its words name who is erased (services/searched.py)",
    "clients_tombstone": "digests that nothing can be read from",
    "clients_doublesearch": "how frequent names are; no value that is one person's own",
    "core_change": "history: emptied for every row that is erased, by core_forget_values",
    "core_filepiece": "sealed; of files that are erased the pieces are deleted",
    "core_storedfile": "digests and types",
    "intake_importmapping": "what a heading was taken for",
    "intake_learning": "weights of values that many inquiries share, and figures",
    "intake_learningrun": "figures, and numbers of inquiries",
    "intake_importproblem": "emptied with the rows it is about, and by the retention rule of import files",
    "intake_importrun": "emptied by the retention rule of import files",
}


SUBJECTS: Mapping[str, int] = {
    "raw_bodies": 365,
    "import_files": 30,
    "spam_people": 180,
    "idle_people": 1095,
}
"""What a retention rule may be about, and the days it is delivered with. Import files are the one rule that is on."""
