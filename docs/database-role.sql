-- A role of PostgreSQL for the portal that can only add to what is append-only, whatever becomes of the triggers.
-- The owner of the tables runs this after each `flask db upgrade`, and keeps upgrades, `flask restore` and
-- `flask backup` for itself. Then give the role a password and name it in DATABASE_URL of the servers and jobs:
--     ALTER ROLE portal_app PASSWORD '...';
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_app') THEN
        CREATE ROLE portal_app LOGIN;
    END IF;
END $$;
GRANT USAGE ON SCHEMA public TO portal_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO portal_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO portal_app;
GRANT TRUNCATE ON ballots TO portal_app; -- written anew by each vote, so that nothing is left of their order
REVOKE UPDATE, DELETE ON
    audit_events, audit_leaves, audit_nodes, audit_checkpoints,
    contents, signatures,
    stock_entries, order_entries, count_entries, credit_entries, receivable_entries, price_entries, ledger_entries
FROM portal_app;
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM portal_app;
REVOKE DELETE ON audit_streams FROM portal_app;
