-- Run by an operator, as the cluster's administrator, in the database cloudsales and before a migration that asks for it;
-- safe to repeat. The owner changes the schema, the application only its rows. In the cloud both sign in with IAM tokens.
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
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') THEN
        GRANT rds_iam TO cloudsales_owner, cloudsales_app, cloudsales_controller;
    END IF;
    -- Where the administrator owns the database, nobody else may create tables in it.
    IF current_database() = 'cloudsales' THEN
        GRANT CREATE ON SCHEMA public TO cloudsales_owner;
    END IF;
END
$$;
