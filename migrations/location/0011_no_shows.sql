-- How often a patient did not come is asked of every patient of a year at once: years of visits that were kept are not read for it. Forward only.
create index appointment_missed on {location}.appointment (patient_id, starts_at) where status = 'no_show';
