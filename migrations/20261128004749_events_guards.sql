-- Who may do what with the tables of this migration.

do $$
declare
  app constant text := 'banneton_app';
begin
  execute format('grant select, insert, update on platform.event_counts to %I', app);
  -- Rows come and go; update is what locking them takes.
  execute format('grant select, insert, update, delete on platform.outgoing to %I', app);
end $$;

-- As busy as the tills: what has left is cleaned up soon.
alter table platform.outgoing
  set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
