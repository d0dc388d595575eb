-- People at the front desk, each signed in: `sessions` of them in the organization `organization`. A token is the session's prefix and 43 known
-- characters; these servers are thrown away and listen on 127.0.0.1 only.
\set ON_ERROR_STOP on
create temp table desk as
    select n, gen_random_uuid() as account, gen_random_uuid() as staff, 'desk' || n || '@bench.example' as email,
        'pc_s_' || lpad(n::text, 43, 'b') as token, (select id from control.organization where name = :'organization') as organization
    from generate_series(1, :sessions) as n
    where not exists (select from control.account where email_key = 'desk' || n || '@bench.example');
insert into control.account (id, email, email_key, password_hash, totp_secret, created_at, created_by, updated_at, updated_by)
select account, email, email, 'none', '\x00', now(), account, now(), account from desk;
insert into control.staff (id, organization_id, account_id, email, email_key, name, state, created_at, created_by, updated_at, updated_by)
select staff, organization, account, email, email, 'Desk ' || n, 'active', now(), account, now(), account from desk;
insert into control.staff_grant (id, organization_id, staff_id, effect, built_in, created_at, created_by)
select gen_random_uuid(), organization, staff, 'allow', 'front_desk', now(), account from desk;
insert into control.session (id, account_id, token_hash, created_at, last_used_at, expires_at)
select gen_random_uuid(), account, sha256(token::bytea), now(), now(), now() + interval '12 hours' from desk;
update control.session set created_at = now(), last_used_at = now(), expires_at = now() + interval '12 hours'
where account_id in (select id from control.account where email_key like 'desk%@bench.example');
