-- Openings read weeks of many calendars: of what has a calendar to itself, for good, that is read from an index alone, in its order. What shares a
-- calendar or is held for a while is apart. No span is longer than a day with the longest buffers, so what reaches into a window begins near it.
-- The strongest lock first: whoever books has read the table and will write to it.
alter table {location}.occupancy add constraint occupancy_length check (upper(span) - lower(span) <= interval '32 hours');
create index occupancy_whole on {location}.occupancy (resource, lower(span), upper(span)) include (span) where upper_inf(lanes) and expires_at is null;
create index occupancy_part on {location}.occupancy (resource, lower(span)) where not (upper_inf(lanes) and expires_at is null);
