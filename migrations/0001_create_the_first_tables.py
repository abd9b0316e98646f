"""Create the first tables; what is signed or posted can only be added to."""

import sqlalchemy as sa
from alembic import op

import portal.models.base

revision = "0001"
down_revision = None
branch_labels = ("default",)
depends_on = None


APPEND_ONLY = (
    "audit_events",
    "contents",
    "signatures",
    "stock_entries",
    "order_entries",
    "count_entries",
    "credit_entries",
    "receivable_entries",
    "price_entries",
    "ledger_entries",
)
REFUSAL = "this table is append-only"


def protect() -> None:
    """Triggers that refuse every change and removal."""
    sqlite = op.get_context().dialect.name == "sqlite"
    if not sqlite:
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
    for table in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            name = f"{table}_refuse_{act.lower()}"
            body = (
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
                if sqlite
                else "EXECUTE FUNCTION refuse_change()"
            )
            op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW {body}")


def unprotect() -> None:
    """Takes the triggers away."""
    sqlite = op.get_context().dialect.name == "sqlite"
    for table in APPEND_ONLY:
        for act in ("update", "delete"):
            on = "" if sqlite else f" ON {table}"
            op.execute(f"DROP TRIGGER {table}_refuse_{act}{on}")
    if not sqlite:
        op.execute("DROP FUNCTION refuse_change()")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "audit_streams",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_audit_streams")),
    )
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_days")),
    )
    op.create_table(
        "company_settings",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_company_settings")),
    )
    op.create_table(
        "departments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("head_id", sa.Integer(), nullable=True),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departments")),
        sa.UniqueConstraint("key", name=op.f("uq_departments_key")),
    )
    op.create_index(op.f("ix_departments_head_id"), "departments", ["head_id"], unique=False)
    op.create_table(
        "form_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("created_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_versions")),
        sa.UniqueConstraint("sha256", name=op.f("uq_form_versions_sha256")),
    )
    op.create_index(op.f("ix_form_versions_code"), "form_versions", ["code"], unique=False)
    op.create_table(
        "number_series",
        sa.Column("form_code", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("form_code", "year", name=op.f("pk_number_series")),
    )
    op.create_table(
        "obligation_runs",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("ran_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("acted_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_obligation_runs")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("next_try_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failed_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("stopped_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("done_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_done_at_stopped_at_next_try_at",
        "outbox",
        ["done_at", "stopped_at", "next_try_at"],
        unique=False,
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index(op.f("ix_sign_in_attempts_account"), "sign_in_attempts", ["account"], unique=False)
    op.create_index(op.f("ix_sign_in_attempts_address"), "sign_in_attempts", ["address"], unique=False)
    op.create_index(op.f("ix_sign_in_attempts_at"), "sign_in_attempts", ["at"], unique=False)
    op.create_table(
        "stock_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("unit_cost", portal.models.base.Amount(precision=18, scale=4), nullable=False),
        sa.Column("minimum", portal.models.base.Amount(precision=18, scale=4), nullable=False),
        sa.Column("maximum", portal.models.base.Amount(precision=18, scale=4), nullable=True),
        sa.Column("reorder_point", portal.models.base.Amount(precision=18, scale=4), nullable=False),
        sa.Column("on_order", portal.models.base.Amount(precision=18, scale=4), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_items")),
        sa.UniqueConstraint("code", name=op.f("uq_stock_items_code")),
    )
    op.create_table(
        "storage_places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storage_places")),
        sa.UniqueConstraint("code", name=op.f("uq_storage_places_code")),
    )
    op.create_table(
        "suppliers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("goods", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("score", portal.models.base.Amount(precision=18, scale=4), nullable=True),
        sa.Column("next_evaluation_on", sa.Date(), nullable=True),
        sa.Column("inspected", portal.models.base.Amount(precision=18, scale=4), nullable=False),
        sa.Column("passed", portal.models.base.Amount(precision=18, scale=4), nullable=False),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppliers")),
        sa.UniqueConstraint("code", name=op.f("uq_suppliers_code")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("created_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_people_department_id_departments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("login", name=op.f("uq_people_login")),
        sa.UniqueConstraint("number", name=op.f("uq_people_number")),
    )
    op.create_index(op.f("ix_people_department_id"), "people", ["department_id"], unique=False)
    op.create_table(
        "products",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("warranty_months", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_id"], ["stock_items.id"], name=op.f("fk_products_item_id_stock_items")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("code", name=op.f("uq_products_code")),
    )
    op.create_table(
        "ballot_boxes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("opened_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=True),
        sa.Column("cast", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["people.id"], name=op.f("fk_ballot_boxes_closed_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["people.id"], name=op.f("fk_ballot_boxes_opened_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_boxes")),
        sa.UniqueConstraint("year", name=op.f("uq_ballot_boxes_year")),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("file_number", sa.Text(), nullable=False),
        sa.Column("credit_limit", portal.models.base.Amount(precision=18, scale=4), nullable=False),
        sa.Column("credit_days", sa.Integer(), nullable=False),
        sa.Column("arrears", portal.models.base.Amount(precision=18, scale=4), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("custodian_id", sa.Integer(), nullable=True),
        sa.Column("last_order_on", sa.Date(), nullable=True),
        sa.Column("last_sales_follow_up", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("follow_up_by", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["custodian_id"], ["people.id"], name=op.f("fk_customers_custodian_id_people")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_customers_owner_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("code", name=op.f("uq_customers_code")),
    )
    op.create_index(op.f("ix_customers_owner_id"), "customers", ["owner_id"], unique=False)
    op.create_table(
        "digests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_digests_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
        sa.UniqueConstraint("person_id", "day", name=op.f("uq_digests_person_id_day")),
    )
    op.create_table(
        "files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("taken_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["people.id"], name=op.f("fk_files_uploaded_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
    )
    op.create_index(op.f("ix_files_sha256"), "files", ["sha256"], unique=False)
    op.create_index(op.f("ix_files_uploaded_by_id"), "files", ["uploaded_by_id"], unique=False)
    op.create_table(
        "group_robots",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_group_robots_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_group_robots")),
    )
    op.create_table(
        "information_assets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.Text(), nullable=False),
        sa.Column("integrity", sa.Text(), nullable=False),
        sa.Column("availability", sa.Text(), nullable=False),
        sa.Column("customer_owned", sa.Boolean(), nullable=False),
        sa.Column("next_review_on", sa.Date(), nullable=True),
        sa.Column("assess", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_information_assets_department_id_departments"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["people.id"], name=op.f("fk_information_assets_owner_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_information_assets")),
        sa.UniqueConstraint("code", name=op.f("uq_information_assets_code")),
    )
    op.create_table(
        "notice_choices",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.Column("robot", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_notice_choices_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", "group", name=op.f("pk_notice_choices")),
    )
    op.create_table(
        "phrases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_phrases_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrases")),
    )
    op.create_index(op.f("ix_phrases_person_id"), "phrases", ["person_id"], unique=False)
    op.create_table(
        "public_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("sent_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("closed_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["people.id"], name=op.f("fk_public_requests_closed_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_requests")),
        sa.UniqueConstraint("key", name=op.f("uq_public_requests_key")),
        sa.UniqueConstraint("receipt", name=op.f("uq_public_requests_receipt")),
    )
    op.create_index(
        "ix_public_requests_address_sent_at", "public_requests", ["address", "sent_at"], unique=False
    )
    op.create_index(op.f("ix_public_requests_sent_at"), "public_requests", ["sent_at"], unique=False)
    op.create_table(
        "records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("form_code", sa.Text(), nullable=False),
        sa.Column("form_version_id", sa.Integer(), nullable=False),
        sa.Column("applicant_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("submitted_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("due_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("closed_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("pdf_id", sa.Integer(), nullable=True),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["applicant_id"], ["people.id"], name=op.f("fk_records_applicant_id_people")),
        sa.ForeignKeyConstraint(["corrects_id"], ["records.id"], name=op.f("fk_records_corrects_id_records")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_records_department_id_departments")
        ),
        sa.ForeignKeyConstraint(
            ["form_version_id"], ["form_versions.id"], name=op.f("fk_records_form_version_id_form_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
        sa.UniqueConstraint("key", name=op.f("uq_records_key")),
        sa.UniqueConstraint("number", name=op.f("uq_records_number")),
    )
    op.create_index("ix_records_applicant_id_id", "records", ["applicant_id", "id"], unique=False)
    op.create_index("ix_records_corrects_id", "records", ["corrects_id"], unique=False)
    op.create_index(
        "ix_records_department_id_state_due_at", "records", ["department_id", "state", "due_at"], unique=False
    )
    op.create_index("ix_records_form_code_id", "records", ["form_code", "id"], unique=False)
    op.create_index("ix_records_form_code_state_id", "records", ["form_code", "state", "id"], unique=False)
    op.create_table(
        "role_grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["people.id"], name=op.f("fk_role_grants_granted_by_id_people")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_role_grants_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grants")),
    )
    op.create_index(op.f("ix_role_grants_person_id"), "role_grants", ["person_id"], unique=False)
    op.create_index(op.f("ix_role_grants_role"), "role_grants", ["role"], unique=False)
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("form_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_saved_views_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint(
            "person_id", "form_code", "name", name=op.f("uq_saved_views_person_id_form_code_name")
        ),
    )
    op.create_table(
        "sign_in_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("started_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("confirmed_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_sign_in_sessions_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_sessions_person_id"), "sign_in_sessions", ["person_id"], unique=False)
    op.create_table(
        "substitutions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("forms", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_substitutions_created_by_id_people")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_substitutions_person_id_people")),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["people.id"], name=op.f("fk_substitutions_substitute_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitutions")),
    )
    op.create_index(op.f("ix_substitutions_person_id"), "substitutions", ["person_id"], unique=False)
    op.create_index(op.f("ix_substitutions_substitute_id"), "substitutions", ["substitute_id"], unique=False)
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_audit_events_person_id_people")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_audit_events_record_id_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
        sa.UniqueConstraint("stream", "seq", name=op.f("uq_audit_events_stream_seq")),
    )
    op.create_index(op.f("ix_audit_events_at"), "audit_events", ["at"], unique=False)
    op.create_index(op.f("ix_audit_events_person_id"), "audit_events", ["person_id"], unique=False)
    op.create_index("ix_audit_events_record_id_id", "audit_events", ["record_id", "id"], unique=False)
    op.create_table(
        "ballot_voters",
        sa.Column("box_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["box_id"], ["ballot_boxes.id"], name=op.f("fk_ballot_voters_box_id_ballot_boxes")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_ballot_voters_person_id_people")),
        sa.PrimaryKeyConstraint("box_id", "person_id", name=op.f("pk_ballot_voters")),
    )
    op.create_table(
        "ballots",
        sa.Column("box_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["box_id"], ["ballot_boxes.id"], name=op.f("fk_ballots_box_id_ballot_boxes")),
        sa.PrimaryKeyConstraint("box_id", "position", name=op.f("pk_ballots")),
    )
    op.create_table(
        "comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_comments_person_id_people")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_comments_record_id_records")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index(op.f("ix_comments_record_id"), "comments", ["record_id"], unique=False)
    op.create_table(
        "contents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_version_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_contents_created_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["form_version_id"], ["form_versions.id"], name=op.f("fk_contents_form_version_id_form_versions")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_contents_record_id_records")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contents")),
        sa.UniqueConstraint("record_id", "version", name=op.f("uq_contents_record_id_version")),
    )
    op.create_table(
        "controlled_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("next_review_on", sa.Date(), nullable=True),
        sa.Column("release_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_controlled_documents_department_id_departments"),
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["records.id"], name=op.f("fk_controlled_documents_release_id_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_controlled_documents")),
        sa.UniqueConstraint("code", name=op.f("uq_controlled_documents_code")),
    )
    op.create_table(
        "count_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("before", portal.models.base.Amount(precision=18, scale=4), nullable=False),
        sa.Column("counted", portal.models.base.Amount(precision=18, scale=4), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("posted_by_id", sa.Integer(), nullable=False),
        sa.Column("posted_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["stock_items.id"], name=op.f("fk_count_entries_item_id_stock_items")
        ),
        sa.ForeignKeyConstraint(
            ["posted_by_id"], ["people.id"], name=op.f("fk_count_entries_posted_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_count_entries_record_id_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count_entries")),
    )
    op.create_index(op.f("ix_count_entries_item_id"), "count_entries", ["item_id"], unique=False)
    op.create_index(op.f("ix_count_entries_record_id"), "count_entries", ["record_id"], unique=False)
    op.create_table(
        "credit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("old_limit", portal.models.base.Amount(precision=18, scale=4), nullable=False),
        sa.Column("new_limit", portal.models.base.Amount(precision=18, scale=4), nullable=False),
        sa.Column("old_days", sa.Integer(), nullable=False),
        sa.Column("new_days", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("posted_by_id", sa.Integer(), nullable=False),
        sa.Column("posted_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_credit_entries_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(
            ["posted_by_id"], ["people.id"], name=op.f("fk_credit_entries_posted_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_credit_entries_record_id_records")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["credit_entries.id"], name=op.f("fk_credit_entries_reverses_id_credit_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_entries")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_credit_entries_reverses_id")),
    )
    op.create_index(op.f("ix_credit_entries_customer_id"), "credit_entries", ["customer_id"], unique=False)
    op.create_index(op.f("ix_credit_entries_record_id"), "credit_entries", ["record_id"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_code", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("updated_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["corrects_id"], ["records.id"], name=op.f("fk_drafts_corrects_id_records")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_drafts_person_id_people")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_drafts_record_id_records")),
        sa.ForeignKeyConstraint(["source_id"], ["records.id"], name=op.f("fk_drafts_source_id_records")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("key", name=op.f("uq_drafts_key")),
    )
    op.create_index("ix_drafts_person_id_updated_at", "drafts", ["person_id", "updated_at"], unique=False)
    op.create_index(op.f("ix_drafts_task_id"), "drafts", ["task_id"], unique=False)
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ledger", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("posted_by_id", sa.Integer(), nullable=False),
        sa.Column("posted_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["about_id"], ["records.id"], name=op.f("fk_ledger_entries_about_id_records")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_ledger_entries_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(
            ["posted_by_id"], ["people.id"], name=op.f("fk_ledger_entries_posted_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_ledger_entries_record_id_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
    )
    op.create_index(op.f("ix_ledger_entries_about_id"), "ledger_entries", ["about_id"], unique=False)
    op.create_index(op.f("ix_ledger_entries_customer_id"), "ledger_entries", ["customer_id"], unique=False)
    op.create_index("ix_ledger_entries_ledger_id", "ledger_entries", ["ledger", "id"], unique=False)
    op.create_index(op.f("ix_ledger_entries_record_id"), "ledger_entries", ["record_id"], unique=False)
    op.create_table(
        "ledger_keys",
        sa.Column("ledger", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("former_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["former_id"], ["records.id"], name=op.f("fk_ledger_keys_former_id_records")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_ledger_keys_record_id_records")),
        sa.PrimaryKeyConstraint("ledger", "key", name=op.f("pk_ledger_keys")),
    )
    op.create_index(op.f("ix_ledger_keys_record_id"), "ledger_keys", ["record_id"], unique=False)
    op.create_table(
        "machines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("warranty_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["records.id"], name=op.f("fk_machines_contract_id_records")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_machines_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_machines_product_id_products")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machines")),
        sa.UniqueConstraint("code", name=op.f("uq_machines_code")),
    )
    op.create_index(op.f("ix_machines_customer_id"), "machines", ["customer_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("read_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("for_digest", sa.Boolean(), nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name=op.f("fk_notices_digest_id_digests")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notices_person_id_people")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_notices_record_id_records")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_digest_id"), "notices", ["digest_id"], unique=False)
    op.create_index("ix_notices_for_digest_at", "notices", ["for_digest", "at"], unique=False)
    op.create_index(
        "ix_notices_person_id_read_at_id", "notices", ["person_id", "read_at", "id"], unique=False
    )
    op.create_table(
        "order_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("quantity", portal.models.base.Amount(precision=18, scale=4), nullable=False),
        sa.Column("balance", portal.models.base.Amount(precision=18, scale=4), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("posted_by_id", sa.Integer(), nullable=False),
        sa.Column("posted_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_id"], ["stock_items.id"], name=op.f("fk_order_entries_item_id_stock_items")
        ),
        sa.ForeignKeyConstraint(
            ["posted_by_id"], ["people.id"], name=op.f("fk_order_entries_posted_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_order_entries_record_id_records")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["order_entries.id"], name=op.f("fk_order_entries_reverses_id_order_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_entries")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_order_entries_reverses_id")),
    )
    op.create_index(op.f("ix_order_entries_item_id"), "order_entries", ["item_id"], unique=False)
    op.create_index(op.f("ix_order_entries_record_id"), "order_entries", ["record_id"], unique=False)
    op.create_table(
        "postings",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("everybody", sa.Boolean(), nullable=False),
        sa.Column("front", sa.Boolean(), nullable=False),
        sa.Column("confirm", sa.Boolean(), nullable=False),
        sa.Column("posted_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_postings_record_id_records")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_postings")),
    )
    op.create_index(op.f("ix_postings_since"), "postings", ["since"], unique=False)
    op.create_table(
        "price_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("price", portal.models.base.Amount(precision=18, scale=4), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("posted_by_id", sa.Integer(), nullable=False),
        sa.Column("posted_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["posted_by_id"], ["people.id"], name=op.f("fk_price_entries_posted_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_price_entries_product_id_products")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_price_entries_record_id_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_entries")),
    )
    op.create_index(
        "ix_price_entries_product_id_valid_from", "price_entries", ["product_id", "valid_from"], unique=False
    )
    op.create_index(op.f("ix_price_entries_record_id"), "price_entries", ["record_id"], unique=False)
    op.create_table(
        "projects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("finishes_on", sa.Date(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_projects_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_projects_record_id_records")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("code", name=op.f("uq_projects_code")),
    )
    op.create_table(
        "project_stages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("applies", sa.Boolean(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("adjusted", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("passed_on", sa.Date(), nullable=True),
        sa.Column("paper_no", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("former", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_project_stages_owner_id_people")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_stages_project_id_projects")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_project_stages_record_id_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_stages")),
        sa.UniqueConstraint("project_id", "key", name=op.f("uq_project_stages_project_id_key")),
    )
    op.create_index(op.f("ix_project_stages_planned_on"), "project_stages", ["planned_on"], unique=False)
    op.create_index(op.f("ix_project_stages_record_id"), "project_stages", ["record_id"], unique=False)
    op.create_table(
        "receivable_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("of_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("amount", portal.models.base.Amount(precision=18, scale=4), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("handler", sa.Text(), nullable=False),
        sa.Column("balance", portal.models.base.Amount(precision=18, scale=4), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("posted_by_id", sa.Integer(), nullable=False),
        sa.Column("posted_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_receivable_entries_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(["of_id"], ["records.id"], name=op.f("fk_receivable_entries_of_id_records")),
        sa.ForeignKeyConstraint(
            ["posted_by_id"], ["people.id"], name=op.f("fk_receivable_entries_posted_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_receivable_entries_record_id_records")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"],
            ["receivable_entries.id"],
            name=op.f("fk_receivable_entries_reverses_id_receivable_entries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receivable_entries")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_receivable_entries_reverses_id")),
    )
    op.create_index(
        op.f("ix_receivable_entries_customer_id"), "receivable_entries", ["customer_id"], unique=False
    )
    op.create_index(op.f("ix_receivable_entries_of_id"), "receivable_entries", ["of_id"], unique=False)
    op.create_index(
        op.f("ix_receivable_entries_record_id"), "receivable_entries", ["record_id"], unique=False
    )
    op.create_table(
        "record_files",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_record_files_file_id_files")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_record_files_record_id_records")
        ),
        sa.PrimaryKeyConstraint("file_id", "record_id", name=op.f("pk_record_files")),
    )
    op.create_table(
        "record_links",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["records.id"], name=op.f("fk_record_links_source_id_records")
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["records.id"], name=op.f("fk_record_links_target_id_records")
        ),
        sa.PrimaryKeyConstraint("source_id", "target_id", "kind", name=op.f("pk_record_links")),
    )
    op.create_index("ix_record_links_target_id", "record_links", ["target_id"], unique=False)
    op.create_table(
        "record_readers",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("form_code", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_record_readers_record_id_records")
        ),
        sa.PrimaryKeyConstraint("key", "form_code", "record_id", name=op.f("pk_record_readers")),
    )
    op.create_index("ix_record_readers_record_id", "record_readers", ["record_id"], unique=False)
    op.create_table(
        "record_subjects",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_record_subjects_record_id_records")
        ),
        sa.PrimaryKeyConstraint("kind", "row_id", "record_id", name=op.f("pk_record_subjects")),
    )
    op.create_index("ix_record_subjects_record_id", "record_subjects", ["record_id"], unique=False)
    op.create_table(
        "stock_balances",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("quantity", portal.models.base.Amount(precision=18, scale=4), nullable=False),
        sa.Column("frozen_by_id", sa.Integer(), nullable=True),
        sa.Column("counted_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("moved_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_stock_balances_never_negative")),
        sa.ForeignKeyConstraint(
            ["frozen_by_id"], ["records.id"], name=op.f("fk_stock_balances_frozen_by_id_records")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["stock_items.id"], name=op.f("fk_stock_balances_item_id_stock_items")
        ),
        sa.PrimaryKeyConstraint("item_id", "place", name=op.f("pk_stock_balances")),
    )
    op.create_table(
        "stock_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("quantity", portal.models.base.Amount(precision=18, scale=4), nullable=False),
        sa.Column("unit_cost", portal.models.base.Amount(precision=18, scale=4), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("balance", portal.models.base.Amount(precision=18, scale=4), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("posted_by_id", sa.Integer(), nullable=False),
        sa.Column("posted_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_id"], ["stock_items.id"], name=op.f("fk_stock_entries_item_id_stock_items")
        ),
        sa.ForeignKeyConstraint(
            ["posted_by_id"], ["people.id"], name=op.f("fk_stock_entries_posted_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_stock_entries_record_id_records")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["stock_entries.id"], name=op.f("fk_stock_entries_reverses_id_stock_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_entries")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_stock_entries_reverses_id")),
    )
    op.create_index(
        "ix_stock_entries_item_id_place_id", "stock_entries", ["item_id", "place", "id"], unique=False
    )
    op.create_index(op.f("ix_stock_entries_record_id"), "stock_entries", ["record_id"], unique=False)
    op.create_table(
        "posting_departments",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_posting_departments_department_id_departments"),
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["postings.record_id"], name=op.f("fk_posting_departments_record_id_postings")
        ),
        sa.PrimaryKeyConstraint("record_id", "department_id", name=op.f("pk_posting_departments")),
    )
    op.create_table(
        "read_receipts",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("read_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_read_receipts_person_id_people")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["postings.record_id"], name=op.f("fk_read_receipts_record_id_postings")
        ),
        sa.PrimaryKeyConstraint("record_id", "person_id", name=op.f("pk_read_receipts")),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("form_code", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("outside", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("waits_for_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("obligation", sa.Text(), nullable=True),
        sa.Column("case_name", sa.Text(), nullable=True),
        sa.Column("case_round", sa.Integer(), nullable=False),
        sa.Column("put_aside_on", sa.Date(), nullable=True),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("created_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("due_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("reminded_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("escalated_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("missed_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("done_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["people.id"], name=op.f("fk_tasks_asked_by_id_people")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_tasks_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(["done_by_id"], ["people.id"], name=op.f("fk_tasks_done_by_id_people")),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_tasks_draft_id_drafts")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_tasks_project_id_projects")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_tasks_record_id_records")),
        sa.ForeignKeyConstraint(["waits_for_id"], ["tasks.id"], name=op.f("fk_tasks_waits_for_id_tasks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint(
            "obligation", "case_name", "case_round", name=op.f("uq_tasks_obligation_case_name_case_round")
        ),
    )
    op.create_index(op.f("ix_tasks_customer_id"), "tasks", ["customer_id"], unique=False)
    op.create_index(op.f("ix_tasks_project_id"), "tasks", ["project_id"], unique=False)
    op.create_index("ix_tasks_record_id_state", "tasks", ["record_id", "state"], unique=False)
    op.create_index("ix_tasks_state_due_at", "tasks", ["state", "due_at"], unique=False)
    op.create_table(
        "outside_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=False),
        sa.Column("sent_to", sa.Text(), nullable=False),
        sa.Column("expires_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("used_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["people.id"], name=op.f("fk_outside_links_sent_by_id_people")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_outside_links_task_id_tasks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_outside_links_token_hash")),
    )
    op.create_index(op.f("ix_outside_links_task_id"), "outside_links", ["task_id"], unique=False)
    op.create_table(
        "signatures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("on_behalf_of_id", sa.Integer(), nullable=True),
        sa.Column("authority", sa.JSON(), nullable=False),
        sa.Column("outside_role", sa.Text(), nullable=False),
        sa.Column("outside_name", sa.Text(), nullable=False),
        sa.Column("outside_way", sa.Text(), nullable=False),
        sa.Column("form_version_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("drawn_id", sa.Integer(), nullable=True),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("signed_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["drawn_id"], ["files.id"], name=op.f("fk_signatures_drawn_id_files")),
        sa.ForeignKeyConstraint(
            ["form_version_id"],
            ["form_versions.id"],
            name=op.f("fk_signatures_form_version_id_form_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["on_behalf_of_id"], ["people.id"], name=op.f("fk_signatures_on_behalf_of_id_people")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_signatures_person_id_people")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_signatures_record_id_records")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_signatures_task_id_tasks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.UniqueConstraint("task_id", name=op.f("uq_signatures_task_id")),
    )
    op.create_index(op.f("ix_signatures_record_id"), "signatures", ["record_id"], unique=False)
    op.create_table(
        "task_exclusions",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_task_exclusions_person_id_people")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_exclusions_task_id_tasks")),
        sa.PrimaryKeyConstraint("task_id", "person_id", name=op.f("pk_task_exclusions")),
    )
    op.create_table(
        "task_holders",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("due_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_holders_task_id_tasks")),
        sa.PrimaryKeyConstraint("task_id", "key", name=op.f("pk_task_holders")),
    )
    op.create_index(
        "ix_task_holders_key_open_due_at", "task_holders", ["key", "open", "due_at"], unique=False
    )
    protect()


def downgrade() -> None:
    """Back."""
    unprotect()
    op.drop_index("ix_task_holders_key_open_due_at", table_name="task_holders")
    op.drop_table("task_holders")
    op.drop_table("task_exclusions")
    op.drop_index(op.f("ix_signatures_record_id"), table_name="signatures")
    op.drop_table("signatures")
    op.drop_index(op.f("ix_outside_links_task_id"), table_name="outside_links")
    op.drop_table("outside_links")
    op.drop_index("ix_tasks_state_due_at", table_name="tasks")
    op.drop_index("ix_tasks_record_id_state", table_name="tasks")
    op.drop_index(op.f("ix_tasks_project_id"), table_name="tasks")
    op.drop_index(op.f("ix_tasks_customer_id"), table_name="tasks")
    op.drop_table("tasks")
    op.drop_table("read_receipts")
    op.drop_table("posting_departments")
    op.drop_index(op.f("ix_stock_entries_record_id"), table_name="stock_entries")
    op.drop_index("ix_stock_entries_item_id_place_id", table_name="stock_entries")
    op.drop_table("stock_entries")
    op.drop_table("stock_balances")
    op.drop_index("ix_record_subjects_record_id", table_name="record_subjects")
    op.drop_table("record_subjects")
    op.drop_index("ix_record_readers_record_id", table_name="record_readers")
    op.drop_table("record_readers")
    op.drop_index("ix_record_links_target_id", table_name="record_links")
    op.drop_table("record_links")
    op.drop_table("record_files")
    op.drop_index(op.f("ix_receivable_entries_record_id"), table_name="receivable_entries")
    op.drop_index(op.f("ix_receivable_entries_of_id"), table_name="receivable_entries")
    op.drop_index(op.f("ix_receivable_entries_customer_id"), table_name="receivable_entries")
    op.drop_table("receivable_entries")
    op.drop_index(op.f("ix_project_stages_record_id"), table_name="project_stages")
    op.drop_index(op.f("ix_project_stages_planned_on"), table_name="project_stages")
    op.drop_table("project_stages")
    op.drop_table("projects")
    op.drop_index(op.f("ix_price_entries_record_id"), table_name="price_entries")
    op.drop_index("ix_price_entries_product_id_valid_from", table_name="price_entries")
    op.drop_table("price_entries")
    op.drop_index(op.f("ix_postings_since"), table_name="postings")
    op.drop_table("postings")
    op.drop_index(op.f("ix_order_entries_record_id"), table_name="order_entries")
    op.drop_index(op.f("ix_order_entries_item_id"), table_name="order_entries")
    op.drop_table("order_entries")
    op.drop_index("ix_notices_person_id_read_at_id", table_name="notices")
    op.drop_index("ix_notices_for_digest_at", table_name="notices")
    op.drop_index(op.f("ix_notices_digest_id"), table_name="notices")
    op.drop_table("notices")
    op.drop_index(op.f("ix_machines_customer_id"), table_name="machines")
    op.drop_table("machines")
    op.drop_index(op.f("ix_ledger_keys_record_id"), table_name="ledger_keys")
    op.drop_table("ledger_keys")
    op.drop_index(op.f("ix_ledger_entries_record_id"), table_name="ledger_entries")
    op.drop_index("ix_ledger_entries_ledger_id", table_name="ledger_entries")
    op.drop_index(op.f("ix_ledger_entries_customer_id"), table_name="ledger_entries")
    op.drop_index(op.f("ix_ledger_entries_about_id"), table_name="ledger_entries")
    op.drop_table("ledger_entries")
    op.drop_index(op.f("ix_drafts_task_id"), table_name="drafts")
    op.drop_index("ix_drafts_person_id_updated_at", table_name="drafts")
    op.drop_table("drafts")
    op.drop_index(op.f("ix_credit_entries_record_id"), table_name="credit_entries")
    op.drop_index(op.f("ix_credit_entries_customer_id"), table_name="credit_entries")
    op.drop_table("credit_entries")
    op.drop_index(op.f("ix_count_entries_record_id"), table_name="count_entries")
    op.drop_index(op.f("ix_count_entries_item_id"), table_name="count_entries")
    op.drop_table("count_entries")
    op.drop_table("controlled_documents")
    op.drop_table("contents")
    op.drop_index(op.f("ix_comments_record_id"), table_name="comments")
    op.drop_table("comments")
    op.drop_table("ballots")
    op.drop_table("ballot_voters")
    op.drop_index("ix_audit_events_record_id_id", table_name="audit_events")
    op.drop_index(op.f("ix_audit_events_person_id"), table_name="audit_events")
    op.drop_index(op.f("ix_audit_events_at"), table_name="audit_events")
    op.drop_table("audit_events")
    op.drop_index(op.f("ix_substitutions_substitute_id"), table_name="substitutions")
    op.drop_index(op.f("ix_substitutions_person_id"), table_name="substitutions")
    op.drop_table("substitutions")
    op.drop_index(op.f("ix_sign_in_sessions_person_id"), table_name="sign_in_sessions")
    op.drop_table("sign_in_sessions")
    op.drop_table("saved_views")
    op.drop_index(op.f("ix_role_grants_role"), table_name="role_grants")
    op.drop_index(op.f("ix_role_grants_person_id"), table_name="role_grants")
    op.drop_table("role_grants")
    op.drop_index("ix_records_form_code_state_id", table_name="records")
    op.drop_index("ix_records_form_code_id", table_name="records")
    op.drop_index("ix_records_department_id_state_due_at", table_name="records")
    op.drop_index("ix_records_corrects_id", table_name="records")
    op.drop_index("ix_records_applicant_id_id", table_name="records")
    op.drop_table("records")
    op.drop_index(op.f("ix_public_requests_sent_at"), table_name="public_requests")
    op.drop_index("ix_public_requests_address_sent_at", table_name="public_requests")
    op.drop_table("public_requests")
    op.drop_index(op.f("ix_phrases_person_id"), table_name="phrases")
    op.drop_table("phrases")
    op.drop_table("notice_choices")
    op.drop_table("information_assets")
    op.drop_table("group_robots")
    op.drop_index(op.f("ix_files_uploaded_by_id"), table_name="files")
    op.drop_index(op.f("ix_files_sha256"), table_name="files")
    op.drop_table("files")
    op.drop_table("digests")
    op.drop_index(op.f("ix_customers_owner_id"), table_name="customers")
    op.drop_table("customers")
    op.drop_table("ballot_boxes")
    op.drop_table("products")
    op.drop_index(op.f("ix_people_department_id"), table_name="people")
    op.drop_table("people")
    op.drop_table("suppliers")
    op.drop_table("storage_places")
    op.drop_table("stock_items")
    op.drop_index(op.f("ix_sign_in_attempts_at"), table_name="sign_in_attempts")
    op.drop_index(op.f("ix_sign_in_attempts_address"), table_name="sign_in_attempts")
    op.drop_index(op.f("ix_sign_in_attempts_account"), table_name="sign_in_attempts")
    op.drop_table("sign_in_attempts")
    op.drop_index("ix_outbox_done_at_stopped_at_next_try_at", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("obligation_runs")
    op.drop_table("number_series")
    op.drop_index(op.f("ix_form_versions_code"), table_name="form_versions")
    op.drop_table("form_versions")
    op.drop_index(op.f("ix_departments_head_id"), table_name="departments")
    op.drop_table("departments")
    op.drop_table("company_settings")
    op.drop_table("calendar_days")
    op.drop_table("audit_streams")
