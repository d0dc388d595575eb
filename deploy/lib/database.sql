-- Run as superuser in each of our databases; safe to repeat. Extensions live in a schema of their own.
\set ON_ERROR_STOP on
create schema if not exists ext authorization polyclinic_owner;
create extension if not exists btree_gist with schema ext;
select 'create extension if not exists pg_trgm with schema ext' where current_database() <> 'polyclinic_control' \gexec
-- Large objects would be a way to write outside every door: nobody needs them.
revoke execute on function pg_catalog.lo_create(oid), pg_catalog.lo_creat(integer), pg_catalog.lo_from_bytea(oid, bytea) from public;
