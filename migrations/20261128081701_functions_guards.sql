-- Who may do what with the tables of the migration before.

do $$
declare
  app constant text := 'banneton_app';
begin
  execute format('grant select, insert on audit.copies to %I', app);
  create trigger insert_only before update or delete or truncate on audit.copies
    for each statement execute function platform.refuse_change();
  -- Rows change but never go away.
  execute format('grant select, insert, update on reports.exports to %I', app);
  execute format('grant usage on schema uploads to %I', app);
  execute format('grant select, insert, update on uploads.uploads to %I', app);
end $$;
