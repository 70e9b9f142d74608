#!/bin/bash
# Run once by the image of PostgreSQL when its volume is empty, as the superuser: logins and databases.
# Passwords come from the environment and are read by psql itself: they stand on no command line.
set -euo pipefail

psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\getenv pipeline_password PIPELINE_PASSWORD
\getenv airflow_password AIRFLOW_DATABASE_PASSWORD
\getenv backup_password BACKUP_DATABASE_PASSWORD

-- The owner of the warehouse: no superuser; it makes the roles builder, bi_reader and analyst when it migrates.
create role pipeline login createrole password :'pipeline_password';
create database warehouse owner pipeline;

create role airflow login password :'airflow_password';
create database airflow owner airflow;
revoke all on database airflow from public;

-- Reads everything, for dumps (a table with confidential rows has a row policy that would hide them); writes nothing.
create role backup login bypassrls password :'backup_password';
grant pg_read_all_data to backup;
alter role backup set default_transaction_read_only = on;
grant connect on database airflow to backup;
SQL
