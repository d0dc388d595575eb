-- Run as superuser in the database postgres; safe to repeat. The owner is no superuser: it makes roles and owns our databases.
\set ON_ERROR_STOP on
\set password `cat "$OWNER_PASSWORD_FILE"`
select 'create role polyclinic_owner' where not exists (select from pg_roles where rolname = 'polyclinic_owner') \gexec
alter role polyclinic_owner with login createrole nosuperuser noreplication :owner_attributes password :'password';
select format('create database %I owner polyclinic_owner template template0 encoding %L locale %L', name, 'UTF8', 'C.UTF-8')
from unnest(array['polyclinic_control', 'polyclinic_a', 'polyclinic_b']) as name
where not exists (select from pg_database where datname = name) \gexec
revoke create, temporary on database polyclinic_control, polyclinic_a, polyclinic_b from public;
revoke all on database postgres, template1 from public;
