-- Run by an operator, as the cluster's administrator, in the database cloudsales and before a migration that asks for it;
-- safe to repeat. The owner changes the schema, the application only its rows. In the cloud both sign in with IAM tokens,
-- and the controller with a password: it comes by the Data API, and who has rds_iam is never asked for a password.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cloudsales_owner') THEN
        CREATE ROLE cloudsales_owner LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cloudsales_app') THEN
        CREATE ROLE cloudsales_app LOGIN;
    END IF;
    -- Who moves the writer to another region: it says what is admitted, and nothing else.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cloudsales_controller') THEN
        CREATE ROLE cloudsales_controller LOGIN;
    END IF;
    -- Nobody signs in as a tenant: a transaction of the application takes the role on, and has its rights alone.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cloudsales_tenant') THEN
        CREATE ROLE cloudsales_tenant NOLOGIN NOBYPASSRLS;
    END IF;
    GRANT cloudsales_tenant TO cloudsales_app WITH INHERIT FALSE, SET TRUE;
    -- A role may change its own password: so the owner takes this one on, and gives it that of the secret.
    GRANT cloudsales_controller TO cloudsales_owner WITH INHERIT FALSE, SET TRUE;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') THEN
        GRANT rds_iam TO cloudsales_owner, cloudsales_app;
        REVOKE rds_iam FROM cloudsales_controller;
    END IF;
    -- Where the administrator owns the database, nobody else may create tables in it.
    IF current_database() = 'cloudsales' THEN
        GRANT CREATE ON SCHEMA public TO cloudsales_owner;
    END IF;
END
$$;
