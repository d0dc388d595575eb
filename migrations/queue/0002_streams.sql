-- Numbers for those who follow a location's events (DESIGN L13): the relay gives them after the cause has committed, and this row lets only one
-- relay at a time do so for a location. They have no holes. Where they begin anew, as in the queue that a location is moved to, the epoch is
-- another, so that nobody goes on counting from the old ones.
create table queue.stream (
    location name primary key,
    epoch uuid not null,
    last_number bigint not null
);
alter table queue.event add column number bigint;
create index event_number on queue.event (location, number) where number is not null;

grant select on queue.stream to location_any;
grant select, insert, update, delete on queue.stream to queue_worker;
alter table queue.stream enable row level security;
create policy worker on queue.stream to queue_worker using (true);
create policy location on queue.stream to location_any using (location = current_user);
